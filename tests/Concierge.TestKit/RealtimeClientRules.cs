using System.Text.Json;
using System.Text.Json.Nodes;
using static Concierge.TestKit.RealtimeFieldCheck;

namespace Concierge.TestKit;

/// <summary>
/// The vendor's rules for what a client sends, field by field (PROTOCOL B.3-B.5): what must be there and of which kind, what values are closed, how long ids may be. A field
/// that is not listed is refused, as the vendor refuses it.
/// </summary>
public static class RealtimeClientRules
{
    private const string Session =
        "type:s output_modalities:a* model:s* instructions:s* audio:o* include:a?* tools:a* tool_choice:x* parallel_tool_calls:b* reasoning:o* max_output_tokens:x* truncation:x* tracing:x?* prompt:o?*";

    private const string ResponseFields =
        "output_modalities:a* instructions:s* audio:o* tools:a* tool_choice:x* parallel_tool_calls:b* reasoning:o* max_output_tokens:x* conversation:s* metadata:o?* prompt:o?* input:a*";

    private static readonly Dictionary<string, string> s_events = new(StringComparer.Ordinal)
    {
        ["conversation.item.create"] = "previous_item_id:s* item:o",
        ["conversation.item.delete"] = "item_id:s",
        ["conversation.item.retrieve"] = "item_id:s",
        ["conversation.item.truncate"] = "item_id:s content_index:i audio_end_ms:i",
        ["input_audio_buffer.append"] = "audio:s",
        ["input_audio_buffer.clear"] = "",
        ["input_audio_buffer.commit"] = "",
        ["response.cancel"] = "response_id:s*",
        ["response.create"] = "response:o*",
        ["session.update"] = "session:o",
    };

    private static readonly Dictionary<string, string> s_items = new(StringComparer.Ordinal)
    {
        ["message"] = "id:s* type:s object:s* status:s* role:s content:a",
        ["function_call"] = "id:s* type:s object:s* status:s* call_id:s* name:s arguments:s",
        ["function_call_output"] = "id:s* type:s object:s* status:s* call_id:s output:s",
        ["mcp_approval_response"] = "id:s* type:s approval_request_id:s approve:b reason:s?*",
        ["item_reference"] = "type:s id:s",
    };

    private static readonly Dictionary<string, string> s_contents = new(StringComparer.Ordinal)
    {
        ["system input_text"] = "type:s text:s",
        ["user input_text"] = "type:s text:s",
        ["user input_audio"] = "type:s audio:s transcript:s*",
        ["user input_image"] = "type:s image_url:s detail:s*",
        ["assistant output_text"] = "type:s text:s",
    };

    /// <summary>What a client event breaks; empty when nothing.</summary>
    /// <param name="e">The event.</param>
    public static IEnumerable<string> Broken(JsonObject e)
    {
        string type = e["type"]?.ToString() ?? "";
        if (!s_events.TryGetValue(type, out string? fields))
        {
            return [$"unknown event '{type}'"];
        }

        return
        [
            .. Fields(e, "type:s event_id:s* " + fields, type, closed: true),
            .. TooLong(e, "event_id", 512),
            .. e["item"] is JsonObject item ? Item(item, type + ".item") : [],
            .. e["session"] is JsonObject session ? OfSession(session) : [],
            .. e["response"] is JsonObject response ? OfResponse(response) : [],
            .. type == "input_audio_buffer.append" && !System.Buffers.Text.Base64.IsValid(e["audio"]!.ToString()) ? [type + ": audio is no base64"] : Array.Empty<string>(),
            .. e["audio_end_ms"]?.ToString().StartsWith('-') == true ? ["audio_end_ms is negative"] : Array.Empty<string>(),
        ];
    }

