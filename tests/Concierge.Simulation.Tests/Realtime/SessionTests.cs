using System.IO.Pipelines;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Concierge.Simulation.Realtime;
using Concierge.Simulation.Scenarios;
using Concierge.Simulation.Wire;

namespace Concierge.Simulation.Tests.Realtime;

/// <summary>PROTOCOL B.1-B.3, B.10: opening, session.update, errors, ends.</summary>
public sealed class SessionTests
{
    [Fact]
    public async Task A_session_may_be_cancelled_at_the_moment_it_ends_by_itself()
    {
        for (int i = 0; i < 5_000; i++)
        {
            (IDuplexPipe server, IDuplexPipe client) = InMemoryDuplex.CreatePair();
            using var stop = new CancellationTokenSource();
            var session = new RealtimeTwinSession(server, ScenarioLibrary.BookingConfirmed, TimeProvider.System);
            Task<RealtimeTwinRecord> running = session.RunAsync(stop.Token);
            Task cancelling = stop.CancelAsync();
            await client.Output.CompleteAsync();
            await running;
            await cancelling;
        }
    }

    [Fact]
    public void Says_session_created_unasked_with_the_whole_session()
    {
        TwinClient.Run(async twin =>
        {
            JsonNode session = (await twin.ExpectAsync("session.created"))["session"]!;
            Assert.Equal("realtime", session["type"]!.ToString());
            Assert.Equal("gpt-realtime-2.1", session["model"]!.ToString());
            Assert.Equal("audio/pcm", session["audio"]!["input"]!["format"]!["type"]!.ToString());
            Assert.Equal(24000, (int)session["audio"]!["output"]!["format"]!["rate"]!);
            Assert.Equal("server_vad", session["audio"]!["input"]!["turn_detection"]!["type"]!.ToString());
            Assert.Matches("^sess_[A-Za-z0-9]{21}$", session["id"]!.ToString());
            Assert.Single(twin.Events);
        });
    }

    [Fact]
    public void An_update_changes_only_what_it_names_and_is_echoed_whole()
    {
        TwinClient.Run(async twin =>
        {
            twin.Send("""{"type":"session.update","session":{"type":"realtime","instructions":"Book.","audio":{"input":{"format":{"type":"audio/pcmu"},"turn_detection":{"type":"server_vad","threshold":0.6}},"output":{"voice":"cedar"}},"tools":[{"type":"function","name":"end_call","description":"Ends.","parameters":{"type":"object"}}]}}""");
            JsonNode session = (await twin.ExpectAsync("session.updated"))["session"]!;
            Assert.Equal("Book.", session["instructions"]!.ToString());
            Assert.Equal("audio/pcmu", session["audio"]!["input"]!["format"]!["type"]!.ToString());
            Assert.Null(session["audio"]!["input"]!["format"]!["rate"]);
            Assert.Equal("audio/pcm", session["audio"]!["output"]!["format"]!["type"]!.ToString());
            Assert.Equal("cedar", session["audio"]!["output"]!["voice"]!.ToString());
            Assert.Equal(0.6, (double)session["audio"]!["input"]!["turn_detection"]!["threshold"]!);
            Assert.Equal(300, (int)session["audio"]!["input"]!["turn_detection"]!["prefix_padding_ms"]!);
            Assert.Equal("end_call", session["tools"]![0]!["name"]!.ToString());
        });
    }

