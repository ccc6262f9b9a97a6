using System.Buffers;
using System.Text;

namespace Concierge.WebSockets;

/// <summary>Parses HTTP/1.1 heads (RFC 9112 §2.1): a pure function. Strict: CR LF line ends, no folding, no blank before the colon, no control characters.</summary>
public static class HttpHeadParser
{
    /// <summary>The most fields of a head that are taken.</summary>
    public const int MaxFields = 100;

    private static readonly SearchValues<byte> s_token =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>Parses a head from the start of <paramref name="source"/>.</summary>
    /// <param name="source">What has arrived; may hold less or more than the head.</param>
    /// <param name="maxLength">Octets of head allowed, its blank line included.</param>
    /// <param name="isResponse">Whether a status line is expected rather than a request line.</param>
    /// <param name="head">The head, on Done.</param>
    /// <param name="consumed">Its octets, on Done: what follows belongs to the new protocol or to a body.</param>
    /// <param name="error">Malformed or HeadTooLarge, on InvalidData.</param>
    /// <returns>Done, NeedMoreData or InvalidData.</returns>
    public static OperationStatus Parse(
        ReadOnlySpan<byte> source, int maxLength, bool isResponse, out HttpHead? head, out int consumed, out WebSocketHandshakeError error)
    {
        head = null;
        consumed = 0;
        error = WebSocketHandshakeError.None;

        // What cannot begin a head is refused without waiting for its end: plain garbage, TLS to a plain port, HTTP/2.
        if (!BeginsWell(source, isResponse))
        {
            error = WebSocketHandshakeError.Malformed;
            return OperationStatus.InvalidData;
        }

        int end = source.IndexOf("\r\n\r\n"u8);
        if (end < 0 ? source.Length >= maxLength : end + 4 > maxLength)
        {
            error = WebSocketHandshakeError.HeadTooLarge;
            return OperationStatus.InvalidData;
        }

        if (end < 0)
        {
            return OperationStatus.NeedMoreData;
        }

        error = ParseLines(source[..(end + 2)], isResponse, out head);
        consumed = end + 4;
        return error == WebSocketHandshakeError.None ? OperationStatus.Done : OperationStatus.InvalidData;
    }

    private static bool BeginsWell(ReadOnlySpan<byte> source, bool isResponse)
    {
        if (isResponse)
        {
            ReadOnlySpan<byte> version = "HTTP/1."u8;
            int length = Math.Min(source.Length, version.Length);
            return source[..length].SequenceEqual(version[..length]);
        }

        int method = source.IndexOfAnyExcept(s_token);
        return method < 0 ? source.Length <= 32 : method is > 0 and <= 32 && source[method] == (byte)' ';
    }

    private static WebSocketHandshakeError ParseLines(ReadOnlySpan<byte> text, bool isResponse, out HttpHead? head)
    {
        head = null;
        int lineEnd = text.IndexOf("\r\n"u8);
        if (!ParseStartLine(text[..lineEnd], isResponse, out string first, out string second, out string third))
        {
            return WebSocketHandshakeError.Malformed;
        }

        text = text[(lineEnd + 2)..];
        List<KeyValuePair<string, string>> fields = new(16);
        while (!text.IsEmpty)
        {
            lineEnd = text.IndexOf("\r\n"u8);
            ReadOnlySpan<byte> line = text[..lineEnd];
            text = text[(lineEnd + 2)..];
            int colon = line.IndexOf((byte)':');
            if (colon <= 0 || line[..colon].ContainsAnyExcept(s_token))
            {
                return WebSocketHandshakeError.Malformed;
            }

            ReadOnlySpan<byte> value = line[(colon + 1)..].Trim(" \t"u8);
            if (!IsFieldValue(value))
            {
                return WebSocketHandshakeError.Malformed;
            }

            if (fields.Count == MaxFields)
            {
                return WebSocketHandshakeError.HeadTooLarge;
            }

            fields.Add(new(Encoding.ASCII.GetString(line[..colon]), Encoding.Latin1.GetString(value)));
        }

        head = new HttpHead(first, second, third, fields);
        return WebSocketHandshakeError.None;
    }

    private static bool ParseStartLine(ReadOnlySpan<byte> line, bool isResponse, out string first, out string second, out string third)
    {
        first = second = third = "";
        if (!IsFieldValue(line))
        {
            return false;
        }

        int one = line.IndexOf((byte)' ');
        if (one <= 0)
        {
            return false;
        }

        int two = line[(one + 1)..].IndexOf((byte)' ');
        ReadOnlySpan<byte> middle = two < 0 ? line[(one + 1)..] : line.Slice(one + 1, two);
        ReadOnlySpan<byte> last = two < 0 ? default : line[(one + two + 2)..];
        ReadOnlySpan<byte> version = isResponse ? line[..one] : last;
        if (middle.IsEmpty || version.Length != 8 || !version.StartsWith("HTTP/1."u8) || version[7] is not ((byte)'0' or (byte)'1'))
        {
            return false;
        }

        if (isResponse && (middle.Length != 3 || middle.ContainsAnyExceptInRange((byte)'0', (byte)'9') || middle[0] is < (byte)'1' or > (byte)'5'))
        {
            return false;
        }

        first = Encoding.Latin1.GetString(line[..one]);
        second = Encoding.Latin1.GetString(middle);
        third = Encoding.Latin1.GetString(last);
        return true;
    }

    /// <summary>Visible characters, blanks, tabs and octets above 0x7F (RFC 9110 §5.5).</summary>
    private static bool IsFieldValue(ReadOnlySpan<byte> value)
    {
        foreach (byte octet in value)
        {
            if ((octet < 0x20 && octet != '\t') || octet == 0x7F)
            {
                return false;
            }
        }

        return true;
    }
}
