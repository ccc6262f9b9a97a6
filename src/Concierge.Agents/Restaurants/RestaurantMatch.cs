namespace Concierge.Agents.Restaurants;

/// <summary>A restaurant that a search found.</summary>
/// <param name="Restaurant">The restaurant.</param>
/// <param name="Score">How well it fits, above 0 to 1.</param>
public sealed record RestaurantMatch(Restaurant Restaurant, double Score);
