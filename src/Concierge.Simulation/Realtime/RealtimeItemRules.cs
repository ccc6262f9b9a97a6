using System.Text.Json.Nodes;

namespace Concierge.Simulation.Realtime;

/// <summary>The field rules of an item that a client creates.</summary>
internal static class RealtimeItemRules
{
    private const int MaxIdLength = 32;

    public static RealtimeTwinError? Check(JsonObject item)
    {
        if (item["type"] is null)
        {
            return RealtimeSessionRules.Missing("item.type");
        }

        string type = item["type"]!.ToString();
        string[]? fields = type switch
        {
            "message" => ["role", "content"],
            "function_call" => ["name", "call_id", "arguments"],
            "function_call_output" => ["call_id", "output"],
            "mcp_approval_response" => ["approval_request_id", "approve", "reason"],
            _ => null,
        };
        if (fields is null)
        {
            return new RealtimeTwinError("invalid_value", $"Invalid value: '{type}'. Supported values are: 'message', 'function_call', 'function_call_output', and 'mcp_approval_response'.", "item.type");
        }

        foreach ((string name, _) in item)
        {
            if (name is not ("id" or "type" or "object" or "status") && !fields.Contains(name, StringComparer.Ordinal))
            {
                return RealtimeSessionRules.Unknown("item." + name);
            }
        }

        foreach (string name in fields)
        {
            bool optional = name == "reason" || (type == "function_call" && name == "call_id");
            if (!optional && !item.ContainsKey(name))
            {
                return RealtimeSessionRules.Missing("item." + name);
            }
        }

        return TooLong(item, "id") ?? TooLong(item, "call_id") ?? type switch
        {
            "function_call_output" when item["output"]?.GetValueKind() != System.Text.Json.JsonValueKind.String =>
                RealtimeSessionRules.WrongType("item.output", "a string", item["output"]),
            "message" => CheckMessage(item),
            _ => null,
        };
    }

    private static RealtimeTwinError? CheckMessage(JsonObject item)
    {
        string role = item["role"]?.ToString() ?? "null";
        string[]? kinds = role switch
        {
            "system" => ["input_text"],
            "user" => ["input_text", "input_audio", "input_image"],
            "assistant" => ["output_text"],
            _ => null,
        };
        if (kinds is null)
        {
            return new RealtimeTwinError("invalid_value", $"Invalid value: '{role}'. Supported values are: 'system', 'user', and 'assistant'.", "item.role");
        }

        if (item["content"] is not JsonArray content)
        {
            return RealtimeSessionRules.WrongType("item.content", "an array of objects", item["content"]);
        }

        for (int i = 0; i < content.Count; i++)
        {
            string kind = content[i]?["type"]?.ToString() ?? "null";
            if (!kinds.Contains(kind, StringComparer.Ordinal))
            {
                // An assistant's audio cannot be made by a client.
                return new RealtimeTwinError("invalid_value", $"Invalid value: '{kind}'. Supported values are: {string.Join(", ", kinds.Select(k => $"'{k}'"))}.", $"item.content[{i}].type");
            }
        }

        return null;
    }

    private static RealtimeTwinError? TooLong(JsonObject item, string name) =>
        item[name]?.ToString() is { Length: > MaxIdLength } id
            ? new RealtimeTwinError("string_above_max_length", $"Invalid 'item.{name}': string too long. Expected a string with maximum length {MaxIdLength}, but got a string with length {id.Length} instead.", "item." + name)
            : null;
}
