using System.Security.Cryptography;
using System.Text;

namespace Concierge.Simulation.Twilio;

/// <summary>X-Twilio-Signature as the vendor makes it (PROTOCOL A.9): HMAC-SHA1 over the URL and the sorted form fields, in base64.</summary>
internal static class TwilioSignature
{
    public static string Sign(string authToken, string url, IEnumerable<KeyValuePair<string, string>>? form = null)
    {
        var text = new StringBuilder(url);
        foreach (KeyValuePair<string, string> field in (form ?? []).Distinct().OrderBy(f => f.Key, StringComparer.Ordinal).ThenBy(f => f.Value, StringComparer.Ordinal))
        {
            text.Append(field.Key).Append(field.Value);
        }

        return Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(authToken), Encoding.UTF8.GetBytes(text.ToString())));
    }
}
