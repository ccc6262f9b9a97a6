using System.Text.Json.Nodes;

namespace Concierge.Simulation.Chat;

/// <summary><c>POST /v1/chat/completions</c>, answered from a script.</summary>
internal sealed class ChatCompletionsApi(TextScriptPlayer player, TimeProvider time)
{
    public TextReply Create(JsonObject body)
    {
        (TextRequest? request, TextReply? refusal) = Read(body);
        if (request is null)
        {
            return refusal!;
        }

        (TextTurn? turn, refusal) = player.Take(request);
        refusal ??= TextScriptPlayer.Failure(turn!);
        if (refusal is not null)
        {
            return refusal;
        }

        (string text, string? incomplete) = TextScriptPlayer.Limit(turn!, request);
        (string Id, string Name, string Arguments)[] calls = incomplete is null ? [.. turn!.Calls.Select(c => (player.NextId("call_"), c.Name, c.Arguments.ToJsonString()))] : [];
        string finish = incomplete switch { "max_output_tokens" => "length", "content_filter" => "content_filter", _ => calls.Length > 0 ? "tool_calls" : "stop" };
        JsonObject usage = Usage(request, text.Length + calls.Sum(c => c.Arguments.Length));
        string id = player.NextId("chatcmpl-");
        var reply = new TextReply(200, null) { AfterMs = turn!.AfterMs, DropAfter = turn.DropAfterDeltas };
        return request.Streams
            ? reply with { Stream = Stream(id, request, text, calls, finish, body["stream_options"]?["include_usage"]?.GetValue<bool>() == true ? usage : null) }
            : reply with { Body = Whole(id, request, text, calls, finish, usage) };
    }

    private static (TextRequest? Request, TextReply? Refusal) Read(JsonObject body)
    {
        if (body["model"] is not JsonValue model || model.ToString().Length == 0)
        {
            return (null, TextReply.Error(400, "you must provide a model parameter"));
        }

        if (body["messages"] is not JsonArray { Count: > 0 } messages)
        {
            return (null, TextReply.Error(400, "Missing required parameter: 'messages'.", "missing_required_parameter", "messages"));
        }

        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        var open = new HashSet<string>(StringComparer.Ordinal);
        string instructions = "", user = "";
        string? lastTool = null;
        for (int i = 0; i < messages.Count; i++)
        {
            JsonNode? message = messages[i];
            string role = message?["role"]?.ToString() ?? "";
            lastTool = null;
            if (role != "tool" && open.Count > 0)
            {
                return (null, Unanswered(open, i - 1));
            }

            switch (role)
            {
                case "system" or "developer":
                    instructions += TextRequest.TextOf(message!["content"]) + "\n";
                    break;
                case "user":
                    user = TextRequest.TextOf(message!["content"]);
                    break;
                case "assistant":
                    foreach (JsonNode? call in message!["tool_calls"] as JsonArray ?? [])
                    {
                        names[call!["id"]!.ToString()] = call["function"]!["name"]!.ToString();
                        open.Add(call["id"]!.ToString());
                    }

                    break;
                case "tool":
                    string id = message!["tool_call_id"]?.ToString() ?? "";
                    if (!open.Remove(id))
                    {
                        return (null, TextReply.Error(400, "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.", null, $"messages.[{i}].role"));
                    }

                    lastTool = names[id];
                    break;
                default:
                    return (null, TextReply.Error(400, $"Invalid value: '{role}'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and 'developer'.", "invalid_value", $"messages[{i}].role"));
            }
        }

        if (open.Count > 0)
        {
            return (null, Unanswered(open, messages.Count - 1));
        }

        return (new TextRequest
        {
            Model = model.ToString(),
            Instructions = instructions,
            LastUserText = user,
            LastToolName = lastTool,
            Tools = new HashSet<string>((body["tools"] as JsonArray ?? []).Select(t => t?["function"]?["name"]?.ToString() ?? "")),
            NoTools = body["tool_choice"]?.ToString() == "none",
            Streams = body["stream"] is JsonValue stream && stream.ToString() == "true",
            InputLength = messages.ToJsonString().Length,
            MaxOutputTokens = (body["max_completion_tokens"] ?? body["max_tokens"]) is JsonValue most ? (int?)most : null,
        }, null);
    }

