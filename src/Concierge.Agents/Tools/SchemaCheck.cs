using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Concierge.Agents.Tools;

/// <summary>
/// Checks JSON against a JSON schema (2020-12), as far as tools and our own files need it: type, properties, required, additionalProperties, items, enum, const, pattern,
/// lengths, ranges, anyOf and references into <c>$defs</c>. Other keywords are passed over. What is wrong is said with its path.
/// </summary>
internal sealed class SchemaCheck
{
    private const int MaxDepth = 64;
    private readonly JsonElement _root;
    private readonly List<(string Path, string Message)> _problems = [];

    private SchemaCheck(JsonElement root) => _root = root;

    /// <summary>Everything in which the value departs from the schema; empty when it fits.</summary>
    public static IReadOnlyList<(string Path, string Message)> Check(JsonElement value, JsonElement schema)
    {
        var check = new SchemaCheck(schema);
        check.Visit(value, schema, "", 0);
        return check._problems;
    }

    private void Visit(JsonElement value, JsonElement schema, string path, int depth)
    {
        if (schema.ValueKind != JsonValueKind.Object || depth > MaxDepth)
        {
            return; // true, or deeper than anything we are given
        }

        if (schema.TryGetProperty("$ref", out JsonElement reference))
        {
            Visit(value, Resolve(reference.GetString() ?? ""), path, depth + 1);
        }

        if (schema.TryGetProperty("anyOf", out JsonElement options) || schema.TryGetProperty("oneOf", out options))
        {
            VisitOptions(value, options, path, depth);
        }

        if (schema.TryGetProperty("type", out JsonElement type) && !IsType(value, type))
        {
            Report(path, $"it is {Describe(value)}, and must be {Names(type)}");
            return;
        }

        if (schema.TryGetProperty("enum", out JsonElement allowed) && !allowed.EnumerateArray().Any(a => JsonElement.DeepEquals(a, value)))
        {
            Report(path, $"{Shown(value)} is not one of {string.Join(", ", allowed.EnumerateArray().Select(Shown))}{DidYouMean(value, allowed)}");
        }

        if (schema.TryGetProperty("const", out JsonElement only) && !JsonElement.DeepEquals(only, value))
        {
            Report(path, $"it must be {Shown(only)}");
        }

        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                VisitObject(value, schema, path, depth);
                break;
            case JsonValueKind.Array:
                VisitArray(value, schema, path, depth);
                break;
            case JsonValueKind.String:
                VisitText(value.GetString()!, schema, path);
                break;
            case JsonValueKind.Number:
                VisitNumber(value.GetDouble(), schema, path);
                break;
        }
    }

    private void VisitOptions(JsonElement value, JsonElement options, string path, int depth)
    {
        List<(string, string)>? best = null;
        foreach (JsonElement option in options.EnumerateArray())
        {
            var attempt = new SchemaCheck(_root);
            attempt.Visit(value, option, path, depth + 1);
            if (attempt._problems.Count == 0)
            {
                return;
            }

            // The option that got furthest is what was meant: its complaints are deepest.
            if (best is null || Depth(attempt._problems) > Depth(best) || (Depth(attempt._problems) == Depth(best) && attempt._problems.Count < best.Count))
            {
                best = attempt._problems;
            }
        }

        _problems.AddRange(best ?? []);

        static int Depth(List<(string Path, string Message)> problems) => problems.Max(p => p.Path.Count(c => c is '.' or '['));
    }

    private void VisitObject(JsonElement value, JsonElement schema, string path, int depth)
    {
        bool hasProperties = schema.TryGetProperty("properties", out JsonElement properties);
        if (schema.TryGetProperty("required", out JsonElement required))
        {
            foreach (string name in required.EnumerateArray().Select(r => r.GetString()!).Where(n => !value.TryGetProperty(n, out _)))
            {
                Report(path, $"'{name}' is missing");
            }
        }

        bool hasOthers = schema.TryGetProperty("additionalProperties", out JsonElement others);
        foreach (JsonProperty property in value.EnumerateObject())
        {
            string at = path.Length == 0 ? property.Name : $"{path}.{property.Name}";
            if (hasProperties && properties.TryGetProperty(property.Name, out JsonElement known))
            {
                Visit(property.Value, known, at, depth + 1);
            }
            else if (hasOthers && others.ValueKind == JsonValueKind.False && property.Name != "$schema")
            {
                string[] names = hasProperties ? [.. properties.EnumerateObject().Select(p => p.Name)] : [];
                Report(at, $"'{property.Name}' is not known here{(Nearest(property.Name, names) is { } near ? $"; did you mean '{near}'?" : $"; known are {string.Join(", ", names)}")}");
            }
            else if (hasOthers)
            {
                Visit(property.Value, others, at, depth + 1);
            }
        }
    }

    private void VisitArray(JsonElement value, JsonElement schema, string path, int depth)
    {
        int count = value.GetArrayLength();
        if (Number(schema, "minItems") is { } least && count < least)
        {
            Report(path, $"it has {count} items, and needs at least {least}");
        }

        if (Number(schema, "maxItems") is { } most && count > most)
        {
            Report(path, $"it has {count} items, and may have at most {most}");
        }

        if (schema.TryGetProperty("items", out JsonElement items))
        {
            int index = 0;
            foreach (JsonElement item in value.EnumerateArray())
            {
                Visit(item, items, $"{path}[{index++}]", depth + 1);
            }
        }
    }

    private void VisitText(string text, JsonElement schema, string path)
    {
        if (Number(schema, "minLength") is { } least && text.Length < least)
        {
            Report(path, least == 1 ? "it is empty" : $"it has {text.Length} characters, and needs at least {least}");
        }

        if (Number(schema, "maxLength") is { } most && text.Length > most)
        {
            Report(path, $"it has {text.Length} characters, and may have at most {most}");
        }

        if (schema.TryGetProperty("pattern", out JsonElement pattern) && !Matches(text, pattern.GetString()!))
        {
            Report(path, $"'{text}' does not have the form {pattern.GetString()}");
        }
    }

    private void VisitNumber(double number, JsonElement schema, string path)
    {
        if ((Number(schema, "minimum") is { } least && number < least) || (Number(schema, "maximum") is { } most && number > most))
        {
            string range = (Number(schema, "minimum"), Number(schema, "maximum")) switch
            {
                ({ } low, { } high) => string.Create(CultureInfo.InvariantCulture, $"between {low} and {high}"),
                ({ } low, null) => string.Create(CultureInfo.InvariantCulture, $"at least {low}"),
                (_, var high) => string.Create(CultureInfo.InvariantCulture, $"at most {high}"),
            };
            Report(path, string.Create(CultureInfo.InvariantCulture, $"{number} must be {range}"));
        }
    }

    private JsonElement Resolve(string reference)
    {
        JsonElement at = _root;
        foreach (string part in reference.TrimStart('#').Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!at.TryGetProperty(part, out at))
            {
                return default;
            }
        }

        return at;
    }

    private void Report(string path, string message) => _problems.Add((path, message));

    private static double? Number(JsonElement schema, string name) =>
        schema.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;

    private static bool Matches(string text, string pattern)
    {
        try
        {
            return Regex.IsMatch(text, pattern, RegexOptions.CultureInvariant, TimeSpan.FromMilliseconds(100));
        }
        catch (Exception e) when (e is RegexMatchTimeoutException or ArgumentException)
        {
            return true; // a schema of somebody else's with a pattern we cannot judge
        }
    }

    private static bool IsType(JsonElement value, JsonElement type) => type.ValueKind == JsonValueKind.Array
        ? type.EnumerateArray().Any(t => IsType(value, t))
        : type.GetString() switch
        {
            "object" => value.ValueKind == JsonValueKind.Object,
            "array" => value.ValueKind == JsonValueKind.Array,
            "string" => value.ValueKind == JsonValueKind.String,
            "number" => value.ValueKind == JsonValueKind.Number,
            "integer" => value.ValueKind == JsonValueKind.Number && value.GetDouble() % 1 == 0,
            "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            "null" => value.ValueKind == JsonValueKind.Null,
            _ => true,
        };

    private static string Names(JsonElement type) => type.ValueKind == JsonValueKind.Array
        ? string.Join(" or ", type.EnumerateArray().Select(Names))
        : type.GetString() switch
        {
            "object" => "an object",
            "array" => "a list",
            "string" => "text",
            "integer" => "a whole number",
            "number" => "a number",
            "boolean" => "true or false",
            var other => other ?? "",
        };

    private static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "text",
        JsonValueKind.Null => "null",
        _ => value.GetRawText(),
    };

    private static string Shown(JsonElement value) => value.ValueKind == JsonValueKind.String ? $"'{value.GetString()}'" : value.GetRawText();

    private static string DidYouMean(JsonElement value, JsonElement allowed) => value.ValueKind == JsonValueKind.String
        && Nearest(value.GetString()!, [.. allowed.EnumerateArray().Where(a => a.ValueKind == JsonValueKind.String).Select(a => a.GetString()!)]) is { } near
        ? $"; did you mean '{near}'?"
        : "";

    /// <summary>The known word that a typing mistake or two turn into this one; null when none is near.</summary>
    internal static string? Nearest(string word, IReadOnlyList<string> known)
    {
        (string? best, int least) = (null, Math.Max(1, word.Length / 3) + 1);
        foreach (string candidate in known)
        {
            int distance = EditDistance.Between(word.ToUpperInvariant(), candidate.ToUpperInvariant());
            if (distance < least)
            {
                (best, least) = (candidate, distance);
            }
        }

        return best;
    }
}
