namespace Concierge.Server.Configuration;

/// <summary>Something about one setting that an operator should know.</summary>
/// <param name="Setting">The setting's name.</param>
/// <param name="Message">What is wrong. Never a secret's value.</param>
/// <param name="Fix">What to do about it.</param>
/// <param name="IsError">Whether the node must not start with it.</param>
internal sealed record ConfigurationProblem(string Setting, string Message, string Fix, bool IsError = true);
