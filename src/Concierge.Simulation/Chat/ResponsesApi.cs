using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Concierge.Simulation.Scenarios;

namespace Concierge.Simulation.Chat;

/// <summary><c>POST /v1/responses</c> and <c>GET /v1/responses/{id}</c>, answered from a script.</summary>
internal sealed class ResponsesApi(TextScriptPlayer player, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, (JsonObject Response, JsonArray Context)> _stored = new(StringComparer.Ordinal);

    public TextReply Get(string id) => _stored.TryGetValue(id, out (JsonObject Response, JsonArray Context) found)
        ? new TextReply(200, found.Response.DeepClone())
        : TextReply.Error(404, $"Response with id '{id}' not found.");

    public TextReply Create(JsonObject body)
    {
        if (Context(body, out JsonArray context) is { } wrong)
        {
            return wrong;
        }

        (TextRequest? request, TextReply? refusal) = Read(body, context);
        if (request is null)
        {
            return refusal!;
        }

        (TextTurn? turn, refusal) = player.Take(request);
        if (refusal is null && !request.Streams)
        {
            refusal = TextScriptPlayer.Failure(turn!);
        }

        if (refusal is not null)
        {
            return refusal;
        }

        (string text, string? incomplete) = TextScriptPlayer.Limit(turn!, request);
        string? failure = turn!.End switch { ScenarioResponseEnd.Failed => "server_error", ScenarioResponseEnd.RateLimited => "rate_limit_exceeded", _ => null };
        JsonArray output = failure is null ? Output(turn, text, incomplete) : [];
        JsonObject response = Envelope(body, request, player.NextId("resp_"));
        JsonObject done = (JsonObject)response.DeepClone();
        done["status"] = failure is not null ? "failed" : incomplete is null ? "completed" : "incomplete";
        done["output"] = output;
        done["incomplete_details"] = incomplete is null ? null : new JsonObject { ["reason"] = incomplete };
        done["error"] = failure is null ? null : new JsonObject { ["code"] = failure, ["message"] = "The server had an error while processing your request. Sorry about that!" };
        done["usage"] = failure is null ? Usage(request, text.Length + turn.Calls.Sum(c => c.Arguments.ToJsonString().Length)) : null;
        if (body["store"]?.ToString() != "false")
        {
            var after = (JsonArray)context.DeepClone();
            foreach (JsonNode? item in output)
            {
                after.Add(item!.DeepClone());
            }

            _stored[done["id"]!.ToString()] = (done, after);
        }

        var reply = new TextReply(200, null) { AfterMs = turn.AfterMs, DropAfter = turn.DropAfterDeltas };
        return request.Streams ? reply with { Stream = new ResponseEventStream(player).Write(response, done) } : reply with { Body = done.DeepClone() };
    }

    // What the model sees: the chain before, then this request's input.
    private TextReply? Context(JsonObject body, out JsonArray context)
    {
        context = [];
        if (body["previous_response_id"] is JsonValue previous)
        {
            if (!_stored.TryGetValue(previous.ToString(), out (JsonObject Response, JsonArray Context) before))
            {
                return TextReply.Error(400, $"Previous response with id '{previous}' not found.", "previous_response_not_found", "previous_response_id");
            }

            context = (JsonArray)before.Context.DeepClone();
        }

        switch (body["input"])
        {
            case JsonArray items:
                foreach (JsonNode? item in items)
                {
                    context.Add(item?.DeepClone());
                }

                return null;
            case JsonValue text:
                context.Add((JsonNode)new JsonObject { ["type"] = "message", ["role"] = "user", ["content"] = text.ToString() });
                return null;
            default:
                return TextReply.Error(400, "Missing required parameter: 'input'.", "missing_required_parameter", "input");
        }
    }

    private static (TextRequest? Request, TextReply? Refusal) Read(JsonObject body, JsonArray context)
    {
        if (body["model"] is not JsonValue model || model.ToString().Length == 0)
        {
            return (null, TextReply.Error(400, "Missing required parameter: 'model'.", "missing_required_parameter", "model"));
        }

        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        var open = new HashSet<string>(StringComparer.Ordinal);
        string instructions = body["instructions"]?.ToString() ?? "", user = "";
        string? lastTool = null;
        foreach (JsonNode? item in context)
        {
            string type = item?["type"]?.ToString() ?? "message";
            string role = item?["role"]?.ToString() ?? "";
            lastTool = null;
            switch (type)
            {
                case "message" when role is "system" or "developer":
                    instructions += "\n" + TextRequest.TextOf(item!["content"]);
                    break;
                case "message" when role == "user":
                    user = TextRequest.TextOf(item!["content"]);
                    break;
                case "function_call":
                    names[item!["call_id"]!.ToString()] = item["name"]!.ToString();
                    open.Add(item["call_id"]!.ToString());
                    break;
                case "function_call_output":
                    string id = item!["call_id"]?.ToString() ?? "";
                    if (!names.TryGetValue(id, out lastTool))
                    {
                        return (null, TextReply.Error(400, $"No tool call found for function call output with call_id {id}.", null, "input"));
                    }

                    open.Remove(id);
                    break;
                default:
                    break;
            }
        }

        if (open.Count > 0)
        {
            return (null, TextReply.Error(400, $"No tool output found for function call {open.First()}.", null, "input"));
        }

        return (new TextRequest
        {
            Model = model.ToString(),
            Instructions = instructions,
            LastUserText = user,
            LastToolName = lastTool,
            Tools = new HashSet<string>((body["tools"] as JsonArray ?? []).Select(t => t?["name"]?.ToString() ?? "")),
            NoTools = body["tool_choice"]?.ToString() == "none",
            Streams = body["stream"]?.ToString() == "true",
            InputLength = instructions.Length + context.ToJsonString().Length,
            MaxOutputTokens = body["max_output_tokens"] is JsonValue most ? (int?)most : null,
        }, null);
    }

    private JsonArray Output(TextTurn turn, string text, string? incomplete)
    {
        var output = new JsonArray();
        if (text.Length > 0 || turn.Calls.Count == 0)
        {
            output.Add((JsonNode)new JsonObject
            {
                ["id"] = player.NextId("msg_"),
                ["type"] = "message",
                ["status"] = incomplete is null ? "completed" : "incomplete",
                ["content"] = new JsonArray(new JsonObject { ["type"] = "output_text", ["annotations"] = new JsonArray(), ["logprobs"] = new JsonArray(), ["text"] = text }),
                ["role"] = "assistant",
            });
        }

        foreach (ScenarioFunctionCall call in incomplete is null ? turn.Calls : [])
        {
            output.Add((JsonNode)new JsonObject
            {
                ["id"] = player.NextId("fc_"),
                ["type"] = "function_call",
                ["status"] = "completed",
                ["arguments"] = call.Arguments.ToJsonString(),
                ["call_id"] = player.NextId("call_"),
                ["name"] = call.Name,
            });
        }

        return output;
    }

    private JsonObject Envelope(JsonObject body, TextRequest request, string id) => new()
    {
        ["id"] = id,
        ["object"] = "response",
        ["created_at"] = time.GetUtcNow().ToUnixTimeSeconds(),
        ["status"] = "in_progress",
        ["background"] = false,
        ["error"] = null,
        ["incomplete_details"] = null,
        ["instructions"] = body["instructions"]?.DeepClone(),
        ["max_output_tokens"] = body["max_output_tokens"]?.DeepClone(),
        ["max_tool_calls"] = null,
        ["model"] = request.Model,
        ["output"] = new JsonArray(),
        ["parallel_tool_calls"] = body["parallel_tool_calls"]?.DeepClone() ?? true,
        ["previous_response_id"] = body["previous_response_id"]?.DeepClone(),
        ["reasoning"] = body["reasoning"]?.DeepClone() ?? new JsonObject { ["effort"] = null, ["summary"] = null },
        ["service_tier"] = "default",
        ["store"] = body["store"]?.DeepClone() ?? true,
        ["temperature"] = body["temperature"]?.DeepClone() ?? 1.0,
        ["text"] = body["text"]?.DeepClone() ?? new JsonObject { ["format"] = new JsonObject { ["type"] = "text" } },
        ["tool_choice"] = body["tool_choice"]?.DeepClone() ?? "auto",
        ["tools"] = body["tools"]?.DeepClone() ?? new JsonArray(),
        ["top_logprobs"] = 0,
        ["top_p"] = body["top_p"]?.DeepClone() ?? 1.0,
        ["truncation"] = body["truncation"]?.DeepClone() ?? "disabled",
        ["usage"] = null,
        ["user"] = body["user"]?.DeepClone(),
        ["metadata"] = body["metadata"]?.DeepClone() ?? new JsonObject(),
    };

    private static JsonObject Usage(TextRequest request, int output)
    {
        int input = TextScriptPlayer.Tokens(request.InputLength), spoken = TextScriptPlayer.Tokens(output);
        return new JsonObject
        {
            ["input_tokens"] = input,
            ["input_tokens_details"] = new JsonObject { ["cached_tokens"] = 0 },
            ["output_tokens"] = spoken,
            ["output_tokens_details"] = new JsonObject { ["reasoning_tokens"] = 0 },
            ["total_tokens"] = input + spoken,
        };
    }
}
