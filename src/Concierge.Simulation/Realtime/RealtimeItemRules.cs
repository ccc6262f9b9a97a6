using System.Buffers.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using static Concierge.Simulation.Realtime.RealtimeFieldRules;

namespace Concierge.Simulation.Realtime;

/// <summary>The field rules of an item that a client creates (PROTOCOL B.5).</summary>
internal static class RealtimeItemRules
{
    private const int MaxIdLength = 32;

    private static readonly RealtimeFieldRule s_text = Text(nullable: false);

    private static readonly Dictionary<string, (RealtimeFieldRule Rule, bool Required)> s_common = new(StringComparer.Ordinal)
    {
        ["id"] = (Text(nullable: true), false),
        ["type"] = (s_text, true),
        ["object"] = (OneOf("realtime.item"), false),
        ["status"] = (OneOf("completed", "incomplete", "in_progress"), false),
    };

    private static readonly Dictionary<string, Dictionary<string, (RealtimeFieldRule Rule, bool Required)>> s_items = new(StringComparer.Ordinal)
    {
        ["message"] = new(StringComparer.Ordinal) { ["role"] = (OneOf("system", "user", "assistant"), true), ["content"] = (Anything, true) },
        ["function_call"] = new(StringComparer.Ordinal) { ["name"] = (s_text, true), ["call_id"] = (s_text, false), ["arguments"] = (s_text, true) },
        ["function_call_output"] = new(StringComparer.Ordinal) { ["call_id"] = (s_text, true), ["output"] = (s_text, true) },
        ["mcp_approval_response"] = new(StringComparer.Ordinal) { ["approval_request_id"] = (s_text, true), ["approve"] = (Flag, true), ["reason"] = (Text(nullable: true), false) },
    };

    // An assistant's audio cannot be made by a client.
    private static readonly Dictionary<string, string[]> s_parts = new(StringComparer.Ordinal)
    {
        ["system"] = ["input_text"],
        ["user"] = ["input_text", "input_audio", "input_image"],
        ["assistant"] = ["output_text"],
    };

    private static readonly Dictionary<string, Dictionary<string, (RealtimeFieldRule Rule, bool Required)>> s_contents = new(StringComparer.Ordinal)
    {
        ["input_text"] = new(StringComparer.Ordinal) { ["type"] = (s_text, true), ["text"] = (s_text, true) },
        ["output_text"] = new(StringComparer.Ordinal) { ["type"] = (s_text, true), ["text"] = (s_text, true) },
        ["input_audio"] = new(StringComparer.Ordinal) { ["type"] = (s_text, true), ["audio"] = (Audio, true), ["transcript"] = (Text(nullable: true), false) },
        ["input_image"] = new(StringComparer.Ordinal) { ["type"] = (s_text, true), ["image_url"] = (Image, true), ["detail"] = (OneOf("auto", "low", "high"), false) },
    };

    /// <param name="item">The item as given.</param>
    /// <param name="path">Its place in the event.</param>
    /// <returns>The refusal, or null.</returns>
    public static RealtimeTwinError? Check(JsonObject item, string path = "item")
    {
        if (item["type"] is null)
        {
            return Missing(path + ".type");
        }

        string type = item["type"]!.ToString();
        if (!s_items.TryGetValue(type, out Dictionary<string, (RealtimeFieldRule Rule, bool Required)>? fields))
        {
            return new RealtimeTwinError("invalid_value", $"Invalid value: '{type}'. Supported values are: 'message', 'function_call', 'function_call_output', and 'mcp_approval_response'.", path + ".type");
        }

        return Fields(item, path, fields, s_common)
            ?? TooLong(item, path, "id")
            ?? TooLong(item, path, "call_id")
            ?? (type == "message" ? CheckContent(item, path) : null);
    }

    private static RealtimeTwinError? Fields(
        JsonObject owner, string path, Dictionary<string, (RealtimeFieldRule Rule, bool Required)> fields, Dictionary<string, (RealtimeFieldRule Rule, bool Required)>? common = null)
    {
        foreach ((string name, (_, bool required)) in fields)
        {
            if (required && !owner.ContainsKey(name))
            {
                return Missing(path + "." + name);
            }
        }

        foreach ((string name, JsonNode? value) in owner)
        {
            string inner = path + "." + name;
            if (!fields.TryGetValue(name, out (RealtimeFieldRule Rule, bool Required) field) && common?.TryGetValue(name, out field) != true)
            {
                return Unknown(inner);
            }

            if (field.Rule(value, inner) is { } error)
            {
                return error;
            }
        }

        return null;
    }

    private static RealtimeTwinError? CheckContent(JsonObject item, string path)
    {
        if (item["content"] is not JsonArray content)
        {
            return WrongType(path + ".content", "an array of objects", item["content"]);
        }

        string[] kinds = s_parts[item["role"]!.ToString()];
        for (int i = 0; i < content.Count; i++)
        {
            string inner = $"{path}.content[{i}]";
            if (content[i] is not JsonObject part)
            {
                return WrongType(inner, "an object", content[i]);
            }

            if (!part.ContainsKey("type"))
            {
                return Missing(inner + ".type");
            }

            if (OneOf(kinds)(part["type"], inner + ".type") is { } wrong)
            {
                return wrong;
            }

            if (Fields(part, inner, s_contents[part["type"]!.GetValue<string>()]) is { } error)
            {
                return error;
            }
        }

        return null;
    }

    private static RealtimeTwinError? Audio(JsonNode? value, string path) =>
        s_text(value, path)
        ?? (Base64.IsValid(value!.GetValue<string>()) ? null : new RealtimeTwinError("invalid_value", $"Invalid '{path}'. Expected base64-encoded audio bytes, but got something else.", path));

    private static RealtimeTwinError? Image(JsonNode? value, string path)
    {
        if (s_text(value, path) is { } error)
        {
            return error;
        }

        string url = value!.GetValue<string>();
        int comma = url.IndexOf(',', StringComparison.Ordinal);
        bool isImage = url.StartsWith("data:image/", StringComparison.Ordinal) && comma > 0 && url[..comma].EndsWith(";base64", StringComparison.Ordinal) && Base64.IsValid(url.AsSpan(comma + 1));
        return isImage ? null : new RealtimeTwinError("invalid_value", $"Invalid '{path}'. Expected a data URI with a base64-encoded image, but got something else.", path);
    }

    private static RealtimeTwinError? TooLong(JsonObject item, string path, string name) =>
        item[name]?.GetValueKind() == JsonValueKind.String && item[name]!.GetValue<string>() is { Length: > MaxIdLength } id
            ? new RealtimeTwinError("string_above_max_length", $"Invalid '{path}.{name}': string too long. Expected a string with maximum length {MaxIdLength}, but got a string with length {id.Length} instead.", path + "." + name)
            : null;
}
