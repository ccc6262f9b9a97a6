namespace Concierge.Agents.Tools;

/// <summary>A tool server that cannot be used now.</summary>
/// <param name="message">Which, and why; nothing secret.</param>
/// <param name="inner">What happened.</param>
public sealed class McpUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
