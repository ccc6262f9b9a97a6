using System.Text.Json.Nodes;
using Concierge.Simulation.Realtime;
using Concierge.Simulation.Scenarios;
using Concierge.Simulation.Speech;

namespace Concierge.Simulation.Tests.Realtime;

/// <summary>PROTOCOL B.4-B.8, B.11: hearing, speaking, interruption, truncation, functions.</summary>
public sealed class ConversationTests
{
    private static readonly string[] s_deltas = ["response.output_audio.delta", "response.output_audio_transcript.delta"];

    [Fact]
    public void A_turn_has_the_documented_order_of_events()
    {
        TwinClient.Run(async twin =>
        {
            await twin.SpeakAsync("restaurant-greeting", 600);
            await twin.ExpectAsync("rate_limits.updated");
            Assert.Equal(
                [
                    "session.created",
                    "input_audio_buffer.speech_started",
                    "input_audio_buffer.speech_stopped",
                    "input_audio_buffer.committed",
                    "conversation.item.added",
                    "conversation.item.done",
                    "response.created",
                    "response.output_item.added",
                    "conversation.item.added",
                    "response.content_part.added",
                    "response.output_audio.done",
                    "response.output_audio_transcript.done",
                    "response.content_part.done",
                    "response.output_item.done",
                    "conversation.item.done",
                    "response.done",
                    "rate_limits.updated",
                ],
                twin.Types.Where(t => !s_deltas.Contains(t)));
        });
    }

    [Fact]
    public void Speech_clocks_count_the_appended_audio_with_padding_before_and_silence_after()
    {
        RealtimeTwinRecord record = TwinClient.Run(async twin =>
        {
            await twin.SpeakAsync(new byte[1000 * 48], 48);
            await twin.SpeakAsync("restaurant-greeting", 800);
            long started = (long)(await twin.ExpectAsync("input_audio_buffer.speech_started"))["audio_start_ms"]!;
            long stopped = (long)(await twin.ExpectAsync("input_audio_buffer.speech_stopped"))["audio_end_ms"]!;

            // The clip has 40 ms of silence, then speech; 300 ms of padding; 500 ms of silence end the turn.
            Assert.InRange(started, 1040 - 300 - 30, 1040 - 300 + 60);
            Assert.InRange(stopped, 1000 + 1875 + 500 - 160, 1000 + 1875 + 500 + 30);
        });
        Assert.InRange(Assert.Single(record.UserTurns).SpeechStartMs, 1010, 1100);
    }

    [Fact]
    public void Audio_comes_whole_unaligned_and_faster_than_it_plays_with_the_words_ahead_of_it()
    {
        RealtimeTwinRecord record = TwinClient.Run(async twin =>
        {
            twin.Send("""{"type":"response.create"}""");
            await twin.ExpectAsync("response.done");
            JsonObject[] deltas = [.. twin.Events.Where(e => e["type"]!.ToString() == "response.output_audio.delta")];
            byte[] audio = [.. deltas.SelectMany(d => Convert.FromBase64String(d["delta"]!.ToString()))];
            Assert.Equal(ClipLibrary.Get("concierge-purpose").Pcm24k, audio);
            int[] sizes = [.. deltas.Select(d => Convert.FromBase64String(d["delta"]!.ToString()).Length)];
            Assert.True(sizes.Distinct().Count() > 5);
            Assert.All(sizes, s => Assert.Equal(0, s % 2));
            Assert.True(sizes.Count(s => s % 960 != 0) > sizes.Length / 2);

            string words = string.Concat(twin.Events.Where(e => e["type"]!.ToString() == "response.output_audio_transcript.delta").Select(e => e["delta"]!.ToString()));
            Assert.Equal(ClipLibrary.Get("concierge-purpose").Transcript, words);
            int lastWord = twin.Types.ToList().LastIndexOf("response.output_audio_transcript.delta");
            int lastSound = twin.Types.ToList().LastIndexOf("response.output_audio.delta");
            Assert.True(lastWord < lastSound);
        });
        RealtimeTwinResponse response = Assert.Single(record.Responses);
        double seconds = (response.DoneAt!.Value - response.CreatedAt).TotalSeconds;
        Assert.InRange(seconds, 1.2, 2.2);
        Assert.Equal(6027, response.AudioMs, 1.0);
    }

