using System.Text.Json;
using System.Text.Json.Nodes;
using Concierge.Simulation.Speech;

namespace Concierge.Simulation.Realtime;

/// <summary>The conversation's items, and the events that tell of them.</summary>
internal sealed class RealtimeConversation(RealtimeEventWriter events, RealtimeIds ids)
{
    private readonly List<RealtimeItem> _items = [];

    public string? LastId => _items.Count > 0 ? _items[^1].Id : null;

    public RealtimeItem? Find(string id) => _items.Find(i => i.Id == id);

    public bool HasCall(string callId) => _items.Exists(i => i.Body["type"]?.ToString() == "function_call" && i.Body["call_id"]?.ToString() == callId);

    /// <summary>Puts an item at the end and tells of it.</summary>
    public void Append(RealtimeItem item)
    {
        string? previous = LastId;
        _items.Add(item);
        Tell("conversation.item.added", item, previous);
    }

    /// <summary>conversation.item.done.</summary>
    public void Finish(RealtimeItem item)
    {
        int index = _items.IndexOf(item);
        Tell("conversation.item.done", item, index > 0 ? _items[index - 1].Id : null);
    }

    /// <summary>conversation.item.create of the client.</summary>
    /// <returns>The refusal, or null.</returns>
    public RealtimeTwinError? Create(JsonObject command)
    {
        if (command["item"] is not JsonObject given)
        {
            return RealtimeFieldRules.Missing("item");
        }

        var body = (JsonObject)given.DeepClone();
        if (RealtimeItemRules.Check(body) is { } error)
        {
            return error;
        }

        string? previousId = command["previous_item_id"]?.ToString();
        int index = _items.Count;
        if (previousId == "root")
        {
            index = 0;
        }
        else if (previousId is not null)
        {
            index = _items.FindIndex(i => i.Id == previousId) + 1;
            if (index == 0)
            {
                return new RealtimeTwinError("item_create_invalid_previous_item_id", $"Error creating item: the previous item with id '{previousId}' does not exist.", "previous_item_id");
            }
        }

        string id = body["id"]?.ToString() ?? ids.Next("item_");
        if (Find(id) is not null)
        {
            return new RealtimeTwinError("item_create_duplicate_id", $"Error creating item: an item with id '{id}' already exists.", "item.id");
        }

        if (body["type"]!.ToString() == "function_call_output" && !HasCall(body["call_id"]!.ToString()))
        {
            return new RealtimeTwinError("invalid_tool_call_id", $"Tool call ID '{body["call_id"]}' not found in conversation.", "item.call_id");
        }

        if (body["type"]!.ToString() == "mcp_approval_response" && Find(body["approval_request_id"]!.ToString())?.Body["type"]?.ToString() != "mcp_approval_request")
        {
            return new RealtimeTwinError("invalid_value", $"Approval request '{body["approval_request_id"]}' not found in conversation.", "item.approval_request_id");
        }

        body.Remove("id");
        body.Insert(0, "id", id);
        if (!body["type"]!.ToString().StartsWith("mcp_", StringComparison.Ordinal))
        {
            body["object"] = "realtime.item";
            body["status"] = "completed";
        }

        if (body["type"]!.ToString() == "function_call" && !body.ContainsKey("call_id"))
        {
            body["call_id"] = ids.Next("call_");
        }

        // Events tell of items without their audio; only the answer to a retrieve has it.
        var whole = (JsonObject)body.DeepClone();
        bool hasAudio = false;
        foreach (JsonObject part in (body["content"] as JsonArray ?? []).OfType<JsonObject>())
        {
            hasAudio |= part.Remove("audio");
        }

        var item = new RealtimeItem(id, body) { Given = hasAudio ? whole : null };
        _items.Insert(index, item);
        string? previous = index > 0 ? _items[index - 1].Id : null;
        Tell("conversation.item.added", item, previous);
        Tell("conversation.item.done", item, previous);
        return null;
    }

