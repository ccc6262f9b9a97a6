namespace Concierge.Agents.Text;

/// <summary>A text model that does not answer.</summary>
/// <param name="message">What is wrong and what to do; nothing secret.</param>
/// <param name="inner">What happened.</param>
public sealed class TextModelException(string message, Exception? inner = null) : Exception(message, inner);