    [Theory]
    [InlineData("audio/pcmu")]
    [InlineData("audio/pcma")]
    public void Each_direction_has_its_own_format(string format)
    {
        RealtimeTwinRecord record = TwinClient.Run(async twin =>
        {
            twin.Send($$$"""{"type":"session.update","session":{"type":"realtime","audio":{"output":{"format":{"type":"{{{format}}}"} } } } }""");
            await twin.SpeakAsync("restaurant-greeting");
            JsonObject created = await twin.ExpectAsync("response.created");
            Assert.Equal(format, created["response"]!["audio"]!["output"]!["format"]!["type"]!.ToString());
            await twin.ExpectAsync("response.done");
        });
        Assert.Equal(24000, record.Heard.SampleRate);
        Assert.Equal(6027, record.Responses[0].AudioMs, 1.0);
        Assert.Equal(record.Responses[0].Audio.Length, record.Responses[0].DecodeAudio().Length);
    }

    [Fact]
    public void Speech_cancels_the_response_under_way_and_late_deltas_may_follow()
    {
        RealtimeTwinRecord record = TwinClient.Run(
            async twin =>
            {
                twin.Send("""{"type":"response.create"}""");
                await twin.ExpectAsync("response.output_audio.delta");
                await twin.SpeakAsync("restaurant-how-many", 700);
                await twin.ExpectAsync("input_audio_buffer.speech_started");
                JsonObject done = await twin.ExpectAsync("response.done");
                Assert.Equal("cancelled", done["response"]!["status"]!.ToString());
                Assert.Equal("turn_detected", done["response"]!["status_details"]!["reason"]!.ToString());
                Assert.Equal("incomplete", done["response"]!["output"]![0]!["status"]!.ToString());

                List<string> types = [.. twin.Types];
                int started = types.IndexOf("input_audio_buffer.speech_started");
                Assert.Equal(
                    [
                        "response.output_audio.delta", "response.output_audio.delta", "response.output_audio.done", "response.output_audio_transcript.done",
                        "response.content_part.done", "response.output_item.done", "conversation.item.done", "response.done",
                    ],
                    types.Skip(started + 1).Take(8));

                // The turn that interrupted is answered by the next response of the script.
                await twin.ExpectAsync("response.done");
            },
            options: new RealtimeTwinOptions { AudioSpeed = 1.5, Faults = new RealtimeTwinFaults { LateDeltas = 2 } });
        Assert.Equal(["cancelled", "completed"], record.Responses.Select(r => r.Status));
        Assert.Equal("concierge-details", record.Responses[1].Clip!.Name);
    }

    [Fact]
    public void With_interrupt_response_off_the_response_goes_on()
    {
        RealtimeTwinRecord record = TwinClient.Run(
            async twin =>
            {
                twin.Send("""{"type":"session.update","session":{"type":"realtime","audio":{"input":{"turn_detection":{"type":"server_vad","interrupt_response":false,"create_response":false}}}}}""");
                twin.Send("""{"type":"response.create"}""");
                await twin.SpeakAsync("restaurant-how-many", 700);
                await twin.ExpectAsync("response.done");
            },
            options: new RealtimeTwinOptions { AudioSpeed = 1.5 });
        Assert.Equal("completed", Assert.Single(record.Responses).Status);
        Assert.Single(record.UserTurns);
    }

