using System.Text.Json.Nodes;
using Concierge.Simulation.Realtime;
using Concierge.Simulation.Scenarios;
using Concierge.Simulation.Tests.Calls;
using Concierge.TestKit;

namespace Concierge.Simulation.Tests.Realtime;

/// <summary>Every event that the twin sends keeps the vendor's rules, in whole calls and in a conversation that asks for everything else.</summary>
public sealed class EventRulesTests
{
    private static readonly string? s_dump = Environment.GetEnvironmentVariable("CONCIERGE_TWIN_EVENTS");

    public static TheoryData<string> Shipped => [.. ScenarioLibrary.Names.Where(n => ScenarioLibrary.Get(n).Faults.Count == 0)];

    [Theory]
    [MemberData(nameof(Shipped))]
    public void Calls_keep_the_rules(string name)
    {
        BridgedCall call = BridgedCall.Run(ScenarioLibrary.Get(name), new RealtimeTwinOptions { KeepEventText = true });
        Check(call.Model);
    }

    [Fact]
    public void A_conversation_of_every_kind_keeps_the_rules()
    {
        Scenario scenario = Scenario.Parse("""
            {"name":"all","turns":[
              {"by":"agent","say":"concierge-purpose","calls":[{"name":"f","arguments":{"a":1}}]},
              {"by":"agent","say":"concierge-details"},
              {"by":"agent","end":"failed"},
              {"by":"agent","say":"concierge-party","end":"contentFilter"},
              {"by":"agent","say":"concierge-goodbye"},
              {"by":"agent","say":"concierge-goodbye"},
              {"by":"agent","outOfBand":true,"text":"aside"}
            ]}
            """);
        RealtimeTwinRecord record = TwinClient.Run(
            async twin =>
            {
                const string Ask = """{"type":"response.create"}""";
                twin.Send("""{"type":"session.update","session":{"type":"realtime","audio":{"input":{"format":{"type":"audio/pcm","rate":24000},"transcription":{"model":"gpt-4o-mini-transcribe"},"turn_detection":{"type":"server_vad","idle_timeout_ms":5000}},"output":{"format":{"type":"audio/pcma"}}},"tools":[{"type":"function","name":"f","parameters":{"type":"object"}}]}}""");
                twin.Send(Ask);
                JsonNode call = await twin.ExpectAsync("response.function_call_arguments.done");
                await twin.ExpectAsync("response.done");
                twin.Send($$$"""{"type":"conversation.item.create","item":{"type":"function_call_output","call_id":"{{{call["call_id"]}}}","output":"{}"}}""");
                twin.Send("""{"type":"conversation.item.create","item":{"type":"message","role":"user","content":[{"type":"input_text","text":"Hi"}]}}""");
                string item = (await twin.ExpectAsync("conversation.item.done"))!["item"]!["id"]!.ToString();
                twin.Send(Ask);
                string spoken = (await twin.ExpectAsync("response.output_audio.delta"))["item_id"]!.ToString();
                await twin.WaitAsync(400);
                await twin.SpeakAsync("restaurant-hello", 900);
                twin.Send($$"""{"type":"conversation.item.truncate","item_id":"{{spoken}}","content_index":0,"audio_end_ms":100}""");
                await twin.ExpectAsync("conversation.item.truncated");
                twin.Send(Ask);
                await twin.WaitAsync(3000);
                twin.Send(Ask);
                await twin.WaitAsync(2000);
                twin.Send("""{"type":"response.create","response":{"conversation":"none","output_modalities":["text"],"max_output_tokens":100}}""");
                await twin.ExpectAsync("response.output_text.done");
                twin.Send($$"""{"type":"conversation.item.retrieve","item_id":"{{spoken}}"}""");
                twin.Send($$"""{"type":"conversation.item.delete","item_id":"{{item}}"}""");
                twin.Send("""{"type":"input_audio_buffer.clear"}""");
                twin.Send("""{"type":"input_audio_buffer.commit"}""");
                await twin.ExpectErrorAsync("input_audio_buffer_commit_empty");
                twin.Send(Ask);
                await twin.WaitAsync(700);
                twin.Send("""{"type":"response.cancel"}""");
                await twin.WaitAsync(1000);
                await twin.SpeakAsync("restaurant-hello", 900);
                await twin.WaitAsync(20_000);
            },
            scenario,
            new RealtimeTwinOptions { Faults = new RealtimeTwinFaults { FailTranscriptions = 1 }, SessionLimit = TimeSpan.FromSeconds(600) });
        Check(record);
        string[] all =
        [
            "conversation.item.added", "conversation.item.deleted", "conversation.item.done", "conversation.item.input_audio_transcription.completed",
            "conversation.item.input_audio_transcription.delta", "conversation.item.input_audio_transcription.failed", "conversation.item.retrieved", "conversation.item.truncated",
            "error", "input_audio_buffer.cleared", "input_audio_buffer.committed", "input_audio_buffer.speech_started", "input_audio_buffer.speech_stopped",
            "input_audio_buffer.timeout_triggered", "rate_limits.updated", "response.content_part.added", "response.content_part.done", "response.created", "response.done",
            "response.function_call_arguments.delta", "response.function_call_arguments.done", "response.output_audio.delta", "response.output_audio.done",
            "response.output_audio_transcript.delta", "response.output_audio_transcript.done", "response.output_item.added", "response.output_item.done",
            "response.output_text.delta", "response.output_text.done", "session.created", "session.updated",
        ];
        Assert.Empty(all.Except(record.Sent.Select(e => e.Type)));
    }