    private static IEnumerable<string> OfSession(JsonObject session) => session["type"]?.ToString() == "transcription"
        ?
        [
            .. Fields(session, "type:s audio:o* include:a?*", "session", closed: true),
            .. session["audio"] is JsonObject ears ? Fields(ears, "input:o*", "session.audio", closed: true) : [],
            .. session["audio"]?["input"] is JsonObject hears ? Input(hears) : [],
        ]
        :
        [
            .. Fields(session, Session, "session", closed: true),
            .. One(session, "type", "session", "realtime"),
            .. Shared(session, "session"),
            .. session["audio"]?["input"] is JsonObject input ? Input(input) : [],
            .. session["audio"]?["output"] is JsonObject output ? Output(output, "format:o* voice:x* speed:n*") : [],
            .. (session["include"] as JsonArray ?? []).Where(i => i?.ToString() != "item.input_audio_transcription.logprobs").Select(i => $"session.include '{i}'"),
            .. session["truncation"] is JsonObject truncation ? Fields(truncation, "type:s retention_ratio:n token_limits:o*", "session.truncation", closed: true) : [],
            .. session["truncation"] is JsonValue ? One(session, "truncation", "session", "auto", "disabled") : [],
            .. session["tracing"] is JsonObject tracing ? Fields(tracing, "workflow_name:s* group_id:s* metadata:o*", "session.tracing", closed: true) : [],
            .. session["tracing"] is JsonValue ? One(session, "tracing", "session", "auto") : [],
        ];

    private static IEnumerable<string> OfResponse(JsonObject response) =>
    [
        .. Fields(response, ResponseFields, "response", closed: true),
        .. Shared(response, "response"),
        .. response["conversation"] is null ? [] : One(response, "conversation", "response", "auto", "none"),
        .. response["audio"]?["output"] is JsonObject output ? Output(output, "format:o* voice:x*") : [],
        .. (response["input"] as JsonArray ?? []).SelectMany(i => Item(i!.AsObject(), "response.input")),
        .. response["metadata"] is JsonObject metadata && (metadata.Count > 16 || metadata.Any(p => p.Key.Length > 64 || p.Value?.GetValueKind() != JsonValueKind.String || p.Value.ToString().Length > 512))
            ? ["response.metadata"]
            : Array.Empty<string>(),
    ];

    // What a session and a response say in the same way.
    private static IEnumerable<string> Shared(JsonObject owner, string where) =>
    [
        .. owner["output_modalities"] is JsonArray modalities && modalities.ToJsonString() is not ("[\"audio\"]" or "[\"text\"]") ? [$"{where}.output_modalities {modalities.ToJsonString()}"] : Array.Empty<string>(),
        .. (owner["tools"] as JsonArray ?? []).SelectMany(t => Tool(t!.AsObject(), where + ".tools")),
        .. owner["tool_choice"] is JsonValue ? One(owner, "tool_choice", where, "none", "auto", "required") : [],
        .. owner["tool_choice"] is JsonObject choice ? Fields(choice, choice["type"]?.ToString() == "mcp" ? "type:s server_label:s name:s?*" : "type:s name:s", where + ".tool_choice", closed: true) : [],
        .. owner["reasoning"] is JsonObject reasoning ? One(reasoning, "effort", where + ".reasoning", "minimal", "low", "medium", "high", "xhigh") : [],
        .. owner["max_output_tokens"] is { } most && most.ToString() != "inf" && !(int.TryParse(most.ToString(), out int tokens) && tokens is >= 1 and <= 4096) ? [$"{where}.max_output_tokens {most}"] : Array.Empty<string>(),
        .. owner["prompt"] is JsonObject prompt ? Fields(prompt, "id:s version:s?* variables:o?*", where + ".prompt", closed: true) : [],
    ];

