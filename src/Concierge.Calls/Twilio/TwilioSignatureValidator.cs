using System.Security.Cryptography;
using System.Text;

namespace Concierge.Calls.Twilio;

/// <summary>
/// Decides whether a request was signed with one of the account's auth tokens. It fails closed: a missing, empty or repeated header, a form hash that
/// does not match, and an address that is not absolute are all refusals. Thread-safe.
/// </summary>
/// <remarks>
/// The address is the public one, rebuilt from configuration, never from <c>Host</c> or <c>X-Forwarded-*</c> of the request. It is tried as given, without its
/// port and with the scheme's default port, since Twilio's libraries differ there; for an upgrade also with a slash at the end.
/// Source: Twilio, "Webhooks security" and "Media Streams: WebSocket messages".
/// </remarks>
public sealed class TwilioSignatureValidator
{
    private readonly string[] _authTokens;

    /// <summary>Creates a validator.</summary>
    /// <param name="authTokens">The primary token, and during a rotation the next one; one at least.</param>
    public TwilioSignatureValidator(params IEnumerable<string> authTokens)
    {
        ArgumentNullException.ThrowIfNull(authTokens);
        _authTokens = [.. authTokens];
        if (_authTokens.Length == 0 || _authTokens.Any(string.IsNullOrEmpty))
        {
            throw new ArgumentException("At least one auth token is needed, and none may be empty: an unsigned request is never accepted.", nameof(authTokens));
        }
    }

    /// <summary>Checks a POST whose body is a form, or a GET (<paramref name="form"/> empty: its parameters are part of the address).</summary>
    /// <param name="signatures">All values of the signature header.</param>
    /// <param name="url">The public address with its query.</param>
    /// <param name="form">The decoded form fields.</param>
    /// <returns>True when one of the tokens signed exactly this.</returns>
    public bool IsValid(IReadOnlyList<string?> signatures, string url, IEnumerable<KeyValuePair<string, string>>? form = null)
    {
        KeyValuePair<string, string>[]? fields = form?.ToArray();
        return TryGetSignature(signatures, out byte[] signature) && Spellings(url).Any(spelling => MatchesAnyToken(signature, spelling, fields));
    }

    /// <summary>Checks a request whose body is not a form (JSON): the address is signed, and its <c>bodySHA256</c> is the hash of the raw body.</summary>
    /// <param name="signatures">All values of the signature header.</param>
    /// <param name="url">The public address with its query.</param>
    /// <param name="body">The raw body.</param>
    /// <returns>True when both hold.</returns>
    public bool IsValidBody(IReadOnlyList<string?> signatures, string url, ReadOnlySpan<byte> body)
    {
        string? claimed = SingleQueryValue(url, TwilioSignature.BodyHashParameter);
        bool bodyMatches = claimed is not null
            && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(claimed), Encoding.ASCII.GetBytes(TwilioSignature.HashBody(body)));
        return bodyMatches && IsValid(signatures, url);
    }

    /// <summary>Checks a WebSocket upgrade.</summary>
    /// <param name="signatures">All values of the signature header.</param>
    /// <param name="url">The public address; an <c>https</c> or <c>http</c> scheme is read as <c>wss</c> or <c>ws</c>, which is what Twilio signs.</param>
    /// <returns>True when one of the tokens signed the address, with or without a slash at its end.</returns>
    public bool IsValidUpgrade(IReadOnlyList<string?> signatures, string url)
    {
        ArgumentNullException.ThrowIfNull(url);
        string socket = url.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? string.Concat("wss://", url.AsSpan(8))
            : url.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? string.Concat("ws://", url.AsSpan(7))
            : url;
        string other = socket.EndsWith('/') ? socket[..^1] : socket + "/";
        return IsValid(signatures, socket) || IsValid(signatures, other);
    }

    private static bool TryGetSignature(IReadOnlyList<string?> signatures, out byte[] signature)
    {
        ArgumentNullException.ThrowIfNull(signatures);
        signature = [];
        if (signatures.Count != 1 || string.IsNullOrEmpty(signatures[0]) || signatures[0]!.Length > 64)
        {
            return false;
        }

        signature = Encoding.UTF8.GetBytes(signatures[0]!);
        return true;
    }

    private bool MatchesAnyToken(byte[] signature, string url, KeyValuePair<string, string>[]? form)
    {
        bool match = false;
        foreach (string token in _authTokens)
        {
            match |= CryptographicOperations.FixedTimeEquals(signature, Encoding.ASCII.GetBytes(TwilioSignature.Compute(token, url, form)));
        }

        return match;
    }

    /// <summary>The address as given, without a port, and with the scheme's default port; never with its fragment or user information.</summary>
    private static IEnumerable<string> Spellings(string url)
    {
        ArgumentNullException.ThrowIfNull(url);
        int scheme = url.IndexOf("://", StringComparison.Ordinal);
        if (scheme <= 0)
        {
            yield break;
        }

        // By hand, not through Uri: the path and query must stay exactly as they were sent, escapes and all.
        int fragment = url.IndexOf('#', StringComparison.Ordinal);
        string whole = fragment < 0 ? url : url[..fragment];
        int authority = scheme + 3;
        int end = whole.AsSpan(authority).IndexOfAny('/', '?');
        end = end < 0 ? whole.Length : authority + end;
        string host = whole[authority..end];
        host = host[(host.LastIndexOf('@') + 1)..];
        int colon = host.LastIndexOf(':');
        bool hasPort = colon >= 0 && host.AsSpan(colon + 1).IndexOfAnyExceptInRange('0', '9') < 0;
        string bare = hasPort ? host[..colon] : host;
        string head = whole[..authority];
        string tail = whole[end..];
        if (bare.Length == 0)
        {
            yield break;
        }

        yield return head + host + tail;
        if (hasPort)
        {
            yield return head + bare + tail;
        }
        else
        {
            bool secure = head.StartsWith("https", StringComparison.OrdinalIgnoreCase) || head.StartsWith("wss", StringComparison.OrdinalIgnoreCase);
            yield return head + bare + (secure ? ":443" : ":80") + tail;
        }
    }

    private static string? SingleQueryValue(string url, string name)
    {
        ArgumentNullException.ThrowIfNull(url);
        int query = url.IndexOf('?', StringComparison.Ordinal);
        if (query < 0)
        {
            return null;
        }

        int fragment = url.IndexOf('#', StringComparison.Ordinal);
        string text = url[(query + 1)..(fragment > query ? fragment : url.Length)];
        string? found = null;
        foreach (string pair in text.Split('&'))
        {
            if (pair.StartsWith(name, StringComparison.Ordinal) && pair.Length > name.Length && pair[name.Length] == '=')
            {
                if (found is not null)
                {
                    return null; // Two hashes: which one was meant must not be ours to choose.
                }

                found = pair[(name.Length + 1)..];
            }
        }

        return found;
    }
}
