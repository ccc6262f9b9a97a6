namespace Concierge.Benchmarks.Audio;

/// <summary>A bench of wrong output is worth nothing: setups check it.</summary>
internal static class Expect
{
    public static void Equal<T>(ReadOnlySpan<T> expected, ReadOnlySpan<T> actual)
        where T : IEquatable<T>
    {
        if (!expected.SequenceEqual(actual))
        {
            throw new InvalidOperationException("The output of this bench is wrong.");
        }
    }

    public static void True(bool condition, string what)
    {
        if (!condition)
        {
            throw new InvalidOperationException($"The output of this bench is wrong: {what}");
        }
    }
}
