namespace Concierge.Simulation.Twilio;

/// <summary>Identifiers of the vendor's form: two letters and 32 lower-case hexadecimal digits.</summary>
public static class TwilioSid
{
    /// <summary>Makes one from a seed.</summary>
    /// <param name="prefix">AC, CA, MZ, RE or PN.</param>
    /// <param name="seed">The same seed and prefix give the same identifier.</param>
    /// <returns>34 characters.</returns>
    public static string Make(string prefix, int seed)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        var random = new Random(HashOf(prefix) ^ seed);
        Span<byte> bytes = stackalloc byte[16];
        random.NextBytes(bytes);
        return prefix + Convert.ToHexStringLower(bytes);
    }

    // string.GetHashCode differs from process to process.
    private static int HashOf(string text) => text.Aggregate(17, (hash, c) => unchecked((hash * 31) + c));
}
