using System.Globalization;

namespace Concierge.Simulation.Exchange;

/// <summary>Times as the vendor writes them: <c>Tue, 18 Aug 2026 20:36:28 +0000</c>.</summary>
internal static class Rfc2822
{
    public static string Format(DateTimeOffset at) => at.UtcDateTime.ToString("ddd, dd MMM yyyy HH:mm:ss", CultureInfo.InvariantCulture) + " +0000";
}