    [Fact]
    public void Truncation_is_taken_within_the_audio_sent_and_refused_beyond_it()
    {
        RealtimeTwinRecord record = TwinClient.Run(async twin =>
        {
            twin.Send("""{"type":"response.create"}""");
            string item = (await twin.ExpectAsync("response.output_item.added"))["item"]!["id"]!.ToString();
            await twin.ExpectAsync("response.done");

            twin.Send($$"""{"type":"conversation.item.truncate","item_id":"{{item}}","content_index":0,"audio_end_ms":6028}""");
            JsonObject beyond = await twin.ExpectErrorAsync("invalid_value");
            Assert.Equal("Audio content of 6027ms is already shorter than 6028ms", beyond["message"]!.ToString());
            twin.Send($$"""{"type":"conversation.item.truncate","item_id":"{{item}}","content_index":0,"audio_end_ms":-1}""");
            await twin.ExpectErrorAsync("invalid_value");
            twin.Send($$"""{"type":"conversation.item.truncate","item_id":"{{item}}","content_index":0,"audio_end_ms":2500}""");
            JsonObject truncated = await twin.ExpectAsync("conversation.item.truncated");
            Assert.Equal(2500, (int)truncated["audio_end_ms"]!);

            twin.Send($$"""{"type":"conversation.item.retrieve","item_id":"{{item}}"}""");
            JsonNode part = (await twin.ExpectAsync("conversation.item.retrieved"))["item"]!["content"]![0]!;
            Assert.Null(part["transcript"]);
        });
        Assert.Equal(3, record.Truncations.Count);
        Assert.Equal(2500, record.Responses[0].TruncatedAtMs);
    }

    [Fact]
    public void One_response_at_a_time_and_a_cancel_needs_one()
    {
        TwinClient.Run(async twin =>
        {
            twin.Send("""{"type":"response.create"}""");
            await twin.ExpectAsync("response.output_audio.delta");
            twin.Send("""{"type":"response.create"}""");
            await twin.ExpectErrorAsync("conversation_already_has_active_response");
            twin.Send("""{"type":"response.create","response":{"conversation":"none","metadata":{"purpose":"summary"}}}""");
            JsonObject aside = await twin.ExpectAsync("response.created");
            Assert.Equal("summary", aside["response"]!["metadata"]!["purpose"]!.ToString());
            twin.Send("""{"type":"response.cancel","response_id":"resp_other"}""");
            await twin.ExpectErrorAsync("response_cancel_not_active");
            twin.Send("""{"type":"response.cancel"}""");
            JsonObject done = await twin.ExpectAsync("response.done");
            done = done["response"]!["status"]!.ToString() == "completed" ? await twin.ExpectAsync("response.done") : done;
            Assert.Equal("client_cancelled", done["response"]!["status_details"]!["reason"]!.ToString());
        });
    }

    [Fact]
    public void A_function_is_called_in_pieces_and_takes_its_output_by_call_id()
    {
        Scenario scenario = ScenarioLibrary.BookingConfirmed;
        scenario = scenario with { Turns = [.. scenario.Turns.Where(t => t.Calls.Count > 0)] };
        RealtimeTwinRecord record = TwinClient.Run(
            async twin =>
            {
                twin.Send("""{"type":"response.create"}""");
                JsonObject done = await twin.ExpectAsync("response.function_call_arguments.done");
                string text = string.Concat(twin.Events.Where(e => e["type"]!.ToString() == "response.function_call_arguments.delta").Select(e => e["delta"]!.ToString()));
                Assert.Equal(done["arguments"]!.ToString(), text);
                Assert.Equal("TB4729", JsonNode.Parse(text)!["confirmation_number"]!.ToString());
                JsonNode item = (await twin.ExpectAsync("response.done"))["response"]!["output"]![0]!;
                Assert.Equal("function_call", item["type"]!.ToString());
                Assert.Equal(done["call_id"]!.ToString(), item["call_id"]!.ToString());
                twin.Send($$$"""{"type":"conversation.item.create","item":{"type":"function_call_output","call_id":"{{{done["call_id"]}}}","output":"{\"ok\":true}"} }""");
                await twin.ExpectAsync("conversation.item.done");

                // The goodbye speaks and calls in one response: two items.
                twin.Send("""{"type":"response.create"}""");
                JsonObject last = await twin.ExpectAsync("response.done");
                Assert.Equal(["message", "function_call"], last["response"]!["output"]!.AsArray().Select(o => o!["type"]!.ToString()));
            },
            scenario);
        Assert.Equal("{\"ok\":true}", Assert.Single(record.FunctionOutputs).Output);
    }

