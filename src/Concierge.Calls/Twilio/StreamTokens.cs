using System.Buffers.Text;
using System.Security.Cryptography;

namespace Concierge.Calls.Twilio;

/// <summary>
/// One-time tokens that tie a media stream to the TwiML that asked for it: issued with the TwiML, carried as <c>&lt;Parameter name="token"&gt;</c>, redeemed
/// once by the <c>start</c> message of the same call and account within their life. Bounded in number: when full, the oldest goes. Thread-safe.
/// </summary>
/// <param name="time">The clock the life is measured with.</param>
/// <param name="life">How long a token is good; 60 s serves, the stream follows its TwiML within seconds.</param>
/// <param name="capacity">The most tokens remembered at a time.</param>
public sealed class StreamTokens(TimeProvider time, TimeSpan life, int capacity = 10_000)
{
    /// <summary>The stream parameter's name.</summary>
    public const string ParameterName = "token";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Grant> _grants = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();

    /// <summary>The number of tokens that are neither redeemed nor forgotten.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _grants.Count;
            }
        }
    }

    /// <summary>Issues a token for one call.</summary>
    /// <param name="callSid">The call.</param>
    /// <param name="accountSid">Its account.</param>
    /// <returns>32 characters of base64url: 192 random bits.</returns>
    public string Issue(string callSid, string accountSid)
    {
        string token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(24));
        lock (_gate)
        {
            Forget();
            _grants[token] = new Grant(callSid, accountSid, time.GetTimestamp());
            _order.Enqueue(token);
        }

        return token;
    }

    /// <summary>Redeems a token. Whatever the answer, a token that was shown is spent.</summary>
    /// <param name="token">What the stream carried, or null.</param>
    /// <param name="callSid">The call of the <c>start</c> message.</param>
    /// <param name="accountSid">Its account.</param>
    /// <returns>True when the token is known, young enough, and of this call and account.</returns>
    public bool TryRedeem(string? token, string callSid, string accountSid)
    {
        if (string.IsNullOrEmpty(token))
        {
            return false;
        }

        Grant grant;
        lock (_gate)
        {
            if (!_grants.Remove(token, out grant))
            {
                return false;
            }
        }

        return time.GetElapsedTime(grant.IssuedAt) <= life
            && string.Equals(grant.CallSid, callSid, StringComparison.Ordinal)
            && string.Equals(grant.AccountSid, accountSid, StringComparison.Ordinal);
    }

    private void Forget()
    {
        while (_order.TryPeek(out string? oldest))
        {
            bool known = _grants.TryGetValue(oldest, out Grant grant);
            if (known && _order.Count < capacity && time.GetElapsedTime(grant.IssuedAt) <= life)
            {
                return;
            }

            _order.Dequeue();
            _grants.Remove(oldest);
        }
    }

    private readonly record struct Grant(string CallSid, string AccountSid, long IssuedAt);
}
