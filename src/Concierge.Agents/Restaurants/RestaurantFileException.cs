namespace Concierge.Agents.Restaurants;

/// <summary>A restaurant file that cannot be used.</summary>
/// <param name="message">What is wrong, where, and what to do.</param>
public sealed class RestaurantFileException(string message) : Exception(message);
