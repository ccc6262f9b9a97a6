using System.Net;
using System.Net.Sockets;

namespace Concierge.Server.Node;

/// <summary>Small things about addresses.</summary>
internal static class AddressExtensions
{
    /// <summary><c>::ffff:127.0.0.1</c>, which a dual-stack socket reports, as the IPv4 address it is.</summary>
    public static IPAddress MapToIPv4IfPossible(this IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    /// <summary>What one remote is counted by: its IPv4 address, or the /64 of its IPv6 address, for whoever has one of a /64 has all of it (RFC 4291 §2.5.4).</summary>
    public static IPAddress Holder(this IPAddress? remote)
    {
        IPAddress address = remote?.MapToIPv4IfPossible() ?? IPAddress.None;
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }

        Span<byte> octets = stackalloc byte[16];
        address.TryWriteBytes(octets, out _);
        octets[8..].Clear();
        return new IPAddress(octets);
    }
}
