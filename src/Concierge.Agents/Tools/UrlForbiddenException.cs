namespace Concierge.Agents.Tools;

/// <summary>An address that tools must not reach.</summary>
/// <param name="message">Which, and why.</param>
public sealed class UrlForbiddenException(string message) : Exception(message);