    [Fact]
    public void Push_to_talk_commits_and_answers_when_told()
    {
        RealtimeTwinRecord record = TwinClient.Run(async twin =>
        {
            twin.Send("""{"type":"session.update","session":{"type":"realtime","audio":{"input":{"turn_detection":null,"transcription":{"model":"gpt-transcribe"}}}}}""");
            await twin.SpeakAsync("restaurant-greeting");
            Assert.DoesNotContain("input_audio_buffer.speech_started", twin.Types);
            twin.Send("""{"type":"input_audio_buffer.commit"}""");
            string item = (await twin.ExpectAsync("input_audio_buffer.committed"))["item_id"]!.ToString();
            JsonObject transcript = await twin.ExpectAsync("conversation.item.input_audio_transcription.completed");
            Assert.Equal(item, transcript["item_id"]!.ToString());
            Assert.Equal("Trattoria Bella, good evening?", transcript["transcript"]!.ToString());
            Assert.DoesNotContain("response.created", twin.Types);
            twin.Send("""{"type":"input_audio_buffer.commit"}""");
            await twin.ExpectErrorAsync("input_audio_buffer_commit_empty");
            twin.Send("""{"type":"input_audio_buffer.clear"}""");
            await twin.ExpectAsync("input_audio_buffer.cleared");
            twin.Send($$"""{"type":"conversation.item.retrieve","item_id":"{{item}}"}""");
            JsonObject retrieved = await twin.ExpectAsync("conversation.item.retrieved");
            Assert.True(Convert.FromBase64String(retrieved["item"]!["content"]![0]!["audio"]!.ToString()).Length > 48 * 1875);
            twin.Send("""{"type":"response.create"}""");
            await twin.ExpectAsync("response.done");
        });
        Assert.Single(record.Responses);
    }

    [Fact]
    public void Text_only_sessions_answer_in_text()
    {
        TwinClient.Run(async twin =>
        {
            twin.Send("""{"type":"session.update","session":{"type":"realtime","output_modalities":["text"]}}""");
            twin.Send("""{"type":"response.create"}""");
            JsonObject done = await twin.ExpectAsync("response.done");
            Assert.Equal(ClipLibrary.Get("concierge-purpose").Transcript, done["response"]!["output"]![0]!["content"]![0]!["text"]!.ToString());
            Assert.DoesNotContain("response.output_audio.delta", twin.Types);
        });
    }

    [Fact]
    public void The_idle_timeout_speaks_again_when_nobody_does()
    {
        TwinClient.Run(async twin =>
        {
            twin.Send("""{"type":"session.update","session":{"type":"realtime","audio":{"input":{"turn_detection":{"type":"server_vad","idle_timeout_ms":5000}}}}}""");
            await twin.SpeakAsync("restaurant-greeting", 14_000);
            await twin.ExpectAsync("input_audio_buffer.timeout_triggered");
            await twin.ExpectAsync("input_audio_buffer.committed");
            await twin.ExpectAsync("response.created");
        });
    }

    [Fact]
    public void The_voice_cannot_change_after_it_was_heard()
    {
        TwinClient.Run(async twin =>
        {
            twin.Send("""{"type":"response.create"}""");
            await twin.ExpectAsync("response.done");
            twin.Send("""{"type":"session.update","session":{"type":"realtime","audio":{"output":{"voice":"cedar"}}}}""");
            await twin.ExpectErrorAsync("cannot_update_voice");
        });
    }

