using System.Text.Json;

namespace Concierge.Protocols.Text;

/// <summary>One value of an object, still in the message's own bytes. <c>null</c> counts as absent.</summary>
internal ref struct JsonField
{
    /// <summary>What stands there; <see cref="JsonTokenType.None"/> while the key has not been met.</summary>
    internal JsonTokenType Token;

    /// <summary>String content without its quotes, a literal, or a whole object or array.</summary>
    internal ReadOnlySpan<byte> Raw;

    /// <summary>The string content contains at least one backslash.</summary>
    internal bool HasEscapes;

    internal readonly bool IsAbsent => Token is JsonTokenType.None or JsonTokenType.Null;

    /// <summary>The unescaped text; an array of its own only when there was something to unescape.</summary>
    internal readonly WireError ReadText(bool required, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (IsAbsent)
        {
            return required ? WireError.MissingField : WireError.None;
        }

        if (Token != JsonTokenType.String)
        {
            return WireError.WrongType;
        }

        if (!HasEscapes)
        {
            text = Raw;
            return WireError.None;
        }

        byte[] plain = new byte[Raw.Length];
        if (!JsonText.TryUnescape(Raw, plain, out int written))
        {
            return WireError.BadText;
        }

        text = plain.AsSpan(0, written);
        return WireError.None;
    }

    /// <summary>A string's content as it stands on the wire, escapes and all.</summary>
    internal readonly WireError ReadRaw(bool required, out ReadOnlySpan<byte> raw, out bool hasEscapes)
    {
        raw = default;
        hasEscapes = false;
        if (IsAbsent)
        {
            return required ? WireError.MissingField : WireError.None;
        }

        if (Token != JsonTokenType.String)
        {
            return WireError.WrongType;
        }

        raw = Raw;
        hasEscapes = HasEscapes;
        return WireError.None;
    }

    /// <summary>A whole number, written as a JSON number or as a string of digits; <paramref name="value"/> keeps what it had when the field is absent.</summary>
    internal readonly WireError ReadInteger(bool required, ref long value)
    {
        if (IsAbsent)
        {
            return required ? WireError.MissingField : WireError.None;
        }

        if (Token is not (JsonTokenType.String or JsonTokenType.Number))
        {
            return WireError.WrongType;
        }

        WireError error = ReadText(out ReadOnlySpan<byte> digits);
        if (error != WireError.None)
        {
            return error;
        }

        error = JsonText.ReadInteger(digits, out long read);
        if (error == WireError.None)
        {
            value = read;
        }

        return error;
    }

    private readonly WireError ReadText(out ReadOnlySpan<byte> text)
    {
        text = Raw;
        return Token == JsonTokenType.Number ? WireError.None : ReadText(required: true, out text);
    }
}
