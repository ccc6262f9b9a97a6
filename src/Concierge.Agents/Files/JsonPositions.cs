using System.Text;
using System.Text.Json;

namespace Concierge.Agents.Files;

/// <summary>Where each value of a JSON text stands, by its path: <c>agents[0].tools[1]</c>.</summary>
internal sealed class JsonPositions
{
    private readonly Dictionary<string, int> _offsets = new(StringComparer.Ordinal);
    private readonly byte[] _utf8;

    /// <summary>Reads a text that is known to be JSON, comments and trailing commas allowed.</summary>
    public JsonPositions(byte[] utf8)
    {
        _utf8 = utf8;
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        reader.Read();
        Visit(ref reader, "");
    }

    /// <summary>Line and column, from 1, of a value, or of the nearest one around it.</summary>
    public (int Line, int Column) Find(string path)
    {
        while (true)
        {
            if (_offsets.TryGetValue(path, out int offset))
            {
                return At(_utf8, offset);
            }

            int cut = Math.Max(path.LastIndexOf('.'), path.LastIndexOf('['));
            if (cut <= 0)
            {
                return (1, 1);
            }

            path = path[..cut];
        }
    }

    /// <summary>Line and column, from 1, of an offset; columns count characters.</summary>
    public static (int Line, int Column) At(ReadOnlySpan<byte> utf8, int offset)
    {
        ReadOnlySpan<byte> before = utf8[..Math.Min(offset, utf8.Length)];
        int line = before.Count((byte)'\n') + 1;
        return (line, Encoding.UTF8.GetCharCount(before[(before.LastIndexOf((byte)'\n') + 1)..]) + 1);
    }

    private void Visit(ref Utf8JsonReader reader, string path)
    {
        _offsets.TryAdd(path, (int)reader.TokenStartIndex);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    string name = reader.GetString()!;
                    string at = path.Length == 0 ? name : $"{path}.{name}";
                    _offsets.TryAdd(at, (int)reader.TokenStartIndex); // the key: that is where the eye should go
                    reader.Read();
                    Visit(ref reader, at);
                }

                break;
            case JsonTokenType.StartArray:
                for (int index = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; index++)
                {
                    Visit(ref reader, $"{path}[{index}]");
                }

                break;
        }
    }
}
