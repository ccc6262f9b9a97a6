using System.Text.Json;
using System.Text.Json.Nodes;

namespace Concierge.TestKit;

/// <summary>
/// Fields of an event written as <c>name:kind</c>, apart by blanks. Kinds: s string, i integer, n number, b boolean, o object, a array, x any; <c>?</c> behind: null is allowed,
/// <c>*</c> behind: it may be missing.
/// </summary>
internal static class RealtimeFieldCheck
{
    public static IEnumerable<string> One(JsonObject owner, string name, string where, params string[] values) =>
        values.Contains(owner[name]?.ToString()) ? [] : [$"{where}.{name} is '{owner[name]}'"];

    /// <summary>What the fields break.</summary>
    /// <param name="owner">The object.</param>
    /// <param name="fields">Its fields.</param>
    /// <param name="where">What to call it.</param>
    /// <param name="closed">Whether there may be no others.</param>
    public static IEnumerable<string> Fields(JsonObject owner, string fields, string where, bool closed = false)
    {
        string[][] all = [.. fields.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(f => f.Split(':'))];
        foreach (string[] parts in all)
        {
            bool optional = parts[1].Contains('*'), nullable = parts[1].Contains('?');
            if (!owner.TryGetPropertyValue(parts[0], out JsonNode? value))
            {
                if (!optional)
                {
                    yield return $"{where}: '{parts[0]}' is missing";
                }

                continue;
            }

            JsonValueKind kind = value?.GetValueKind() ?? JsonValueKind.Null;
            bool fits = kind == JsonValueKind.Null ? nullable : parts[1][0] switch
            {
                's' => kind == JsonValueKind.String,
                'i' => kind == JsonValueKind.Number && long.TryParse(value!.ToJsonString(), out _),
                'n' => kind == JsonValueKind.Number,
                'b' => kind is JsonValueKind.True or JsonValueKind.False,
                'o' => kind == JsonValueKind.Object,
                'x' => true,
                _ => kind == JsonValueKind.Array,
            };
            if (!fits)
            {
                yield return $"{where}: '{parts[0]}' is {kind}";
            }
        }

        foreach ((string name, _) in owner)
        {
            if (closed && !all.Any(f => f[0] == name))
            {
                yield return $"{where}: '{name}' is not the vendor's";
            }
        }
    }
}
