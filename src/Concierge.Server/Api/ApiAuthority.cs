using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using Concierge.Server.Configuration;
using Concierge.Server.Node;

namespace Concierge.Server.Api;

/// <summary>
/// Who may use the operator's API. With keys configured: whoever shows one in <c>Authorization: Bearer</c>, compared by hash in constant time; an address (of IPv6 its
/// /64) that shows wrong ones again and again is shut out for a while. Without keys: this machine only, and neither through a proxy nor from a web page.
/// </summary>
/// <param name="options">The node's settings.</param>
/// <param name="time">The clock of the lock-out.</param>
/// <param name="log">Where refusals and uses are told; never a key.</param>
internal sealed class ApiAuthority(NodeOptions options, TimeProvider time, ILogger<ApiAuthority> log)
{
    /// <summary>Wrong keys from one address within <see cref="LockOut"/> before it is shut out.</summary>
    public const int MaxFailures = 10;

    private const int MaxAddresses = 10_000;

    /// <summary>How long an address is shut out.</summary>
    public static readonly TimeSpan LockOut = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan s_sweepPause = TimeSpan.FromSeconds(1);

    private static readonly string[] s_forwarding = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via"];

    private readonly IReadOnlyList<ApiKey> _keys = options.Calls?.ApiKeys ?? [];
    private readonly ConcurrentDictionary<IPAddress, WrongKeys> _failures = new();
    private long _swept;

    /// <summary>Decides about a request, and answers it when it may not go on.</summary>
    /// <param name="context">The request.</param>
    /// <param name="role">What it needs.</param>
    /// <returns>The key's name, or null when the request has been answered.</returns>
    public async Task<string?> AdmitAsync(HttpContext context, ApiRole role)
    {
        (string? name, Problem? problem) = Judge(context, role);
        if (problem is null)
        {
            return name;
        }

        NodeLog.RefusedApi(log, problem.Status, problem.Title);
        await problem.WriteAsync(context);
        return null;
    }

    private (string? Name, Problem? Problem) Judge(HttpContext context, ApiRole role)
    {
        HttpRequest request = context.Request;
        if (request.Headers.Origin is [{ } origin, ..] && !(Uri.TryCreate(origin, UriKind.Absolute, out Uri? from) && from.Authority == request.Host.Value))
        {
            return (null, new Problem(403, "Origin refused", "Pages of other sites may not use this API."));
        }

        if (_keys.Count == 0)
        {
            bool local = context.Connection.RemoteIpAddress is { } remote && IPAddress.IsLoopback(remote.MapToIPv4IfPossible()) && IsLocalName(request.Host.Host) && !s_forwarding.Any(request.Headers.ContainsKey);
            return local
                ? ("local", null)
                : (null, new Problem(403, "No keys", "Without API_KEYS the API serves this machine only, and not through a proxy. Make a key with 'concierge config key NAME --role read|call|admin'."));
        }

        IPAddress address = context.Connection.RemoteIpAddress.Holder();
        if (IsLockedOut(address, out TimeSpan left))
        {
            context.Response.Headers.RetryAfter = ((int)Math.Ceiling(left.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);
            return (null, new Problem(429, "Locked out", "Too many wrong keys came from this address. Come back later, with the right one."));
        }

        if (request.Headers.Authorization is not [{ } header] || !header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            context.Response.Headers.WWWAuthenticate = "Bearer realm=\"concierge\"";
            return (null, new Problem(401, "No key", "Send the key as 'Authorization: Bearer KEY', once, and nowhere else."));
        }

        if (Find(header[7..].Trim()) is not { } key)
        {
            Fail(address);
            context.Response.Headers.WWWAuthenticate = "Bearer realm=\"concierge\", error=\"invalid_token\"";
            return (null, new Problem(401, "Wrong key", "The key is not one of this node's API_KEYS."));
        }

        return key.Role >= role
            ? (key.Name, null)
            : (null, new Problem(403, "Not allowed", $"This needs the role {role.ToString().ToLowerInvariant()}; the key has {key.Role.ToString().ToLowerInvariant()}."));
    }

    /// <summary>Looks at every key, whichever fits: how long it takes says nothing.</summary>
    private ApiKey? Find(string secret)
    {
        byte[] hash = ApiKey.HashOf(secret);
        ApiKey? found = null;
        foreach (ApiKey key in _keys)
        {
            if (CryptographicOperations.FixedTimeEquals(hash, key.Hash))
            {
                found = key;
            }
        }

        return found;
    }

    private static bool IsLocalName(string host) => host is "localhost" || (IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? address) && IPAddress.IsLoopback(address));

    private bool IsLockedOut(IPAddress address, out TimeSpan left)
    {
        left = TimeSpan.Zero;
        if (!_failures.TryGetValue(address, out WrongKeys failures))
        {
            return false;
        }

        left = LockOut - time.GetElapsedTime(failures.Last);
        if (left <= TimeSpan.Zero)
        {
            _failures.TryRemove(address, out _);
            return false;
        }

        return failures.Count >= MaxFailures;
    }

    private void Fail(IPAddress address)
    {
        if (_failures.Count >= MaxAddresses && !_failures.ContainsKey(address))
        {
            if (time.GetElapsedTime(Interlocked.Read(ref _swept)) < s_sweepPause)
            {
                return; // someone with a great many addresses: counting them would only cost memory, and each still needs the key
            }

            Interlocked.Exchange(ref _swept, time.GetTimestamp());
            foreach ((IPAddress old, WrongKeys failures) in _failures)
            {
                if (time.GetElapsedTime(failures.Last) > LockOut)
                {
                    _failures.TryRemove(old, out _);
                }
            }
        }

        long now = time.GetTimestamp();
        _failures.AddOrUpdate(address, new WrongKeys(1, now), (_, before) => new WrongKeys(before.Count + 1, now));
    }

    private readonly record struct WrongKeys(int Count, long Last);
}