    [Theory]
    [InlineData("""{"instructions":"x"}""", "missing_required_parameter", "session.type")]
    [InlineData("""{"type":"realtime","temperature":0.8}""", "unknown_parameter", "session.temperature")]
    [InlineData("""{"type":"realtime","audio":{"output":{"format":{"type":"pcm16"}}}}""", "invalid_value", "session.audio.output.format.type")]
    [InlineData("""{"type":"realtime","audio":{"output":{"format":{"type":"audio/pcm"}}}}""", "missing_required_parameter", "session.audio.output.format.rate")]
    [InlineData("""{"type":"realtime","audio":{"input":{"format":{"type":"audio/pcm","rate":16000}}}}""", "invalid_value", "session.audio.input.format.rate")]
    [InlineData("""{"type":"realtime","audio":{"input":{"format":{"type":"audio/pcmu","rate":8000}}}}""", "invalid_value", "session.audio.input.format.rate")]
    [InlineData("""{"type":"realtime","audio":{"input":{"turn_detection":{"type":"server_vad","create_response":null}}}}""", "invalid_type", "session.audio.input.turn_detection.create_response")]
    [InlineData("""{"type":"realtime","audio":{"input":{"turn_detection":{"threshold":0.5}}}}""", "missing_required_parameter", "session.audio.input.turn_detection.type")]
    [InlineData("""{"type":"realtime","audio":{"input":{"turn_detection":{"type":"server_vad","threshold":1.5}}}}""", "invalid_value", "session.audio.input.turn_detection.threshold")]
    [InlineData("""{"type":"realtime","audio":{"input":{"turn_detection":{"type":"semantic_vad","idle_timeout_ms":6000}}}}""", "unknown_parameter", "session.audio.input.turn_detection.idle_timeout_ms")]
    [InlineData("""{"type":"realtime","audio":{"input":{"turn_detection":{"type":"server_vad","idle_timeout_ms":100}}}}""", "invalid_value", "session.audio.input.turn_detection.idle_timeout_ms")]
    [InlineData("""{"type":"realtime","output_modalities":["audio","text"]}""", "invalid_value", "session.output_modalities")]
    [InlineData("""{"type":"realtime","audio":{"output":{"speed":3}}}""", "invalid_value", "session.audio.output.speed")]
    [InlineData("""{"type":"realtime","max_output_tokens":5000}""", "invalid_value", "session.max_output_tokens")]
    [InlineData("""{"type":"realtime","tools":[{"type":"function"}]}""", "missing_required_parameter", "session.tools[0].name")]
    [InlineData("""{"type":"realtime","tool_choice":"maybe"}""", "invalid_value", "session.tool_choice")]
    [InlineData("""{"type":"realtime","instructions":7}""", "invalid_type", "session.instructions")]
    [InlineData("""{"type":"realtime","modalities":["audio"]}""", "unknown_parameter", "session.modalities")]
    [InlineData("""{"type":"transcription"}""", "invalid_value", "session.type")]
    public void A_wrong_update_is_refused_with_the_vendors_code_and_path_and_nothing_of_it_applies(string session, string code, string param)
    {
        TwinClient.Run(async twin =>
        {
            JsonObject wrong = JsonNode.Parse(session)!.AsObject();
            wrong["include"] = new JsonArray("item.input_audio_transcription.logprobs");
            twin.Send($$"""{"type":"session.update","event_id":"mine","session":{{wrong.ToJsonString()}}}""");
            JsonObject error = await twin.ExpectErrorAsync(code);
            Assert.Equal(param, error["param"]?.ToString());
            Assert.Equal("mine", error["event_id"]!.ToString());
            Assert.Equal("invalid_request_error", error["type"]!.ToString());

            twin.Send("""{"type":"session.update","session":{"type":"realtime"}}""");
            JsonNode after = (await twin.ExpectAsync("session.updated"))["session"]!;
            JsonNode before = twin.Events[0]["session"]!;
            Assert.True(JsonNode.DeepEquals(before, after));
        });
    }

    [Theory]
    [InlineData("not json", "invalid_event", null)]
    [InlineData("[]", "invalid_event", null)]
    [InlineData("""{"event_id":"a"}""", "invalid_event", "type")]
    [InlineData("""{"type":"session.destroy"}""", "invalid_event", "type")]
    [InlineData("""{"type":"output_audio_buffer.clear"}""", "invalid_event", "type")]
    [InlineData("""{"type":"input_audio_buffer.append"}""", "missing_required_parameter", "audio")]
    [InlineData("""{"type":"input_audio_buffer.append","audio":"!"}""", "invalid_value", "audio")]
    [InlineData("""{"type":"input_audio_buffer.clear","now":true}""", "unknown_parameter", "now")]
    [InlineData("""{"type":"response.create","response":{"modalities":["audio"]}}""", "unknown_parameter", "response.modalities")]
    [InlineData("""{"type":"conversation.item.truncate","item_id":"i","content_index":0,"audio_end_ms":1.5}""", "invalid_type", "audio_end_ms")]
    [InlineData("""{"type":"input_audio_buffer.commit"}""", "input_audio_buffer_commit_empty", null)]
    [InlineData("""{"type":"response.cancel"}""", "response_cancel_not_active", null)]
    [InlineData("""{"type":"conversation.item.delete","item_id":"item_x"}""", "item_delete_invalid_item_id", "item_id")]
    [InlineData("""{"type":"conversation.item.retrieve","item_id":"item_x"}""", "item_retrieve_invalid_item_id", "item_id")]
    [InlineData("""{"type":"conversation.item.truncate","item_id":"item_x","content_index":0,"audio_end_ms":0}""", "item_truncate_invalid_item_id", "item_id")]
    [InlineData("""{"type":"conversation.item.create","item":{"type":"message","role":"user","id":"item_of_thirty_three_characters_xx","content":[]}}""", "string_above_max_length", "item.id")]
    [InlineData("""{"type":"conversation.item.create","item":{"type":"message","role":"assistant","content":[{"type":"output_audio","audio":""}]}}""", "invalid_value", "item.content[0].type")]
    [InlineData("""{"type":"conversation.item.create","item":{"type":"function_call_output","call_id":"call_x","output":"{}"}}""", "invalid_tool_call_id", "item.call_id")]
    [InlineData("""{"type":"conversation.item.create","item":{"type":"function_call_output","call_id":"call_x","output":{}}}""", "invalid_type", "item.output")]
    public void A_wrong_event_gets_an_error_and_the_session_goes_on(string message, string code, string? param)
    {
        RealtimeTwinRecord record = TwinClient.Run(async twin =>
        {
            twin.Send(message);
            JsonObject error = await twin.ExpectErrorAsync(code);
            Assert.Equal(param, error["param"]?.ToString());
            twin.Send("""{"type":"session.update","session":{"type":"realtime"}}""");
            await twin.ExpectAsync("session.updated");
        });
        Assert.Equal(1000, record.CloseCode);
    }

