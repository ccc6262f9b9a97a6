namespace Concierge.Agents.Restaurants;

/// <summary>A restaurant that may be phoned.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Phone">Its number in E.164, such as <c>+14155550123</c>.</param>
public sealed record Restaurant(string Name, string Phone)
{
    /// <summary>What it cooks; null when not known.</summary>
    public string? Cuisine { get; init; }

    /// <summary>Where it is: town, quarter; null when not known.</summary>
    public string? Area { get; init; }

    /// <summary>The street and number; null when not known.</summary>
    public string? Address { get; init; }

    /// <summary>Anything else worth knowing: a terrace, closed on Mondays; null for nothing.</summary>
    public string? Notes { get; init; }
}
