using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Concierge.Server.Configuration;

/// <summary>
/// A key of the operator's API as it is configured: <c>name:role:hash</c>. Only the hash is kept. A key is 256 random bits, so a plain SHA-256 cannot be searched.
/// </summary>
/// <param name="Name">Who it belongs to, for the log.</param>
/// <param name="Role">What it may do.</param>
/// <param name="Hash">SHA-256 of the key's text.</param>
internal sealed record ApiKey(string Name, ApiRole Role, byte[] Hash)
{
    private const string Prefix = "ck_";

    /// <summary>Makes a key.</summary>
    /// <returns>The key itself, to be shown once, and what goes into the configuration.</returns>
    public static (string Secret, ApiKey Key) Create(string name, ApiRole role)
    {
        string secret = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        return (secret, new ApiKey(name, role, HashOf(secret)));
    }

    public static byte[] HashOf(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    /// <summary>Reads <c>name:role:hash</c>.</summary>
    public static bool TryParse(string text, out ApiKey key)
    {
        string[] parts = text.Split(':');
        key = null!;
        if (parts.Length != 3 || !IsName(parts[0]) || !Enum.TryParse(parts[1], ignoreCase: true, out ApiRole role) || !char.IsAsciiLetter(parts[1][0]) || parts[2].Length != 64)
        {
            return false;
        }

        byte[] hash = new byte[32];
        if (Convert.FromHexString(parts[2], hash, out _, out _) != System.Buffers.OperationStatus.Done)
        {
            return false;
        }

        key = new ApiKey(parts[0], role, hash);
        return true;
    }

    /// <summary>As it is configured.</summary>
    public string ToSetting() => $"{Name}:{Role.ToString().ToLowerInvariant()}:{Convert.ToHexStringLower(Hash)}";

    public static bool IsName(string text) => text.Length is > 0 and <= 40 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}