    /// <summary>conversation.item.delete of the client.</summary>
    /// <returns>The refusal, or null.</returns>
    public RealtimeTwinError? Delete(string id)
    {
        if (Find(id) is not { } item)
        {
            return new RealtimeTwinError("item_delete_invalid_item_id", $"Error deleting item: the item with id '{id}' does not exist.", "item_id");
        }

        _items.Remove(item);
        events.Begin("conversation.item.deleted").WriteString("item_id", id);
        events.End();
        return null;
    }

    /// <summary>conversation.item.retrieve of the client: the item with all of its audio.</summary>
    /// <returns>The refusal, or null.</returns>
    public RealtimeTwinError? Retrieve(string id)
    {
        if (Find(id) is not { } item)
        {
            return new RealtimeTwinError("item_retrieve_invalid_item_id", $"Error retrieving item: the item with id '{id}' does not exist.", "item_id");
        }

        var body = (JsonObject)(item.Given ?? item.Body).DeepClone();
        if (body["content"] is JsonArray { Count: > 0 } content && content[0] is JsonObject part)
        {
            if (item.UserAudio is { } heard)
            {
                short[] samples = OfflineResampler.Convert(heard.Track.Samples[heard.From..heard.To], heard.Track.SampleRate, 24000);
                part["audio"] = Convert.ToBase64String(RealtimeWireFormat.Pcm24k.Encode(samples));
            }
            else if (item.Response is { } response && part["type"]?.ToString() == "output_audio")
            {
                part["audio"] = Convert.ToBase64String(response.Audio.Span);
            }
        }

        Utf8JsonWriter json = events.Begin("conversation.item.retrieved");
        json.WritePropertyName("item");
        body.WriteTo(json);
        events.End();
        return null;
    }

    /// <summary>conversation.item.truncate of the client.</summary>
    /// <returns>The refusal, or null.</returns>
    public RealtimeTwinError? Truncate(string itemId, long contentIndex, long audioEndMs, RealtimeTwinRecord record, TimeSpan now)
    {
        RealtimeItem? item = Find(itemId);
        double sent = item?.Response?.AudioMs ?? 0;
        RealtimeTwinError? error = item switch
        {
            null => new RealtimeTwinError("item_truncate_invalid_item_id", $"Error truncating item: the item with id '{itemId}' does not exist.", "item_id"),
            { Response: null } => new RealtimeTwinError("invalid_value", "Only model output audio messages can be truncated", "item_id"),
            _ when contentIndex != 0 => new RealtimeTwinError("invalid_value", $"Item '{itemId}' has no content part {contentIndex}.", "content_index"),
            _ when audioEndMs < 0 => new RealtimeTwinError("invalid_value", $"Invalid value: {audioEndMs}. Expected an integer >= 0.", "audio_end_ms"),
            _ when audioEndMs > sent => new RealtimeTwinError("invalid_value", $"Audio content of {(long)sent}ms is already shorter than {audioEndMs}ms", "audio_end_ms"),
            _ => null,
        };
        record.Truncations.Add(new RealtimeTwinTruncation(now, itemId, audioEndMs, sent, error?.Code));
        if (error is not null)
        {
            return error;
        }

        item!.Response!.TruncatedAtMs = audioEndMs;
        // The server forgets the words along with the sound: nobody knows where in them the cut lies.
        if (item.Body["content"] is JsonArray { Count: > 0 } content && content[0] is JsonObject part)
        {
            part.Remove("transcript");
        }

        Utf8JsonWriter json = events.Begin("conversation.item.truncated");
        json.WriteString("item_id", itemId);
        json.WriteNumber("content_index", 0);
        json.WriteNumber("audio_end_ms", audioEndMs);
        events.End();
        return null;
    }

    private void Tell(string type, RealtimeItem item, string? previous)
    {
        Utf8JsonWriter json = events.Begin(type);
        json.WriteString("previous_item_id", previous);
        json.WritePropertyName("item");
        item.Body.WriteTo(json);
        events.End();
    }
}
