namespace Concierge.Server.Configuration;

/// <summary>All there is to say about a configuration, found in one pass.</summary>
/// <param name="Options">The snapshot the program runs with, or null when there is any error.</param>
/// <param name="Problems">Errors and warnings, in the order of the documentation.</param>
internal sealed record NodeConfigurationResult(NodeOptions? Options, IReadOnlyList<ConfigurationProblem> Problems);
