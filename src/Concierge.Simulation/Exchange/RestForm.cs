using System.Net;

namespace Concierge.Simulation.Exchange;

/// <summary>Fields of a form or a query, in order; names may repeat.</summary>
internal sealed class RestForm(IReadOnlyList<KeyValuePair<string, string>> fields)
{
    public IReadOnlyList<KeyValuePair<string, string>> Fields { get; } = fields;

    /// <summary>The last value of a field; null when it is absent or empty.</summary>
    public string? this[string name] => Fields.LastOrDefault(f => f.Key == name).Value is { Length: > 0 } value ? value : null;

    public IEnumerable<string> All(string name) => Fields.Where(f => f.Key == name).Select(f => f.Value);

    public bool Is(string name) => string.Equals(this[name], "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads application/x-www-form-urlencoded text, also of a query.</summary>
    public static RestForm Parse(string text) => new(
    [
        .. text.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair =>
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            return equals < 0
                ? new KeyValuePair<string, string>(WebUtility.UrlDecode(pair), "")
                : new KeyValuePair<string, string>(WebUtility.UrlDecode(pair[..equals]), WebUtility.UrlDecode(pair[(equals + 1)..]));
        }),
    ]);

    /// <summary>Writes fields as application/x-www-form-urlencoded.</summary>
    public static string Format(IEnumerable<KeyValuePair<string, string>> fields) =>
        string.Join('&', fields.Select(f => $"{WebUtility.UrlEncode(f.Key)}={WebUtility.UrlEncode(f.Value)}"));
}