    [Theory]
    [InlineData("""{"type":"response.output_audio.done","event_id":"e","response_id":"r","item_id":"i","output_index":0}""", "content_index")]
    [InlineData("""{"type":"input_audio_buffer.speech_started","event_id":"e","audio_start_ms":1.5,"item_id":"i"}""", "audio_start_ms")]
    [InlineData("""{"type":"response.audio.delta","event_id":"e"}""", "unknown event")]
    [InlineData("""{"type":"conversation.item.done","event_id":"e","item":{"type":"message","id":"i","object":"realtime.item","status":"ended","role":"user","content":[]}}""", "status")]
    public void The_rules_find_what_is_wrong(string json, string words) =>
        Assert.Contains(RealtimeServerRules.Broken(JsonNode.Parse(json)!.AsObject()), v => v.Contains(words, StringComparison.Ordinal));

    [Theory]
    [InlineData("""{"type":"conversation.item.truncate","item_id":"i","content_index":0,"audio_end_ms":1.5}""", "audio_end_ms")]
    [InlineData("""{"type":"conversation.item.truncate","item_id":"i","content_index":0,"audio_end_ms":-1}""", "negative")]
    [InlineData("""{"type":"conversation.item.truncate","item_id":"i","audio_end_ms":1}""", "content_index")]
    [InlineData("""{"type":"input_audio_buffer.append","audio":"%"}""", "base64")]
    [InlineData("""{"type":"input_audio_buffer.commit","now":true}""", "now")]
    [InlineData("""{"type":"response.create","response":{"modalities":["audio"]}}""", "modalities")]
    [InlineData("""{"type":"response.create","response":{"output_modalities":["audio","text"]}}""", "output_modalities")]
    [InlineData("""{"type":"response.create","response":{"max_output_tokens":5000}}""", "max_output_tokens")]
    [InlineData("""{"type":"session.update","session":{"audio":{}}}""", "type")]
    [InlineData("""{"type":"session.update","session":{"type":"realtime","audio":{"input":{"format":{"type":"audio/pcm"}}}}}""", "rate")]
    [InlineData("""{"type":"session.update","session":{"type":"realtime","audio":{"output":{"format":{"type":"g711_ulaw"}}}}}""", "g711_ulaw")]
    [InlineData("""{"type":"session.update","session":{"type":"realtime","temperature":0.8}}""", "temperature")]
    [InlineData("""{"type":"session.update","session":{"type":"transcription","instructions":"x"}}""", "instructions")]
    [InlineData("""{"type":"conversation.item.create","item":{"type":"message","role":"assistant","content":[{"type":"output_audio","audio":""}]}}""", "output_audio")]
    [InlineData("""{"type":"conversation.item.create","item":{"id":"a-name-of-more-than-thirty-two-characters","type":"message","role":"user","content":[]}}""", "characters")]
    public void The_rules_find_what_a_client_does_wrong(string json, string words) =>
        Assert.Contains(RealtimeClientRules.Broken(JsonNode.Parse(json)!.AsObject()), v => v.Contains(words, StringComparison.Ordinal));

    private static void Check(RealtimeTwinRecord record)
    {
        foreach (RealtimeTwinEvent sent in record.Sent)
        {
            string[] wrong = RealtimeServerRules.Broken(JsonNode.Parse(sent.Text!)!.AsObject()).ToArray();
            Assert.True(wrong.Length == 0, $"{string.Join("; ", wrong)} in {sent.Text}");
        }

        foreach (RealtimeTwinEvent received in record.Received.Where(e => e.Accepted))
        {
            string[] wrong = RealtimeClientRules.Broken(JsonNode.Parse(received.Text!)!.AsObject()).ToArray();
            Assert.True(wrong.Length == 0, $"{string.Join("; ", wrong)} in {received.Text}");
        }

        // For a check against the vendor's own schema, which is no part of this repository.
        if (s_dump is not null)
        {
            File.AppendAllLines(Path.Combine(s_dump, "server.jsonl"), record.Sent.Select(e => e.Text!));
            File.AppendAllLines(Path.Combine(s_dump, "client.jsonl"), record.Received.Where(e => e is { Text: not null, Accepted: true }).Select(e => e.Text!));
        }
    }
}
