using System.Net;

namespace Concierge.Server.Node;

/// <summary>Small things about addresses.</summary>
internal static class AddressExtensions
{
    /// <summary><c>::ffff:127.0.0.1</c>, which a dual-stack socket reports, as the IPv4 address it is.</summary>
    public static IPAddress MapToIPv4IfPossible(this IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
