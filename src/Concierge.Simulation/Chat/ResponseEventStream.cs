using System.Text.Json.Nodes;

namespace Concierge.Simulation.Chat;

/// <summary>The server-sent events of one streamed response, in the vendor's order and numbered.</summary>
internal sealed class ResponseEventStream(TextScriptPlayer player)
{
    private readonly List<TextChunk> _chunks = [];

    /// <param name="begun">The response in progress, without output.</param>
    /// <param name="done">The response as it ended.</param>
    public IReadOnlyList<TextChunk> Write(JsonObject begun, JsonObject done)
    {
        Add("response.created", new JsonObject { ["response"] = begun.DeepClone() });
        Add("response.in_progress", new JsonObject { ["response"] = begun.DeepClone() });
        var output = (JsonArray)done["output"]!;
        for (int i = 0; i < output.Count; i++)
        {
            var item = (JsonObject)output[i]!;
            if (item["type"]!.ToString() == "message")
            {
                Message(item, i);
            }
            else
            {
                Call(item, i);
            }
        }

        Add("response." + done["status"], new JsonObject { ["response"] = done.DeepClone() });
        return _chunks;
    }

    private void Message(JsonObject item, int index)
    {
        string id = item["id"]!.ToString();
        var part = (JsonObject)item["content"]![0]!;
        string text = part["text"]!.ToString();
        var empty = (JsonObject)part.DeepClone();
        empty["text"] = "";
        Begin(item, index, "content", new JsonArray());
        Add("response.content_part.added", At(id, index, new JsonObject { ["content_index"] = 0, ["part"] = empty }));
        foreach (string piece in player.Cut(text))
        {
            Add("response.output_text.delta", At(id, index, new JsonObject { ["content_index"] = 0, ["delta"] = piece, ["logprobs"] = new JsonArray() }), true);
        }

        Add("response.output_text.done", At(id, index, new JsonObject { ["content_index"] = 0, ["text"] = text, ["logprobs"] = new JsonArray() }));
        Add("response.content_part.done", At(id, index, new JsonObject { ["content_index"] = 0, ["part"] = part.DeepClone() }));
        Add("response.output_item.done", new JsonObject { ["output_index"] = index, ["item"] = item.DeepClone() });
    }

    private void Call(JsonObject item, int index)
    {
        string id = item["id"]!.ToString();
        string arguments = item["arguments"]!.ToString();
        Begin(item, index, "arguments", "");
        foreach (string piece in player.Cut(arguments))
        {
            Add("response.function_call_arguments.delta", At(id, index, new JsonObject { ["delta"] = piece }), true);
        }

        Add("response.function_call_arguments.done", At(id, index, new JsonObject { ["arguments"] = arguments, ["name"] = item["name"]!.DeepClone() }));
        Add("response.output_item.done", new JsonObject { ["output_index"] = index, ["item"] = item.DeepClone() });
    }

    private void Begin(JsonObject item, int index, string emptied, JsonNode empty)
    {
        var begun = (JsonObject)item.DeepClone();
        begun["status"] = "in_progress";
        begun[emptied] = empty;
        Add("response.output_item.added", new JsonObject { ["output_index"] = index, ["item"] = begun });
    }

    private static JsonObject At(string id, int index, JsonObject more)
    {
        more["item_id"] = id;
        more["output_index"] = index;
        return more;
    }

    private void Add(string type, JsonObject fields, bool isDelta = false)
    {
        var data = new JsonObject { ["type"] = type, ["sequence_number"] = _chunks.Count };
        foreach ((string name, JsonNode? value) in fields)
        {
            data[name] = value?.DeepClone();
        }

        _chunks.Add(new TextChunk(type, data.ToJsonString(), isDelta));
    }
}
