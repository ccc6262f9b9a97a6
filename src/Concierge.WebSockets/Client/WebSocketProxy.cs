using System.Globalization;
using System.Net;

namespace Concierge.WebSockets;

/// <summary>Which proxy a connection goes through: the usual environment variables, and the CONNECT exchange's text (RFC 9110 §9.3.6).</summary>
/// <remarks>
/// wss: https_proxy, HTTPS_PROXY; ws: http_proxy (the lower-case form only: a CGI host sets the other from a request field); then all_proxy, ALL_PROXY. no_proxy, NO_PROXY
/// list exceptions: names, name suffixes with or without a leading dot, addresses, "*", each with an optional port. Loopback
/// is never proxied. Only proxies that are spoken to in plain HTTP are supported.
/// </remarks>
public static class WebSocketProxy
{
    /// <summary>The proxy for an address by the process's environment, or null.</summary>
    public static Uri? FromEnvironment(Uri address) => FromEnvironment(address, Environment.GetEnvironmentVariable);

    /// <summary>The proxy for an address by an environment, or null.</summary>
    /// <param name="address">A ws or wss address.</param>
    /// <param name="variable">Reads a variable; null when unset.</param>
    /// <exception cref="WebSocketConnectException">A variable holds something that is no http proxy address.</exception>
    public static Uri? FromEnvironment(Uri address, Func<string, string?> variable)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(variable);
        bool secure = address.Scheme == "wss";
        string? proxy = secure ? First("https_proxy", "HTTPS_PROXY") : First("http_proxy");
        proxy ??= First("all_proxy", "ALL_PROXY");
        if (proxy is null || address.IsLoopback || IsExcepted(address, secure ? 443 : 80, First("no_proxy", "NO_PROXY")))
        {
            return null;
        }

        if (!proxy.Contains("://", StringComparison.Ordinal))
        {
            proxy = "http://" + proxy;
        }

        if (!Uri.TryCreate(proxy, UriKind.Absolute, out Uri? parsed) || parsed.Scheme != "http" || parsed.Host.Length == 0)
        {
            throw new WebSocketConnectException(
                WebSocketConnectError.ProxyRefused, "The proxy named by the environment is no http:// address; only those are supported.");
        }

        return parsed;

        string? First(params ReadOnlySpan<string> names)
        {
            foreach (string name in names)
            {
                if (variable(name) is { Length: > 0 } value)
                {
                    return value.Trim();
                }
            }

            return null;
        }
    }

    /// <summary>The CONNECT request for a target.</summary>
    internal static string FormatConnect(Uri proxy, string host, int port)
    {
        string target = string.Create(CultureInfo.InvariantCulture, $"{(host.Contains(':') ? $"[{host}]" : host)}:{port}");
        string authorization = "";
        if (proxy.UserInfo.Length > 0)
        {
            string credentials = Uri.UnescapeDataString(proxy.UserInfo);
            authorization = $"Proxy-Authorization: Basic {Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(credentials))}\r\n";
        }

        return $"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{authorization}\r\n";
    }

    private static bool IsExcepted(Uri address, int defaultPort, string? exceptions)
    {
        if (exceptions is null)
        {
            return false;
        }

        ReadOnlySpan<char> host = address.IdnHost;
        int port = address.Port > 0 ? address.Port : defaultPort;
        foreach (Range range in exceptions.AsSpan().Split(','))
        {
            ReadOnlySpan<char> entry = exceptions.AsSpan()[range].Trim();
            int colon = entry.LastIndexOf(':');
            if (colon > 0 && !IPAddress.TryParse(entry, out _) && int.TryParse(entry[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int only))
            {
                if (only != port)
                {
                    continue;
                }

                entry = entry[..colon];
            }

            if (entry.SequenceEqual("*"))
            {
                return true;
            }

            entry = entry.TrimStart("*.");
            if (!entry.IsEmpty && host.EndsWith(entry, StringComparison.OrdinalIgnoreCase) &&
                (host.Length == entry.Length || host[^(entry.Length + 1)] == '.'))
            {
                return true;
            }
        }

        return false;
    }
}
