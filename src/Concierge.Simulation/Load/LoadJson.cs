namespace Concierge.Simulation.Load;

/// <summary>Finds one string in a message without parsing the rest: the generator reads tens of thousands a second, of bridges that write their JSON as they like.</summary>
internal static class LoadJson
{
    /// <summary>The text of the first string with this name, escapes left as they are.</summary>
    /// <param name="json">A JSON object.</param>
    /// <param name="quotedName">The name in quotes.</param>
    /// <param name="text">The string without its quotes.</param>
    /// <returns>False when there is none.</returns>
    public static bool TryFind(ReadOnlySpan<byte> json, ReadOnlySpan<byte> quotedName, out ReadOnlySpan<byte> text)
    {
        while (true)
        {
            int at = json.IndexOf(quotedName);
            if (at < 0)
            {
                text = default;
                return false;
            }

            json = json[(at + quotedName.Length)..];
            ReadOnlySpan<byte> rest = json.TrimStart(" \t\r\n"u8);
            if (!rest.StartsWith(":"u8))
            {
                continue;
            }

            rest = rest[1..].TrimStart(" \t\r\n"u8);
            if (rest.StartsWith("\""u8) && EndOfString(rest[1..]) is >= 0 and int end)
            {
                text = rest.Slice(1, end);
                return true;
            }
        }
    }

    private static int EndOfString(ReadOnlySpan<byte> rest)
    {
        int end = 0;
        while (true)
        {
            int next = rest[end..].IndexOfAny((byte)'"', (byte)'\\');
            if (next < 0)
            {
                return -1;
            }

            end += next;
            if (rest[end] == '"')
            {
                return end;
            }

            end += 2;
            if (end > rest.Length)
            {
                return -1;
            }
        }
    }
}
