namespace Concierge.Audio;

/// <summary>The tone pairs of ITU-T Q.23: four low-group rows, four high-group columns.</summary>
public static class DtmfTones
{
    /// <summary>The keys, row by row.</summary>
    public const string Keys = "123A456B789C*0#D";

    internal static ReadOnlySpan<double> Rows => [697, 770, 852, 941];

    internal static ReadOnlySpan<double> Columns => [1209, 1336, 1477, 1633];

    /// <summary>True for <c>0-9</c>, <c>*</c>, <c>#</c> and <c>A-D</c>.</summary>
    /// <param name="key">The key, upper case.</param>
    public static bool IsKey(char key) => Keys.Contains(key, StringComparison.Ordinal);

    /// <summary>The two frequencies of a key.</summary>
    /// <param name="key">One of <see cref="Keys"/>.</param>
    /// <returns>The low-group and the high-group frequency in Hz.</returns>
    /// <exception cref="ArgumentException">Not a DTMF key.</exception>
    public static (double Low, double High) Frequencies(char key)
    {
        int index = Keys.IndexOf(key, StringComparison.Ordinal);
        if (index < 0)
        {
            throw new ArgumentException($"'{key}' is no DTMF key: 0-9, *, #, A-D.", nameof(key));
        }

        return (Rows[index / 4], Columns[index % 4]);
    }
}
