using System.Text.Json;
using System.Text.Json.Nodes;

namespace Concierge.Simulation.Realtime;

/// <summary>What rules for fields are made of: kinds, ranges and closed lists, refused with the vendor's codes.</summary>
internal static class RealtimeFieldRules
{
    public static RealtimeTwinError Missing(string path) => new("missing_required_parameter", $"Missing required parameter: '{path}'.", path);

    public static RealtimeTwinError Unknown(string path) => new("unknown_parameter", $"Unknown parameter: '{path}'.", path);

    public static RealtimeTwinError WrongType(string path, string expected, JsonNode? got) =>
        new("invalid_type", $"Invalid type for '{path}': expected {expected}, but got {Kind(got)} instead.", path);

    public static RealtimeTwinError? Fields(JsonNode? value, string path, Dictionary<string, RealtimeFieldRule> rules, params string[] required)
    {
        if (value is not JsonObject fields)
        {
            return WrongType(path, "an object", value);
        }

        foreach (string name in required)
        {
            if (!fields.ContainsKey(name))
            {
                return Missing(path + "." + name);
            }
        }

        foreach ((string name, JsonNode? field) in fields)
        {
            string inner = path + "." + name;
            if (!rules.TryGetValue(name, out RealtimeFieldRule? rule))
            {
                return Unknown(inner);
            }

            if (rule(field, inner) is { } error)
            {
                return error;
            }
        }

        return null;
    }

    public static RealtimeTwinError? TextList(JsonNode? value, string path) =>
        value is JsonArray list && list.All(e => Kind(e) == "a string") ? null : WrongType(path, "an array of strings", value);

    public static RealtimeTwinError? Anything(JsonNode? value, string path) => null;

    public static RealtimeTwinError? Flag(JsonNode? value, string path) =>
        value?.GetValueKind() is JsonValueKind.True or JsonValueKind.False ? null : WrongType(path, "a boolean", value);

    public static RealtimeFieldRule Text(bool nullable) => (value, path) =>
        (nullable && value is null) || value?.GetValueKind() == JsonValueKind.String ? null : WrongType(path, "a string", value);

    public static RealtimeFieldRule OneOf(params string[] values) => (value, path) =>
        value?.GetValueKind() != JsonValueKind.String
            ? WrongType(path, "a string", value)
            : values.Contains(value.GetValue<string>(), StringComparer.Ordinal)
                ? null
                : new RealtimeTwinError("invalid_value", $"Invalid value: '{value.GetValue<string>()}'. Supported values are: {string.Join(", ", values.Select(v => $"'{v}'"))}.", path);

    public static RealtimeFieldRule Number(double least, double most) => (value, path) =>
    {
        if (value?.GetValueKind() != JsonValueKind.Number)
        {
            return WrongType(path, "a decimal", value);
        }

        double number = RealtimeTurnDetection.Number(value, 0);
        return number >= least && number <= most ? null : OutOfRange(path, value, least, most);
    };

    public static RealtimeFieldRule Integer(long least, long most) => (value, path) =>
    {
        if (value?.GetValueKind() != JsonValueKind.Number || !long.TryParse(value.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture, out long number))
        {
            return WrongType(path, "an integer", value);
        }

        return number >= least && number <= most ? null : OutOfRange(path, value, least, most);
    };

    private static RealtimeTwinError OutOfRange(string path, JsonNode value, double least, double most) => new(
        "invalid_value",
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Invalid value: {value.ToJsonString()}. Expected a value between {least} and {most}."),
        path);

    public static string Kind(JsonNode? value) => value?.GetValueKind() switch
    {
        null or JsonValueKind.Null => "null",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        JsonValueKind.Array => "an array",
        _ => "an object",
    };
}
