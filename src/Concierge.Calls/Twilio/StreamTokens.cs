using System.Buffers.Binary;
using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Concierge.Calls.Store;

namespace Concierge.Calls.Twilio;

/// <summary>
/// One-time tokens that tie a media stream to the TwiML that asked for it: issued with the TwiML, carried as <c>&lt;Parameter name="token"&gt;</c>, redeemed once by
/// the <c>start</c> message of the same call and account within their life. A token is signed, so that any node of a fleet with the same keys can check it, and spent
/// in the shared store, so that none accepts it twice. While the store is away a node still accepts each token once itself. Thread-safe.
/// </summary>
/// <remarks>12 random octets, 4 of expiry (Unix seconds), 16 of HMAC-SHA256 over these, the call and the account; base64url.</remarks>
public sealed class StreamTokens
{
    /// <summary>The stream parameter's name.</summary>
    public const string ParameterName = "token";

    private const int NonceLength = 12;
    private const int ExpiryLength = 4;
    private const int MacLength = 16;
    private static readonly TimeSpan s_clockTolerance = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_storePatience = TimeSpan.FromMilliseconds(500);

    private readonly TimeProvider _time;
    private readonly TimeSpan _life;
    private readonly Lazy<byte[][]> _keys;
    private readonly ICallStore? _store;
    private readonly ConcurrentDictionary<string, DateTimeOffset> _spent = new(StringComparer.Ordinal);
    private long _lastSweep;

    /// <summary>Creates an issuer and checker.</summary>
    /// <param name="time">The clock; wall time, as nodes share it, with a tolerance of 5 s.</param>
    /// <param name="life">How long a token is good; 60 s serves, the stream follows its TwiML within seconds.</param>
    /// <param name="secrets">What the signing keys are made from: the account's auth tokens, the current one first. Empty for a random key of this process.</param>
    /// <param name="store">Where spent tokens are shared; null for one node alone.</param>
    public StreamTokens(TimeProvider time, TimeSpan life, IEnumerable<string>? secrets = null, ICallStore? store = null)
    {
        _time = time;
        _life = life;
        _store = store;
        _keys = DerivedKeys.From([.. secrets ?? []], "concierge stream token");
        _lastSweep = time.GetTimestamp();
    }

    /// <summary>Issues a token for one call.</summary>
    /// <param name="callSid">The call.</param>
    /// <param name="accountSid">Its account.</param>
    /// <returns>43 characters of base64url.</returns>
    public string Issue(string callSid, string accountSid)
    {
        byte[] token = new byte[NonceLength + ExpiryLength + MacLength];
        RandomNumberGenerator.Fill(token.AsSpan(0, NonceLength));
        BinaryPrimitives.WriteUInt32BigEndian(token.AsSpan(NonceLength), (uint)(_time.GetUtcNow() + _life).ToUnixTimeSeconds());
        Mac(_keys.Value[0], token, callSid, accountSid).CopyTo(token.AsSpan(NonceLength + ExpiryLength));
        return Base64Url.EncodeToString(token);
    }

    /// <summary>Redeems a token. A right token is spent by it.</summary>
    /// <param name="token">What the stream carried, or null.</param>
    /// <param name="callSid">The call of the <c>start</c> message.</param>
    /// <param name="accountSid">Its account.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>True when the token is ours, young enough, of this call and account, and was never shown before.</returns>
    public async ValueTask<bool> RedeemAsync(string? token, string callSid, string accountSid, CancellationToken cancellationToken)
    {
        if (!TryRead(token, callSid, accountSid, out DateTimeOffset expires, out string nonce))
        {
            return false;
        }

        Sweep();
        return _spent.TryAdd(nonce, expires) && await SpendAsync(nonce, expires, cancellationToken);
    }

    private static byte[] Mac(byte[] key, ReadOnlySpan<byte> token, string callSid, string accountSid)
    {
        byte[] sids = Encoding.UTF8.GetBytes($"{callSid}\n{accountSid}");
        byte[] message = [.. token[..(NonceLength + ExpiryLength)], .. sids];
        return HMACSHA256.HashData(key, message)[..MacLength];
    }

    private bool TryRead(string? token, string callSid, string accountSid, out DateTimeOffset expires, out string nonce)
    {
        expires = default;
        nonce = "";
        byte[] bytes = new byte[NonceLength + ExpiryLength + MacLength];
        if (token is not { Length: 43 } || !Base64Url.IsValid(token) || !Base64Url.TryDecodeFromChars(token, bytes, out int length) || length != bytes.Length)
        {
            return false;
        }

        bool ours = false;
        foreach (byte[] key in _keys.Value)
        {
            ours |= CryptographicOperations.FixedTimeEquals(bytes.AsSpan(NonceLength + ExpiryLength), Mac(key, bytes, callSid, accountSid));
        }

        expires = DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(NonceLength))) + s_clockTolerance;
        nonce = Convert.ToHexStringLower(bytes.AsSpan(0, NonceLength));
        DateTimeOffset now = _time.GetUtcNow();
        return ours && now <= expires && expires <= now + _life + (s_clockTolerance * 2) + TimeSpan.FromSeconds(1);
    }

    private async Task<bool> SpendAsync(string nonce, DateTimeOffset expires, CancellationToken cancellationToken)
    {
        try
        {
            return _store is null || await _store.TrySpendAsync(nonce, expires, cancellationToken).WaitAsync(s_storePatience, cancellationToken);
        }
        catch (Exception exception) when (exception is CallStoreException or TimeoutException)
        {
            return true; // The call goes on without the store; here the token is spent.
        }
    }

    /// <summary>Forgets tokens that nobody could show any more, at most once a life.</summary>
    private void Sweep()
    {
        if (_time.GetElapsedTime(Interlocked.Read(ref _lastSweep)) < _life)
        {
            return;
        }

        Interlocked.Exchange(ref _lastSweep, _time.GetTimestamp());
        DateTimeOffset now = _time.GetUtcNow();
        foreach ((string nonce, DateTimeOffset expires) in _spent)
        {
            if (expires < now)
            {
                _spent.TryRemove(nonce, out _);
            }
        }
    }
}
