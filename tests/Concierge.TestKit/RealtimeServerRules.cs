using System.Text.Json;
using System.Text.Json.Nodes;
using static Concierge.TestKit.RealtimeFieldCheck;

namespace Concierge.TestKit;

/// <summary>
/// The vendor's rules for what the service sends, field by field (PROTOCOL B.6): what must be there and of which kind, and what values are closed. Fields that are not listed
/// are allowed, as the vendor sends such.
/// </summary>
public static class RealtimeServerRules
{
    private static readonly Dictionary<string, string> s_server = new(StringComparer.Ordinal)
    {
        ["conversation.item.added"] = "previous_item_id:s?* item:o",
        ["conversation.item.deleted"] = "item_id:s",
        ["conversation.item.done"] = "previous_item_id:s?* item:o",
        ["conversation.item.input_audio_transcription.completed"] = "item_id:s content_index:i transcript:s usage:o",
        ["conversation.item.input_audio_transcription.delta"] = "item_id:s content_index:i* delta:s*",
        ["conversation.item.input_audio_transcription.failed"] = "item_id:s content_index:i error:o",
        ["conversation.item.retrieved"] = "item:o",
        ["conversation.item.truncated"] = "item_id:s content_index:i audio_end_ms:i",
        ["conversation.item.input_audio_transcription.segment"] = "item_id:s content_index:i text:s id:s speaker:s start:n end:n",
        ["error"] = "error:o",
        ["input_audio_buffer.cleared"] = "",
        ["input_audio_buffer.committed"] = "previous_item_id:s?* item_id:s",
        ["input_audio_buffer.speech_started"] = "audio_start_ms:i item_id:s",
        ["input_audio_buffer.speech_stopped"] = "audio_end_ms:i item_id:s",
        ["input_audio_buffer.timeout_triggered"] = "audio_start_ms:i audio_end_ms:i item_id:s",
        ["mcp_list_tools.completed"] = "item_id:s",
        ["mcp_list_tools.failed"] = "item_id:s",
        ["mcp_list_tools.in_progress"] = "item_id:s",
        ["rate_limits.updated"] = "rate_limits:a",
        ["response.content_part.added"] = "response_id:s item_id:s output_index:i content_index:i part:o",
        ["response.content_part.done"] = "response_id:s item_id:s output_index:i content_index:i part:o",
        ["response.created"] = "response:o",
        ["response.done"] = "response:o",
        ["response.function_call_arguments.delta"] = "response_id:s item_id:s output_index:i call_id:s delta:s",
        ["response.function_call_arguments.done"] = "response_id:s item_id:s output_index:i call_id:s name:s arguments:s",
        ["response.mcp_call.completed"] = "output_index:i item_id:s",
        ["response.mcp_call.failed"] = "output_index:i item_id:s",
        ["response.mcp_call.in_progress"] = "output_index:i item_id:s",
        ["response.mcp_call_arguments.delta"] = "response_id:s item_id:s output_index:i delta:s",
        ["response.mcp_call_arguments.done"] = "response_id:s item_id:s output_index:i arguments:s",
        ["response.output_audio.delta"] = "response_id:s item_id:s output_index:i content_index:i delta:s",
        ["response.output_audio.done"] = "response_id:s item_id:s output_index:i content_index:i",
        ["response.output_audio_transcript.delta"] = "response_id:s item_id:s output_index:i content_index:i delta:s",
        ["response.output_audio_transcript.done"] = "response_id:s item_id:s output_index:i content_index:i transcript:s",
        ["response.output_item.added"] = "response_id:s output_index:i item:o",
        ["response.output_item.done"] = "response_id:s output_index:i item:o",
        ["response.output_text.delta"] = "response_id:s item_id:s output_index:i content_index:i delta:s",
        ["response.output_text.done"] = "response_id:s item_id:s output_index:i content_index:i text:s",
        ["session.created"] = "session:o",
        ["session.updated"] = "session:o",
    };

    private static readonly Dictionary<string, string> s_items = new(StringComparer.Ordinal)
    {
        ["message"] = "id:s object:s status:s role:s content:a",
        ["function_call"] = "id:s object:s status:s call_id:s name:s arguments:s",
        ["function_call_output"] = "id:s object:s status:s call_id:s output:s",
        ["mcp_list_tools"] = "id:s server_label:s tools:a",
        ["mcp_call"] = "id:s server_label:s name:s arguments:s approval_request_id:s?* output:s?* error:o?*",
        ["mcp_approval_request"] = "id:s server_label:s name:s arguments:s",
        ["mcp_approval_response"] = "id:s approval_request_id:s approve:b reason:s?*",
    };

    private static readonly string[] s_contents = ["input_text", "input_audio", "input_image", "output_text", "output_audio"];