    [Fact]
    public void A_binary_frame_is_an_invalid_event()
    {
        TwinClient.Run(async twin =>
        {
            twin.SendBinary([1, 2, 3]);
            await twin.ExpectErrorAsync("invalid_event");
        });
    }

    [Theory]
    [InlineData("wrong", false, "invalid_api_key", 3000, "invalid_request_error.invalid_api_key")]
    [InlineData(null, false, "invalid_api_key", 3000, "invalid_request_error.invalid_api_key")]
    [InlineData("right", true, "beta_api_shape_disabled", 4000, "invalid_request_error.beta_api_shape_disabled")]
    public void Refuses_after_the_upgrade_as_the_vendor_does(string? key, bool beta, string code, int close, string reason)
    {
        TwinClient.Run(
            async twin =>
            {
                await twin.ExpectErrorAsync(code);
                await twin.WaitForEndAsync();
                Assert.Equal(close, twin.CloseCode);
                Assert.Equal(reason, twin.CloseReason);
                Assert.Equal(["error"], twin.Types);
            },
            options: new RealtimeTwinOptions { ApiKey = "right" },
            connection: new RealtimeTwinConnection { ApiKey = key, AsksForBeta = beta });
    }

    [Fact]
    public void Ends_after_its_time_with_session_expired_and_1001()
    {
        RealtimeTwinRecord record = TwinClient.Run(
            async twin =>
            {
                JsonNode session = (await twin.ExpectAsync("session.created"))["session"]!;
                Assert.Equal(new DateTimeOffset(2026, 1, 5, 18, 2, 0, TimeSpan.Zero).ToUnixTimeSeconds(), (long)session["expires_at"]!);
                await twin.ExpectAsync("error", 130_000);
                await twin.WaitForEndAsync();
                Assert.Equal(1001, twin.CloseCode);
            },
            options: new RealtimeTwinOptions { SessionLimit = TimeSpan.FromMinutes(2) });
        Assert.Equal("session_expired", Assert.Single(record.Errors).Code);
        Assert.True(record.ClosedByTwin);
    }

    [Fact]
    public void Items_of_every_kind_are_created_retrieved_and_deleted()
    {
        TwinClient.Run(async twin =>
        {
            twin.Send("""{"type":"conversation.item.create","item":{"type":"message","role":"user","content":[{"type":"input_text","text":"Hello."}]}}""");
            JsonObject added = await twin.ExpectAsync("conversation.item.added");
            Assert.Null(added["previous_item_id"]);
            string id = added["item"]!["id"]!.ToString();
            Assert.Equal(id, (await twin.ExpectAsync("conversation.item.done"))["item"]!["id"]!.ToString());
            twin.Send("""{"type":"conversation.item.create","previous_item_id":"root","item":{"id":"first","type":"message","role":"system","content":[{"type":"input_text","text":"Be brief."}]}}""");
            Assert.Equal("first", (await twin.ExpectAsync("conversation.item.done"))["item"]!["id"]!.ToString());
            twin.Send($$"""{"type":"conversation.item.retrieve","item_id":"{{id}}"}""");
            Assert.Equal("Hello.", (await twin.ExpectAsync("conversation.item.retrieved"))["item"]!["content"]![0]!["text"]!.ToString());
            twin.Send($$"""{"type":"conversation.item.delete","item_id":"{{id}}"}""");
            Assert.Equal(id, (await twin.ExpectAsync("conversation.item.deleted"))["item_id"]!.ToString());
        });
    }

    [Theory]
    [InlineData(RealtimeKeyOrder.TypeFirst, "^\\{\"type\":")]
    [InlineData(RealtimeKeyOrder.EventIdFirst, "^\\{\"event_id\":\"event_[A-Za-z0-9]{21}\",\"type\":")]
    [InlineData(RealtimeKeyOrder.TypeLast, "\"type\":\"[a-z_.]+\"\\}$")]
    public void Writes_events_in_the_key_order_asked_for(RealtimeKeyOrder order, string pattern)
    {
        RealtimeTwinRecord record = TwinClient.Run(
            async twin =>
            {
                twin.Send("""{"type":"response.create"}""");
                await twin.ExpectAsync("rate_limits.updated");
            },
            options: new RealtimeTwinOptions { KeyOrder = order });
        Assert.All(record.Sent, e => Assert.True(Regex.IsMatch(e.Text!, pattern), e.Text));
    }
}
