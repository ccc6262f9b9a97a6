using System.Text.Json;
using System.Text.Json.Nodes;

namespace Concierge.Simulation.Realtime;

/// <summary>The events of a response, field by field.</summary>
internal sealed class RealtimeResponseEvents(RealtimeEventWriter events, RealtimeSessionState session, RealtimeTwinRecord records, string conversationId)
{
    public void RateLimits(int responses)
    {
        Utf8JsonWriter limits = events.Begin("rate_limits.updated");
        limits.WriteStartArray("rate_limits");
        WriteLimit(limits, "requests", 1000, 1000 - responses);
        WriteLimit(limits, "tokens", 40000, Math.Max(0, 40000 - (responses * 400)));
        limits.WriteEndArray();
        events.End();
    }

    private static void WriteLimit(Utf8JsonWriter json, string name, int limit, int remaining)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteNumber("limit", limit);
        json.WriteNumber("remaining", remaining);
        json.WriteNumber("reset_seconds", 0.06);
        json.WriteEndObject();
    }

    public Utf8JsonWriter BeginOutput(string type, RealtimeActiveResponse active, string itemId)
    {
        Utf8JsonWriter json = events.Begin(type);
        json.WriteString("response_id"u8, active.Record.Id);
        json.WriteString("item_id"u8, itemId);
        json.WriteNumber("output_index"u8, active.OutputIndex);
        return json;
    }

    public Utf8JsonWriter BeginPart(string type, RealtimeActiveResponse active)
    {
        Utf8JsonWriter json = BeginOutput(type, active, active.Record.ItemId!);
        json.WriteNumber("content_index"u8, 0);
        return json;
    }

    // Parts say "audio" and "text" where items say "output_audio" and "output_text".
    public void Part(string type, RealtimeActiveResponse active, string transcript)
    {
        Utf8JsonWriter json = BeginPart(type, active);
        json.WriteStartObject("part");
        json.WriteString("type", active.IsText ? "text" : "audio");
        json.WriteString(active.IsText ? "text" : "transcript", transcript);
        json.WriteEndObject();
        events.End();
    }

    public void Item(string type, RealtimeActiveResponse active, RealtimeItem item)
    {
        Utf8JsonWriter json = events.Begin(type);
        json.WriteString("response_id", active.Record.Id);
        json.WriteNumber("output_index", active.OutputIndex);
        json.WritePropertyName("item");
        item.Body.WriteTo(json);
        events.End();
    }

    public void Response(string type, RealtimeActiveResponse active)
    {
        RealtimeTwinResponse record = active.Record;
        Utf8JsonWriter json = events.Begin(type);
        json.WriteStartObject("response");
        json.WriteString("object", "realtime.response");
        json.WriteString("id", record.Id);
        json.WriteString("status", record.Status);
        WriteStatusDetails(json, active);
        json.WriteStartArray("output");
        foreach (JsonNode item in active.Output)
        {
            item.WriteTo(json);
        }

        json.WriteEndArray();
        if (!active.OutOfBand)
        {
            json.WriteString("conversation_id", conversationId);
        }

        json.WriteStartArray("output_modalities");
        json.WriteStringValue(active.IsText ? "text" : "audio");
        json.WriteEndArray();
        if (active.MaxOutputTokens is { } most)
        {
            json.WriteNumber("max_output_tokens", most);
        }
        else
        {
            json.WriteString("max_output_tokens", "inf");
        }

        json.WriteStartObject("audio");
        json.WriteStartObject("output");
        json.WriteStartObject("format");
        json.WriteString("type", record.Format.Name());
        if (record.Format == RealtimeWireFormat.Pcm24k)
        {
            json.WriteNumber("rate", 24000);
        }

        json.WriteEndObject();
        json.WriteString("voice", session.Voice);
        json.WriteEndObject();
        json.WriteEndObject();
        if (active.Done)
        {
            WriteUsage(json, active);
        }

        if (active.Metadata is { } metadata)
        {
            json.WritePropertyName("metadata");
            metadata.WriteTo(json);
        }

        json.WriteEndObject();
        events.End();
    }

    private static void WriteStatusDetails(Utf8JsonWriter json, RealtimeActiveResponse active)
    {
        if (active.Record.Status is not ("cancelled" or "incomplete" or "failed"))
        {
            return;
        }

        json.WriteStartObject("status_details");
        json.WriteString("type", active.Record.Status);
        if (active.Record.Reason is { } reason)
        {
            json.WriteString("reason", reason);
        }

        if (active.Failure is { } failure)
        {
            json.WriteStartObject("error");
            json.WriteString("type", failure.Code == "server_error" ? "server_error" : "invalid_request_error");
            json.WriteString("code", failure.Code);
            json.WriteString("message", failure.Message);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    // The service counts about ten audio tokens for a second heard and twenty for a second spoken.
    private void WriteUsage(Utf8JsonWriter json, RealtimeActiveResponse active)
    {
        int heard = (int)(records.Heard.Duration.TotalSeconds * 10);
        int spoken = (int)(active.Record.AudioMs / 50);
        int words = (active.Record.Transcript.Length + active.Record.Calls.Sum(c => c.Arguments.Length)) / 4;
        int instructions = session.Effective["instructions"]!.ToString().Length / 4;
        int cached = Math.Min(heard + instructions, (records.Responses.Count - 1) * 64);
        json.WriteStartObject("usage");
        json.WriteNumber("total_tokens", heard + instructions + spoken + words);
        json.WriteNumber("input_tokens", heard + instructions);
        json.WriteNumber("output_tokens", spoken + words);
        json.WriteStartObject("input_token_details");
        json.WriteNumber("text_tokens", instructions);
        json.WriteNumber("audio_tokens", heard);
        json.WriteNumber("image_tokens", 0);
        json.WriteNumber("cached_tokens", cached);
        json.WriteStartObject("cached_tokens_details");
        json.WriteNumber("text_tokens", Math.Min(cached, instructions));
        json.WriteNumber("audio_tokens", Math.Max(0, cached - instructions));
        json.WriteNumber("image_tokens", 0);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartObject("output_token_details");
        json.WriteNumber("text_tokens", words);
        json.WriteNumber("audio_tokens", spoken);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