    private static IEnumerable<string> Tool(JsonObject tool, string where) => tool["type"]?.ToString() switch
    {
        "function" => Fields(tool, "type:s name:s description:s* parameters:o*", where, closed: true),
        "mcp" => Fields(
            tool,
            "type:s server_label:s server_url:s* connector_id:s* tunnel_id:s* authorization:s* headers:o* allowed_tools:x* require_approval:x* server_description:s* allowed_callers:a* defer_loading:b*",
            where,
            closed: true),
        _ => [$"{where}: type '{tool["type"]}'"],
    };

    private static IEnumerable<string> Input(JsonObject input) =>
    [
        .. Fields(input, "format:o* transcription:o?* noise_reduction:o?* turn_detection:o?*", "input", closed: true),
        .. Format(input),
        .. input["transcription"] is JsonObject words ? Fields(words, "model:s* language:s* languages:a* keywords:a* prompt:s* delay:s*", "transcription", closed: true) : [],
        .. input["noise_reduction"] is JsonObject noise ? Fields(noise, "type:s strength:n*", "noise_reduction", closed: true).Concat(One(noise, "type", "noise_reduction", "near_field", "far_field")) : [],
        .. input["turn_detection"] is JsonObject turns ? TurnDetection(turns) : [],
    ];

    private static IEnumerable<string> TurnDetection(JsonObject turns) => turns["type"]?.ToString() switch
    {
        "server_vad" =>
        [
            .. Fields(turns, "type:s threshold:n* prefix_padding_ms:i* silence_duration_ms:i* idle_timeout_ms:i?* create_response:b* interrupt_response:b*", "turn_detection", closed: true),
            .. turns["idle_timeout_ms"] is { } idle && (int)idle is < 5000 or > 30000 ? ["turn_detection.idle_timeout_ms"] : Array.Empty<string>(),
        ],
        "semantic_vad" =>
        [
            .. Fields(turns, "type:s eagerness:s* create_response:b* interrupt_response:b*", "turn_detection", closed: true),
            .. turns["eagerness"] is null ? [] : One(turns, "eagerness", "turn_detection", "low", "medium", "high", "auto"),
        ],
        _ => [$"turn_detection.type '{turns["type"]}'"],
    };

    private static IEnumerable<string> Output(JsonObject output, string fields) =>
    [
        .. Fields(output, fields, "output", closed: true),
        .. Format(output),
        .. output["voice"] is JsonObject voice ? Fields(voice, "id:s", "voice", closed: true) : [],
        .. output["speed"] is { } speed && (double)speed is < 0.25 or > 1.5 ? [$"output.speed {speed}"] : Array.Empty<string>(),
    ];

    // The live service wants a rate with audio/pcm and takes none with the other two.
    private static IEnumerable<string> Format(JsonObject owner) => owner["format"] is not JsonObject format
        ? []
        :
        [
            .. Fields(format, "type:s rate:i*", "format", closed: true),
            .. One(format, "type", "format", "audio/pcm", "audio/pcmu", "audio/pcma"),
            .. (format["type"]?.ToString() == "audio/pcm") == (format["rate"]?.ToString() == "24000") ? Array.Empty<string>() : ["format.rate"],
        ];

    private static IEnumerable<string> Item(JsonObject item, string where)
    {
        string type = item["type"]?.ToString() ?? "";
        if (!s_items.TryGetValue(type, out string? fields))
        {
            return [$"{where}: type '{type}'"];
        }

        return
        [
            .. Fields(item, fields, where, closed: true),
            .. TooLong(item, "id", 32),
            .. type == "function_call" ? TooLong(item, "call_id", 32) : [],
            .. (item["content"] as JsonArray ?? []).SelectMany(c => s_contents.TryGetValue($"{item["role"]} {c!["type"]}", out string? parts)
                ? Fields(c.AsObject(), parts, where + ".content", closed: true)
                : [$"{where}: content {item["role"]} {c["type"]}"]),
        ];
    }

    private static IEnumerable<string> TooLong(JsonObject owner, string name, int most) => owner[name]?.ToString() is { } text && text.Length > most ? [$"{name} has {text.Length} characters"] : [];
}
