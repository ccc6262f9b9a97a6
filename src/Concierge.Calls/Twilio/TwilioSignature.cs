using System.Security.Cryptography;
using System.Text;

namespace Concierge.Calls.Twilio;

/// <summary>
/// Twilio's request signature as a pure function: <c>base64(HMAC-SHA1(token, url + sorted names and values))</c>. Source: Twilio, "Webhooks security".
/// </summary>
public static class TwilioSignature
{
    /// <summary>The header that carries it.</summary>
    public const string HeaderName = "X-Twilio-Signature";

    /// <summary>The query parameter that carries the hash of a body that is not a form.</summary>
    public const string BodyHashParameter = "bodySHA256";

    /// <summary>Computes the signature of one request.</summary>
    /// <param name="authToken">The account's auth token.</param>
    /// <param name="url">The exact address Twilio asked for, with its query and without fragment and user information.</param>
    /// <param name="form">The decoded form fields of a POST; none for GET, JSON and WebSocket upgrades. A name may repeat.</param>
    /// <returns>The signature, 28 characters of base64.</returns>
    public static string Compute(string authToken, string url, IEnumerable<KeyValuePair<string, string>>? form = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(authToken);
        ArgumentNullException.ThrowIfNull(url);
        StringBuilder message = new(url);
        if (form is not null)
        {
            // Names in ordinal order; of a repeated name every distinct value once, also in order (what Twilio's own libraries do).
            foreach (IGrouping<string, string> field in form.GroupBy(f => f.Key, f => f.Value, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal))
            {
                foreach (string value in field.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
                {
                    message.Append(field.Key).Append(value);
                }
            }
        }

        // Twilio's algorithm, not ours: HMAC with SHA-1 is still sound as a message authentication code.
        byte[] hash = HMACSHA1.HashData(Encoding.UTF8.GetBytes(authToken), Encoding.UTF8.GetBytes(message.ToString()));
        return Convert.ToBase64String(hash);
    }

    /// <summary>The hash Twilio puts in <c>bodySHA256</c>.</summary>
    /// <param name="body">The raw body.</param>
    /// <returns>64 lower-case hexadecimal digits.</returns>
    public static string HashBody(ReadOnlySpan<byte> body) => Convert.ToHexStringLower(SHA256.HashData(body));
}
