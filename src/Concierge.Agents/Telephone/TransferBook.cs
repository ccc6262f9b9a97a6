namespace Concierge.Agents.Telephone;

/// <summary>Where callers may be put through to: names for the model, numbers from the configuration. In the services or a call's <see cref="AgentContext"/>.</summary>
/// <param name="numbers">Numbers in E.164 (or whatever the carrier dials) by the place's name.</param>
public sealed class TransferBook(IReadOnlyDictionary<string, string> numbers)
{
    private readonly Dictionary<string, string> _numbers = new(numbers, StringComparer.OrdinalIgnoreCase);

    /// <summary>The places' names.</summary>
    public IReadOnlyCollection<string> Places => _numbers.Keys;

    /// <summary>The number of a place; without a name, that of the only place.</summary>
    /// <returns>Null when there is no such place, or several and none was named.</returns>
    public string? Find(string? place) => string.IsNullOrWhiteSpace(place)
        ? _numbers.Count == 1 ? _numbers.Values.First() : null
        : _numbers.GetValueOrDefault(place.Trim());
}
