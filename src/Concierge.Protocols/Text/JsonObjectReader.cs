using System.Text.Json;

namespace Concierge.Protocols.Text;

/// <summary>
/// Walks the members of one JSON object with <see cref="Utf8JsonReader"/>: the correct and complete path under the fast scanners.
/// The text must be one object and nothing else. Throws <see cref="JsonException"/> on text that is not JSON; the parsers turn that into an error.
/// </summary>
internal ref struct JsonObjectReader
{
    /// <summary>Containers that may be open at once. The deepest message of both protocols opens 8; 64 is what the reader holds without allocating.</summary>
    internal const int MaximumDepth = 64;

    private readonly ReadOnlySpan<byte> _text;
    private Utf8JsonReader _reader;

    internal JsonObjectReader(ReadOnlySpan<byte> text)
    {
        _text = text;
        _reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = MaximumDepth + 2 });
    }

    /// <summary>Reads the opening brace.</summary>
    internal WireError Open()
    {
        // An empty text has no token at all: the reader says so by throwing.
        return _reader.Read() && _reader.TokenType == JsonTokenType.StartObject ? WireError.None : WireError.NotJson;
    }

    /// <summary>Moves to the next key; false after the closing brace, when the rest of the text has been found to be white space.</summary>
    internal bool NextKey()
    {
        _reader.Read();
        if (_reader.TokenType == JsonTokenType.PropertyName)
        {
            return true;
        }

        // RFC 8259 §2: one value per text. Throws when anything follows.
        _reader.Read();
        return false;
    }

    /// <summary>Whether the key at hand says <paramref name="name"/>, escaped or not.</summary>
    internal readonly bool KeyIs(ReadOnlySpan<byte> name) => JsonText.Equals(_reader.ValueSpan, _reader.ValueIsEscaped, name);

    /// <summary>The key's bytes, as on the wire.</summary>
    internal readonly JsonField Key => new() { Token = JsonTokenType.String, Raw = _reader.ValueSpan, HasEscapes = _reader.ValueIsEscaped };

    /// <summary>Takes the value of the key at hand. A second value for the same field is an error: which of the two is meant cannot be known.</summary>
    internal WireError Take(ref JsonField field)
    {
        if (field.Token != JsonTokenType.None)
        {
            return WireError.DuplicateField;
        }

        return ReadValue(ref field);
    }

    /// <summary>Passes over the value of the key at hand.</summary>
    internal WireError Skip()
    {
        JsonField ignored = default;
        return ReadValue(ref ignored);
    }

    private WireError ReadValue(ref JsonField field)
    {
        _reader.Read();
        field.Token = _reader.TokenType;
        if (_reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
        {
            field.Raw = _reader.ValueSpan;
            field.HasEscapes = _reader.ValueIsEscaped;
            return WireError.None;
        }

        int start = (int)_reader.TokenStartIndex;
        int depth = _reader.CurrentDepth;
        do
        {
            if (_reader.CurrentDepth >= MaximumDepth)
            {
                return WireError.TooDeep;
            }

            _reader.Read();
        }
        while (_reader.CurrentDepth > depth || _reader.TokenType is not (JsonTokenType.EndObject or JsonTokenType.EndArray));

        field.Raw = _text[start..(int)_reader.BytesConsumed];
        return WireError.None;
    }
}
