using System.Net;
using System.Net.Sockets;

namespace Concierge.Agents.Tools;

/// <summary>
/// Which web servers tools may reach: listed hosts only, over https, at public addresses only unless told otherwise. A name is resolved once and that very address is
/// connected to, so that a name that changes its mind between check and use gains nothing. Redirects are never followed.
/// </summary>
public sealed class UrlGuard
{
    private readonly HashSet<string> _hosts;
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _resolve;

    /// <summary>A guard.</summary>
    /// <param name="allowedHosts">Hosts, as <c>api.example.com</c>, or <c>*.example.com</c> for everything below; no port.</param>
    /// <param name="allowPrivateAddresses">Whether listed hosts may be at private or local addresses, and be spoken to by plain http.</param>
    /// <param name="resolve">Resolves names; null for the system's resolver.</param>
    public UrlGuard(IEnumerable<string> allowedHosts, bool allowPrivateAddresses = false, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
    {
        _hosts = new HashSet<string>(allowedHosts, StringComparer.OrdinalIgnoreCase);
        AllowPrivateAddresses = allowPrivateAddresses;
        _resolve = resolve ?? Dns.GetHostAddressesAsync;
    }

    /// <summary>Whether private and local addresses may be reached.</summary>
    public bool AllowPrivateAddresses { get; }

    /// <summary>Why an address must not be asked for, as a sentence; null when it may.</summary>
    public string? WhyForbidden(Uri url)
    {
        if (url.Scheme != Uri.UriSchemeHttps && !(AllowPrivateAddresses && url.Scheme == Uri.UriSchemeHttp))
        {
            return $"'{url.Scheme}' is not allowed; use https{(url.Scheme == Uri.UriSchemeHttp ? ", or allow private addresses for plain http" : "")}.";
        }

        if (url.UserInfo.Length > 0)
        {
            return "a URL must not carry a user name or password; use a header.";
        }

        return IsListed(url.IdnHost) ? null : $"the host '{url.Host}' is not among the allowed hosts{(_hosts.Count == 0 ? " (none are)" : $" ({string.Join(", ", _hosts)})")}.";
    }

    /// <summary>Throws unless an address may be asked for.</summary>
    /// <exception cref="UrlForbiddenException">It must not.</exception>
    public void ThrowIfForbidden(Uri url)
    {
        if (WhyForbidden(url) is { } why)
        {
            throw new UrlForbiddenException($"{url.GetLeftPart(UriPartial.Authority)} must not be reached: {why}");
        }
    }

    /// <summary>A client that can reach nothing else, follows no redirect, keeps no cookie and uses no proxy.</summary>
    public HttpClient CreateClient() => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        MaxResponseHeadersLength = 64,
        ConnectCallback = async (context, token) => await ConnectAsync(context.DnsEndPoint, token),
    })
    { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Whether an address is reachable by everybody: not private, local, shared, reserved or multicast (IANA special-purpose registries, RFC 6890).</summary>
    internal static bool IsPublic(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            return IsPublicV6(address);
        }

        ReadOnlySpan<byte> b = address.GetAddressBytes();
        return b[0] switch
        {
            0 or 10 or 127 or >= 224 => false,
            100 => b[1] is < 64 or > 127,
            169 => b[1] != 254,
            172 => b[1] is < 16 or > 31,
            192 => !(b[1] == 168 || (b[1] == 0 && b[2] is 0 or 2) || (b[1] == 88 && b[2] == 99)),
            198 => !(b[1] is 18 or 19 || (b[1] == 51 && b[2] == 100)),
            203 => !(b[1] == 0 && b[2] == 113),
            _ => true,
        };
    }

    private static bool IsPublicV6(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            return IsPublic(address.MapToIPv4());
        }

        ReadOnlySpan<byte> b = address.GetAddressBytes();
        if (b[0] == 0x00 && b[1] == 0x64 && b[2] == 0xff && b[3] == 0x9b)
        {
            return b[4..12].IndexOfAnyExcept((byte)0) < 0 && IsPublic(new IPAddress(b[12..])); // NAT64, RFC 6052
        }

        // Global unicast is 2000::/3; of it 6to4, Teredo, benchmarking and documentation are not for us.
        bool special = (b[0] == 0x20 && b[1] == 0x02) || (b[0] == 0x20 && b[1] == 0x01 && (b[2] < 0x02 || (b[2] == 0x0d && b[3] == 0xb8)));
        return (b[0] & 0xe0) == 0x20 && !special;
    }

    private bool IsListed(string host)
    {
        if (_hosts.Contains(host))
        {
            return true;
        }

        for (int dot = host.IndexOf('.', StringComparison.Ordinal); dot > 0; dot = host.IndexOf('.', dot + 1))
        {
            if (_hosts.Contains("*" + host[dot..]))
            {
                return true;
            }
        }

        return false;
    }

    private async ValueTask<Stream> ConnectAsync(DnsEndPoint endPoint, CancellationToken cancellationToken)
    {
        if (!IsListed(endPoint.Host.Trim('[', ']')))
        {
            throw new UrlForbiddenException($"The host '{endPoint.Host}' is not among the allowed hosts.");
        }

        IPAddress[] addresses = await _resolve(endPoint.Host, cancellationToken);
        if (!AllowPrivateAddresses && addresses.FirstOrDefault(a => !IsPublic(a)) is not null)
        {
            throw new UrlForbiddenException($"The host '{endPoint.Host}' is at a private or local address, which is not allowed.");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, endPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
