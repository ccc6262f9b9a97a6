namespace Concierge.Simulation.Realtime;

/// <summary>Ids of the vendor's form: a prefix and 21 letters and digits, from the seed.</summary>
internal sealed class RealtimeIds(int seed)
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private const int Length = 21;

    private readonly Random _random = new(seed);

    public string Next(string prefix) => string.Create(prefix.Length + Length, (prefix, _random), static (span, state) =>
    {
        state.prefix.CopyTo(span);
        Fill(span[state.prefix.Length..], state._random);
    });

    /// <summary>Writes an event id without making a string of it.</summary>
    public ReadOnlySpan<char> NextEvent(Span<char> buffer)
    {
        "event_".CopyTo(buffer);
        Fill(buffer.Slice(6, Length), _random);
        return buffer[..(6 + Length)];
    }

    private static void Fill(Span<char> span, Random random)
    {
        foreach (ref char c in span)
        {
            c = Alphabet[random.Next(Alphabet.Length)];
        }
    }
}
