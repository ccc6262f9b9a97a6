using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Concierge.Calls.Twilio;

/// <summary>
/// A short text that travels in an address and that only nodes with the same secrets can read, for a while: what one node has to say to whichever node of its
/// fleet the carrier asks next. Nothing of a conversation stands in an address in the clear. Thread-safe.
/// </summary>
/// <remarks>AES-256-GCM (NIST SP 800-38D): 12 octets of nonce, then 4 of expiry (Unix seconds) and the text as UTF-8, enciphered, then 16 of tag; base64url.</remarks>
public sealed class SealedNote
{
    /// <summary>The longest text, in octets of UTF-8; what is longer is cut at a character.</summary>
    public const int MaxOctets = 900;

    private const int NonceLength = 12;
    private const int ExpiryLength = 4;
    private const int TagLength = 16;
    private readonly TimeProvider _time;
    private readonly Lazy<byte[][]> _keys;

    /// <summary>Creates a sealer and opener.</summary>
    /// <param name="time">The clock; wall time, as nodes share it.</param>
    /// <param name="secrets">What the keys are made from: the account's auth tokens, the current one first. Empty for a random key of this process.</param>
    public SealedNote(TimeProvider time, IEnumerable<string> secrets)
    {
        ArgumentNullException.ThrowIfNull(secrets);
        _time = time;
        _keys = DerivedKeys.From([.. secrets], "concierge sealed note");
    }

    /// <summary>Seals a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="life">How long it can be read.</param>
    /// <returns>Base64url.</returns>
    public string Seal(string text, TimeSpan life)
    {
        byte[] words = Encoding.UTF8.GetBytes(text);
        int length = words.Length;
        if (length > MaxOctets)
        {
            for (length = MaxOctets; (words[length] & 0xC0) == 0x80; length--)
            {
            }
        }

        byte[] plain = new byte[ExpiryLength + length];
        BinaryPrimitives.WriteUInt32BigEndian(plain, (uint)(_time.GetUtcNow() + life).ToUnixTimeSeconds());
        words.AsSpan(0, length).CopyTo(plain.AsSpan(ExpiryLength));
        byte[] note = new byte[NonceLength + plain.Length + TagLength];
        RandomNumberGenerator.Fill(note.AsSpan(0, NonceLength));
        using AesGcm cipher = new(_keys.Value[0], TagLength);
        cipher.Encrypt(note.AsSpan(0, NonceLength), plain, note.AsSpan(NonceLength, plain.Length), note.AsSpan(NonceLength + plain.Length));
        return Base64Url.EncodeToString(note);
    }

    /// <summary>Reads a text.</summary>
    /// <param name="note">What <see cref="Seal"/> gave.</param>
    /// <returns>The text, or null when it is not ours, was changed, or is too old.</returns>
    public string? Open(string? note)
    {
        if (note is not { Length: > 0 and < 2_000 } || !Base64Url.IsValid(note))
        {
            return null;
        }

        byte[] octets = Base64Url.DecodeFromChars(note);
        int length = octets.Length - NonceLength - TagLength;
        if (length < ExpiryLength)
        {
            return null;
        }

        byte[] plain = new byte[length];
        foreach (byte[] key in _keys.Value)
        {
            try
            {
                using AesGcm cipher = new(key, TagLength);
                cipher.Decrypt(octets.AsSpan(0, NonceLength), octets.AsSpan(NonceLength, length), octets.AsSpan(NonceLength + length), plain);
            }
            catch (AuthenticationTagMismatchException)
            {
                continue;
            }

            var expires = DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadUInt32BigEndian(plain));
            return _time.GetUtcNow() <= expires ? Encoding.UTF8.GetString(plain.AsSpan(ExpiryLength)) : null;
        }

        return null;
    }
}