    private static TextReply Unanswered(HashSet<string> open, int index) => TextReply.Error(
        400,
        $"An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: {string.Join(", ", open)}",
        null,
        $"messages.[{index}].role");

    private JsonObject Whole(string id, TextRequest request, string text, (string Id, string Name, string Arguments)[] calls, string finish, JsonObject usage)
    {
        var message = new JsonObject { ["role"] = "assistant", ["content"] = text.Length > 0 || calls.Length == 0 ? text : null, ["refusal"] = null, ["annotations"] = new JsonArray() };
        if (calls.Length > 0)
        {
            message["tool_calls"] = new JsonArray([.. calls.Select(c => (JsonNode)new JsonObject
            {
                ["id"] = c.Id,
                ["type"] = "function",
                ["function"] = new JsonObject { ["name"] = c.Name, ["arguments"] = c.Arguments },
            })]);
        }

        JsonObject answer = Envelope(id, "chat.completion", request);
        answer["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["message"] = message, ["logprobs"] = null, ["finish_reason"] = finish });
        answer["usage"] = usage;
        return answer;
    }

    private IReadOnlyList<TextChunk> Stream(string id, TextRequest request, string text, (string Id, string Name, string Arguments)[] calls, string finish, JsonObject? usage)
    {
        var chunks = new List<TextChunk>();
        Add(new JsonObject { ["role"] = "assistant", ["content"] = calls.Length > 0 && text.Length == 0 ? null : "", ["refusal"] = null }, null, false);
        foreach (string piece in player.Cut(text))
        {
            Add(new JsonObject { ["content"] = piece }, null, true);
        }

        for (int i = 0; i < calls.Length; i++)
        {
            Add(Call(i, new JsonObject { ["name"] = calls[i].Name, ["arguments"] = "" }, calls[i].Id), null, true);
            foreach (string piece in player.Cut(calls[i].Arguments))
            {
                Add(Call(i, new JsonObject { ["arguments"] = piece }, null), null, true);
            }
        }

        Add([], finish, false);
        if (usage is not null)
        {
            JsonObject last = Envelope(id, "chat.completion.chunk", request);
            last["choices"] = new JsonArray();
            last["usage"] = usage;
            chunks.Add(new TextChunk(null, last.ToJsonString()));
        }

        chunks.Add(new TextChunk(null, "[DONE]"));
        return chunks;

        void Add(JsonObject delta, string? reason, bool isDelta)
        {
            JsonObject chunk = Envelope(id, "chat.completion.chunk", request);
            chunk["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["delta"] = delta, ["logprobs"] = null, ["finish_reason"] = reason });
            chunks.Add(new TextChunk(null, chunk.ToJsonString(), isDelta));
        }

        static JsonObject Call(int index, JsonObject function, string? callId)
        {
            var call = new JsonObject { ["index"] = index };
            if (callId is not null)
            {
                call["id"] = callId;
                call["type"] = "function";
            }

            call["function"] = function;
            return new JsonObject { ["tool_calls"] = new JsonArray(call) };
        }
    }

    private JsonObject Envelope(string id, string kind, TextRequest request) => new()
    {
        ["id"] = id,
        ["object"] = kind,
        ["created"] = time.GetUtcNow().ToUnixTimeSeconds(),
        ["model"] = request.Model,
        ["service_tier"] = "default",
        ["system_fingerprint"] = null,
    };

    private static JsonObject Usage(TextRequest request, int output)
    {
        int prompt = TextScriptPlayer.Tokens(request.InputLength), completion = TextScriptPlayer.Tokens(output);
        return new JsonObject
        {
            ["prompt_tokens"] = prompt,
            ["completion_tokens"] = completion,
            ["total_tokens"] = prompt + completion,
            ["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = 0, ["audio_tokens"] = 0 },
            ["completion_tokens_details"] = new JsonObject
            {
                ["reasoning_tokens"] = 0,
                ["audio_tokens"] = 0,
                ["accepted_prediction_tokens"] = 0,
                ["rejected_prediction_tokens"] = 0,
            },
        };
    }
}
