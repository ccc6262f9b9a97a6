using System.Security.Cryptography;
using System.Text;

namespace Concierge.Calls.Twilio;

/// <summary>Keys that all nodes with the same secrets share.</summary>
internal static class DerivedKeys
{
    /// <summary>Makes a key of 32 octets of each secret, when the first is needed: a start need not load OpenSSL.</summary>
    /// <param name="secrets">The current one first. Empty for a random key of this process.</param>
    /// <param name="purpose">What the keys are for; other purposes get other keys.</param>
    public static Lazy<byte[][]> From(IReadOnlyList<string> secrets, string purpose) => new(() => secrets.Count == 0
        ? [RandomNumberGenerator.GetBytes(32)]
        : [.. secrets.Select(s => HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(s), 32, info: Encoding.ASCII.GetBytes(purpose)))]);
}
