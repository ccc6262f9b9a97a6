using System.Text;

namespace Concierge.Protocols.Tests.Fuzzing;

/// <summary>Spoils valid messages in the ways that wires, bugs and attackers do. The same seed gives the same inputs for ever.</summary>
internal sealed class JsonMutator(int seed)
{
    private static readonly byte[][] s_tokens =
    [
        .. new[]
        {
            "\"", "\\", "\\\"", "\\/", "\\u0061", "\\u0022", "\\ud83d\\ude00", "\\ud800", "\\u00", "{", "}", "[", "]", ":", ",", ",,", "null", "true", "0", "00", "-1", "1.5",
            "1e9", "99999999999999999999", "9223372036854775807", "9223372036854775808", " ", "\t", "\r\n", "/*x*/", "{}", "[]", "[[[[]]]]", "\"media\"", "\"event\":\"media\"",
            "\"event\":", "\"streamSid\":\"MZ\"", "\"payload\":\"AA==\"", "\"sequenceNumber\":\"1\"", "\"chunk\":7", "\"media\":{}", "\"type\":\"response.output_audio.delta\"",
            "\"delta\":\"AA==\"", "\"item_id\":null", "\"output_index\":1", "\"content_index\":\"2\"", "\"x\":{\"event\":1}", "é", "😀", "\u007f", "\0", "\u001f",
        }.Select(Encoding.UTF8.GetBytes),
        [0xFF],
        [0xC3],
        [0xED, 0xA0, 0x80],
        [0xEF, 0xBB, 0xBF],
    ];

    private readonly Random _random = new(seed);

    internal byte[] Mutate(byte[] text)
    {
        var bytes = new List<byte>(text);
        for (int rounds = 1 + _random.Next(3); rounds > 0; rounds--)
        {
            int at = _random.Next(bytes.Count + 1);
            int length = Math.Min(_random.Next(1, 12), bytes.Count - at);
            switch (_random.Next(8))
            {
                case 0 when at < bytes.Count:
                    bytes[at] ^= (byte)(1 << _random.Next(8));
                    break;
                case 1:
                    bytes.RemoveRange(at, length);
                    break;
                case 2:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                case 3:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 4 when at < bytes.Count:
                    bytes[at] = (byte)_random.Next(256);
                    break;
                case 5:
                    // At a seam, where a token has the best chance to stay within the grammar.
                    int seam = bytes.IndexOf((byte)",:{\""[_random.Next(4)], Math.Min(at, Math.Max(0, bytes.Count - 1)));
                    bytes.InsertRange(seam < 0 ? at : seam + 1, s_tokens[_random.Next(s_tokens.Length)]);
                    break;
                case 6:
                    bytes.RemoveRange(at, length);
                    bytes.InsertRange(at, s_tokens[_random.Next(s_tokens.Length)]);
                    break;
                default:
                    bytes.InsertRange(at, s_tokens[_random.Next(s_tokens.Length)]);
                    break;
            }
        }

        return [.. bytes];
    }

    /// <summary>The same value with white space between its tokens and escapes in its strings, keys included.</summary>
    internal byte[] Disguise(string json, bool escapes, bool whiteSpace)
    {
        var text = new StringBuilder();
        bool inString = false;
        foreach (char c in json)
        {
            if (c == '"')
            {
                inString = !inString;
                text.Append(whiteSpace && inString ? White() : "").Append(c).Append(whiteSpace && !inString ? White() : "");
            }
            else if (inString)
            {
                text.Append(!escapes || _random.Next(3) > 0 ? c.ToString() : c == '/' ? "\\/" : _random.Next(2) == 0 ? $"\\u{(int)c:x4}" : $"\\u{(int)c:X4}");
            }
            else
            {
                bool isStructure = c is '{' or '}' or '[' or ']' or ':' or ',';
                text.Append(isStructure && whiteSpace ? White() : "").Append(c).Append(isStructure && whiteSpace ? White() : "");
            }
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private string White() => _random.Next(5) switch { 0 => " ", 1 => "\t", 2 => "\r\n", 3 => "    ", _ => "" };
}
