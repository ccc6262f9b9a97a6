using System.Text.Json;
using Concierge.Calls.Outcome;

namespace Concierge.Calls.Tests;

public class CallOutcomeTests
{
    [Fact]
    public void Writes_every_field_by_name_and_reads_it_back()
    {
        CallOutcome outcome = new()
        {
            Status = CallOutcomeStatus.Confirmed,
            ConfirmationNumber = "B4711",
            Date = new DateOnly(2026, 12, 4),
            Time = new TimeOnly(19, 30),
            PartySize = 4,
            Name = "Müller",
            Notes = "by the window",
            Modified = true,
            Source = CallOutcomeSource.AgentTool,
        };

        string json = CallsJson.Write(outcome);

        using JsonDocument document = JsonDocument.Parse(json);
        Assert.Equal("confirmed", document.RootElement.GetProperty("status").GetString());
        Assert.Equal("B4711", document.RootElement.GetProperty("confirmation_number").GetString());
        Assert.Equal("2026-12-04", document.RootElement.GetProperty("date").GetString());
        Assert.Equal("19:30", document.RootElement.GetProperty("time").GetString());
        Assert.Equal(4, document.RootElement.GetProperty("party_size").GetInt32());
        Assert.True(document.RootElement.GetProperty("modified").GetBoolean());
        Assert.Equal("agent_tool", document.RootElement.GetProperty("source").GetString());
        Assert.Equal(outcome, JsonSerializer.Deserialize(json, CallsJson.Default.CallOutcome));
    }

    [Fact]
    public void Says_null_where_nothing_was_established()
    {
        using JsonDocument document = JsonDocument.Parse(CallsJson.Write(CallOutcome.Nothing));
        Assert.Equal("pending", document.RootElement.GetProperty("status").GetString());
        Assert.Equal(JsonValueKind.Null, document.RootElement.GetProperty("time").ValueKind);
        Assert.Equal(CallOutcome.Nothing, JsonSerializer.Deserialize(CallsJson.Write(CallOutcome.Nothing), CallsJson.Default.CallOutcome));
    }

    [Fact]
    public void Refuses_a_time_that_is_none() =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize("""{"time":"half past seven"}""", CallsJson.Default.CallOutcome));

    [Fact]
    public void Keeps_the_order_of_a_transcript()
    {
        TranscriptEntry[] entries = [new(TranscriptSpeaker.Agent, "Hello, I", 0, 900, Interrupted: true), new(TranscriptSpeaker.Caller, "Yes?", 700, 1_400)];
        string json = CallsJson.Write(entries);
        Assert.Contains("\"speaker\": \"agent\"", json);
        Assert.Equal(entries, JsonSerializer.Deserialize(json, CallsJson.Default.IReadOnlyListTranscriptEntry));
    }
}