    /// <summary>What a server event breaks; empty when nothing.</summary>
    /// <param name="e">The event.</param>
    public static IEnumerable<string> Broken(JsonObject e)
    {
        string type = e["type"]?.ToString() ?? "";
        if (!s_server.TryGetValue(type, out string? fields))
        {
            return [$"unknown event '{type}'"];
        }

        return
        [
            .. Fields(e, "event_id:s type:s " + fields, type),
            .. e["item"] is JsonObject item ? Item(item, type) : [],
            .. e["response"] is JsonObject response ? Response(response, type == "response.done") : [],
            .. e["session"] is JsonObject session ? Session(session) : [],
            .. (e["logprobs"] as JsonArray ?? []).SelectMany(p => Fields(p!.AsObject(), "token:s logprob:n bytes:a", type + ".logprobs")),
            .. e["error"] is JsonObject error && type == "error" ? Fields(error, "type:s code:s?* message:s param:s?* event_id:s?*", "error") : [],
            .. e["part"] is JsonObject part && part["type"]?.ToString() is not ("audio" or "text") ? [$"{type}: part.type '{part["type"]}'"] : Array.Empty<string>(),
            .. e["usage"] is JsonObject usage ? Usage(usage) : [],
        ];
    }

    private static IEnumerable<string> Item(JsonObject item, string where)
    {
        string type = item["type"]?.ToString() ?? "";
        if (!s_items.TryGetValue(type, out string? fields))
        {
            return [$"{where}: item type '{type}'"];
        }

        return
        [
            .. Fields(item, fields, $"{where}.item"),
            .. item.ContainsKey("object") ? One(item, "object", where, "realtime.item") : [],
            .. item.ContainsKey("status") ? One(item, "status", where, "completed", "incomplete", "in_progress") : [],
            .. (item["tools"] as JsonArray ?? []).SelectMany(t => Fields(t!.AsObject(), "name:s input_schema:o annotations:o?*", where + ".tools")),
            .. item["error"] is JsonObject error ? One(error, "type", where + ".error", "protocol_error", "tool_execution_error", "http_error").Concat(Fields(error, "message:s", where + ".error")) : [],
            .. type == "message" ? One(item, "role", where, "system", "user", "assistant") : [],
            .. (item["content"] as JsonArray ?? []).SelectMany(c => One(c!.AsObject(), "type", where + ".content", s_contents)),
        ];
    }

    private static IEnumerable<string> Response(JsonObject response, bool done) =>
    [
        .. Fields(response, "id:s object:s status:s status_details:o* output:a conversation_id:s* output_modalities:a audio:o metadata:o* usage:o" + (done ? "" : "*"), "response"),
        .. One(response, "object", "response", "realtime.response"),
        .. One(response, "status", "response", done ? ["completed", "cancelled", "failed", "incomplete"] : ["in_progress"]),
        .. (response["output"] as JsonArray ?? []).SelectMany(i => Item(i!.AsObject(), "response.output")),
        .. response["status_details"] is JsonObject details ? One(details, "type", "status_details", "completed", "cancelled", "failed", "incomplete") : [],
        .. response["status_details"]?["reason"] is null ? [] : One(response["status_details"]!.AsObject(), "reason", "status_details", "turn_detected", "client_cancelled", "max_output_tokens", "content_filter"),
        .. response["usage"] is JsonObject usage
            ? Fields(usage, "total_tokens:i input_tokens:i output_tokens:i input_token_details:o output_token_details:o", "usage").Concat(
                (int)usage["total_tokens"]! == (int)usage["input_tokens"]! + (int)usage["output_tokens"]! ? [] : ["usage does not add up"])
            : [],
        .. response["max_output_tokens"]?.GetValueKind() == JsonValueKind.String ? One(response, "max_output_tokens", "response", "inf") : [],
    ];

    private static IEnumerable<string> Usage(JsonObject usage) => usage["type"]?.ToString() switch
    {
        "tokens" => Fields(usage, "input_tokens:i output_tokens:i total_tokens:i input_token_details:o*", "usage"),
        "duration" => Fields(usage, "seconds:n", "usage"),
        _ => [$"usage.type '{usage["type"]}'"],
    };

    private static IEnumerable<string> Session(JsonObject session) => session["type"]?.ToString() == "transcription"
        ?
        [
            .. Fields(session, "type:s object:s id:s expires_at:i?* audio:o include:a?*", "session"),
            .. Format(session["audio"]!["input"]!["format"]!.AsObject()),
        ]
        :
        [
            .. Fields(session, "type:s object:s id:s model:s output_modalities:a instructions:s tools:a tracing:o?* prompt:o?* expires_at:i audio:o include:a?*", "session"),
            .. One(session, "type", "session", "realtime"),
            .. One(session, "object", "session", "realtime.session"),
            .. Format(session["audio"]!["input"]!["format"]!.AsObject()),
            .. Format(session["audio"]!["output"]!["format"]!.AsObject()),
        ];

    private static IEnumerable<string> Format(JsonObject format) =>
    [
        .. One(format, "type", "format", "audio/pcm", "audio/pcmu", "audio/pcma"),
        .. (format["type"]!.ToString() == "audio/pcm") == (format["rate"]?.ToString() == "24000") ? Array.Empty<string>() : ["format.rate"],
    ];
}
