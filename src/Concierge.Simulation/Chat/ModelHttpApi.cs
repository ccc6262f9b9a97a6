using System.Text.Json;
using System.Text.Json.Nodes;
using Concierge.Simulation.Realtime;

namespace Concierge.Simulation.Chat;

/// <summary>The model's HTTP paths beside the Realtime socket, under <c>/v1</c> and Azure's <c>/openai/v1</c>.</summary>
internal sealed class ModelHttpApi
{
    private readonly string? _apiKey;
    private readonly RealtimeClientSecrets _secrets;
    private readonly ChatCompletionsApi _chat;
    private readonly ResponsesApi _responses;
    private readonly TimeProvider _time;

    public ModelHttpApi(TextScript script, string? apiKey, RealtimeClientSecrets secrets, TimeProvider time)
    {
        var player = new TextScriptPlayer(script);
        _apiKey = apiKey;
        _secrets = secrets;
        _time = time;
        _chat = new ChatCompletionsApi(player, time);
        _responses = new ResponsesApi(player, time);
    }

    public TextReply Handle(string method, string path, string? key, string body)
    {
        string inner = path.StartsWith("/openai/v1/", StringComparison.Ordinal) ? path["/openai".Length..] : path;
        if (inner is not ("/v1/realtime/client_secrets" or "/v1/responses" or "/v1/chat/completions" or "/v1/models") && !inner.StartsWith("/v1/responses/", StringComparison.Ordinal))
        {
            return TextReply.Error(404, $"Invalid URL ({method} {path})");
        }

        if (_apiKey is not null && key != _apiKey)
        {
            return key is null
                ? TextReply.Error(401, "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).")
                : TextReply.Error(401, "Incorrect API key provided. You can find your API key at https://platform.openai.com/account/api-keys.", "invalid_api_key");
        }

        switch (method, inner)
        {
            case ("GET", "/v1/models"):
                return new TextReply(200, Models());
            case ("GET", _) when inner.StartsWith("/v1/responses/", StringComparison.Ordinal):
                return _responses.Get(inner["/v1/responses/".Length..]);
            case ("POST", "/v1/realtime/client_secrets" or "/v1/responses" or "/v1/chat/completions"):
                break;
            default:
                return TextReply.Error(405, $"Not allowed to {method} on {path}.");
        }

        JsonObject? request = null;
        try
        {
            request = (body.Length == 0 ? new JsonObject() : JsonNode.Parse(body)) as JsonObject;
        }
        catch (JsonException)
        {
            // Falls through to the refusal.
        }

        return request is null
            ? TextReply.Error(400, "We could not parse the JSON body of your request. The OpenAI API expects a JSON payload.")
            : inner switch
            {
                "/v1/responses" => _responses.Create(request),
                "/v1/chat/completions" => _chat.Create(request),
                _ => _secrets.Issue(request),
            };
    }

    private JsonObject Models() => new()
    {
        ["object"] = "list",
        ["data"] = new JsonArray([.. ((string[])["gpt-realtime-2.1", "gpt-realtime-2.1-mini", "gpt-5-mini"]).Select(id => (JsonNode)new JsonObject
        {
            ["id"] = id,
            ["object"] = "model",
            ["created"] = _time.GetUtcNow().ToUnixTimeSeconds(),
            ["owned_by"] = "twin",
        })]),
    };
}
