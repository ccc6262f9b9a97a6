namespace Concierge.Simulation.Chat;

/// <summary>One server-sent event.</summary>
/// <param name="Event">Its name; null for none.</param>
/// <param name="Data">Its data, one line.</param>
/// <param name="IsDelta">Whether it carries a piece of the output.</param>
internal readonly record struct TextChunk(string? Event, string Data, bool IsDelta = false);