    [Theory]
    [InlineData(ScenarioResponseEnd.Failed, "failed", null, "server_error")]
    [InlineData(ScenarioResponseEnd.RateLimited, "failed", null, "rate_limit_exceeded")]
    [InlineData(ScenarioResponseEnd.MaxOutputTokens, "incomplete", "max_output_tokens", null)]
    [InlineData(ScenarioResponseEnd.ContentFilter, "incomplete", "content_filter", null)]
    public void Responses_end_otherwise_when_the_script_says_so(ScenarioResponseEnd end, string status, string? reason, string? code)
    {
        Scenario scenario = ScenarioLibrary.BookingConfirmed;
        scenario = scenario with { Turns = [.. scenario.Turns.Select(t => t.By == ScenarioSpeaker.Agent ? t with { End = end } : t)] };
        TwinClient.Run(
            async twin =>
            {
                twin.Send("""{"type":"response.create"}""");
                JsonNode done = (await twin.ExpectAsync("response.done"))["response"]!;
                Assert.Equal(status, done["status"]!.ToString());
                Assert.Equal(reason, done["status_details"]!["reason"]?.ToString());
                Assert.Equal(code, done["status_details"]!["error"]?["code"]?.ToString());
            },
            scenario);
    }

    [Fact]
    public void Faults_spoil_deltas_and_events_on_demand_without_changing_what_is_meant()
    {
        RealtimeTwinRecord record = TwinClient.Run(
            async twin =>
            {
                twin.Send("""{"type":"response.create"}""");
                await twin.ExpectAsync("response.done");
                string[] deltas = [.. twin.Events.Where(e => e["type"]!.ToString() == "response.output_audio.delta").Select(e => e["delta"]!.ToString())];
                Assert.Contains(deltas, d => d.Length == 0);
                Assert.Contains(deltas, d => d.Contains('*', StringComparison.Ordinal));
                Assert.Contains(deltas, d => !d.Contains('*', StringComparison.Ordinal) && Convert.FromBase64String(d).Length % 2 == 1);
                Assert.True(twin.Malformed > 0);
                Assert.Contains("response.weather.delta", twin.Types);
            },
            options: new RealtimeTwinOptions
            {
                Faults = new RealtimeTwinFaults
                {
                    OddEveryDeltas = 3,
                    EmptyEveryDeltas = 5,
                    BadBase64EveryDeltas = 7,
                    DuplicateEveryDeltas = 4,
                    MalformedEveryEvents = 11,
                    UnknownEveryEvents = 13,
                    EscapeBase64 = true,
                },
            });
        Assert.Equal(ClipLibrary.Get("concierge-purpose").Pcm24k, record.Responses[0].Audio.ToArray());
    }

    [Fact]
    public void Closes_resets_and_refuses_when_it_was_told_to()
    {
        RealtimeTwinRecord closed = TwinClient.Run(
            async twin =>
            {
                await twin.WaitForEndAsync();
                Assert.Equal(1011, twin.CloseCode);
            },
            options: new RealtimeTwinOptions { Faults = new RealtimeTwinFaults { CloseAt = TimeSpan.FromSeconds(2) } });
        Assert.Equal(2, closed.EndedAt.TotalSeconds, 0.1);

        RealtimeTwinRecord reset = TwinClient.Run(
            async twin =>
            {
                await twin.WaitForEndAsync();
                Assert.Equal(1006, twin.CloseCode);
            },
            options: new RealtimeTwinOptions { Faults = new RealtimeTwinFaults { ResetAt = TimeSpan.FromSeconds(1) } });
        Assert.Equal(1006, reset.CloseCode);

        TwinClient.Run(
            async twin =>
            {
                await twin.ExpectErrorAsync("insufficient_quota");
                await twin.WaitForEndAsync();
                Assert.Equal(3000, twin.CloseCode);
            },
            options: new RealtimeTwinOptions { Faults = new RealtimeTwinFaults { ErrorAfterOpen = "insufficient_quota" } });
    }
}
