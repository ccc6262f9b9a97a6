using System.Text.Json.Nodes;
using Concierge.Pipelines.Tests.Sessions;
using Concierge.Protocols.Realtime;

namespace Concierge.Pipelines.Tests.Upstream;

/// <summary>The model is lost in mid-call: the caller hears that it is being waited for, the model comes back knowing the conversation, and the call goes on (FAULTS 1-4, 8-10).</summary>
public sealed class UpstreamLossTests
{
    [Theory]
    [InlineData(1000)]
    [InlineData(1001)]
    [InlineData(1011)]
    [InlineData(1012)]
    public void A_session_that_is_closed_in_mid_call_is_replaced_within_a_second(int code)
    {
        var (result, call) = TestCall.Run(async c =>
        {
            await c.BeginAsync();
            await c.Model.CloseAsync(code, "bye");
            await c.LiveAsync(1);
            Assert.Equal(2, c.Model.Dials);
            c.Carrier.Stop();
        });
        Assert.Equal(CallEndReason.CarrierStopped, result.Reason);
        Assert.Equal((1, 1), (result.Counters.ModelLosses, result.Counters.ModelReturns));
        CallEvent.ModelReturned back = Assert.Single(call.Controller.Events.OfType<CallEvent.ModelReturned>());
        Assert.InRange(back.Outage.TotalMilliseconds, 75, 200);
        Assert.Equal(1, back.Attempts);
        Assert.Equal(1000, call.Model.Connections[1].CloseCode);
    }

    [Fact]
    public void A_reset_in_mid_answer_truncates_what_was_received_by_half_and_clears_the_carrier()
    {
        var (result, call) = TestCall.Run(async c =>
        {
            await c.BeginAsync();
            c.Model.BeginResponse("r1");
            c.Model.Delta("r1", "a1", new byte[2 * 48_000]);
            await c.LiveAsync(0.5);
            c.Model.Reset();
            await c.LiveAsync(0.04);
            Assert.Contains("clear", c.Carrier.HeardKinds);
            string stale = (string)c.Carrier.Heard.Last(e => (string?)e["event"] == "mark")["mark"]!["name"]!;
            c.Carrier.ReturnMark(stale);
            await c.LiveAsync(1);
            c.Carrier.Stop();
        });
        Assert.Equal(CallEndReason.CarrierStopped, result.Reason);
        CallEvent.AgentInterrupted cut = Assert.Single(call.Controller.Events.OfType<CallEvent.AgentInterrupted>());
        Assert.InRange(cut.Heard.TotalMilliseconds, 400, 600);
        Assert.Equal(2000, cut.Received.TotalMilliseconds);
        Assert.True(result.Counters.MarksIgnored > 0, "a mark of before the clear was taken for proof");
        Assert.Equal(2, call.Model.Dials);

        // The lost session cannot be told, the new one never had the item.
        Assert.DoesNotContain("conversation.item.truncate", call.Model.HeardTypes);
    }

    [Fact]
    public void An_answer_that_was_received_whole_is_heard_to_its_end_although_the_model_is_gone()
    {
        var (result, call) = TestCall.Run(async c =>
        {
            await c.BeginAsync();
            c.Model.BeginResponse("r1");
            c.Model.Delta("r1", "a1", new byte[3 * 48_000]);
            c.Model.EndAudio("r1", "a1");
            c.Model.EndResponse("r1");
            await c.LiveAsync(0.5);
            c.Model.Reset();
            await c.LiveAsync(4);
            c.Carrier.Stop();
        });
        Assert.Equal(CallEndReason.CarrierStopped, result.Reason);
        Assert.DoesNotContain("clear", call.Carrier.HeardKinds);
        Assert.InRange(call.Carrier.HeardOctets, 3 * 8000, (3 * 8000) + 400);
        Assert.DoesNotContain(call.Controller.Events, e => e is CallEvent.AgentInterrupted);

        // Nobody owed anybody an answer: the model is not asked to speak.
        Assert.DoesNotContain("response.create", call.Model.Connections[1].HeardTypes);
    }

    [Fact]
    public void The_new_session_gets_the_configuration_in_force_and_the_conversation_in_its_order()
    {
        var (_, call) = TestCall.Run(async c =>
        {
            await c.BeginAsync();
            c.Controller.Call!.UpdateSession(new RealtimeSessionConfig { Instructions = "Be briefer." });
            c.Controller.Call!.SendSystemText("The caller is a regular.");
            await c.LiveAsync(0.1);
            c.Model.SpeechStarted("u1");
            await c.LiveAsync(0.5);
            c.Model.SpeechStopped("u1");
            c.Model.BeginResponse("r1");
            c.Model.CallerSaid("A table for four, please.", "u1");
            await c.LiveAsync(0.1);
            c.Model.EndResponse("r1", output: """[{"id":"f1","type":"function_call","status":"completed","call_id":"call_1","name":"find_table","arguments":"{\"seats\":4}"}]""");
            await c.LiveAsync(0.1);
            c.Controller.Call!.SubmitToolOutput("call_1", "{\"free\":true}");
            c.Model.BeginResponse("r2");
            c.Model.AgentSays("r2", "a2", "We have one at eight.");
            c.Model.Delta("r2", "a2", new byte[48_000]);
            c.Model.EndAudio("r2", "a2");
            c.Model.EndResponse("r2");
            await c.LiveAsync(2);
            c.Model.Reset();
            await c.LiveAsync(1);
            c.Carrier.Stop();
        });
        ScriptedModel.Connection second = call.Model.Connections[1];
        JsonNode update = second.Heard[0];
        Assert.Equal("Be briefer.", (string?)update["session"]!["instructions"]);
        Assert.Equal("audio/pcm", (string?)update["session"]!["audio"]!["output"]!["format"]!["type"]);
        string[] told = [.. second.Heard.Where(e => (string?)e["type"] == "conversation.item.create").Select(Describe)];
        Assert.Equal(
            [
                "system: The caller is a regular.",
                "user: A table for four, please.",
                "call call_1 find_table {\"seats\":4}",
                "output call_1 {\"free\":true}",
                "assistant: We have one at eight.",
            ],
            told);
    }

    [Fact]
    public void Of_an_answer_that_was_cut_off_the_new_session_is_told_what_was_heard_and_asked_to_go_on()
    {
        var (_, call) = TestCall.Run(async c =>
        {
            await c.BeginAsync();
            c.Model.BeginResponse("r1");
            c.Model.AgentSays("r1", "a1", "one two three four five six seven eight nine ten");
            c.Model.Delta("r1", "a1", new byte[2 * 48_000]);
            await c.LiveAsync(1);
            c.Model.Reset();
            await c.LiveAsync(1);
            c.Carrier.Stop();
        });
        ScriptedModel.Connection second = call.Model.Connections[1];
        string said = Describe(second.Heard.Single(e => (string?)e["type"] == "conversation.item.create"));
        Assert.StartsWith("assistant: one two three", said);
        Assert.DoesNotContain("ten", said);
        JsonNode create = Assert.Single(second.Heard, e => (string?)e["type"] == "response.create");
        Assert.Contains("interrupted", (string?)create["response"]!["instructions"]);
        Assert.True(
            second.Heard.FindIndex(e => (string?)e["type"] == "conversation.item.create") < second.Heard.FindIndex(e => (string?)e["type"] == "response.create"));
    }

    [Fact]
    public void What_the_caller_says_during_the_outage_reaches_the_new_session_behind_the_conversation()
    {
        var (result, call) = TestCall.Run(async c =>
        {
            await c.BeginAsync();
            c.Model.SpeechStarted("u1");
            c.Model.CallerSaid("Hello.", "u1");
            await c.LiveAsync(0.2);
            c.Model.OnConnect = ct => new ValueTask(Task.Delay(TimeSpan.FromMilliseconds(2000), c.Loop.TimeProvider, ct));
            c.Model.Reset();
            await c.LiveAsync(4);
            c.Carrier.Stop();
        });
        ScriptedModel.Connection second = call.Model.Connections[1];
        Assert.InRange(second.HeardOctets / 48_000.0, 3.7, 4.0);
        List<string> types = [.. second.HeardTypes];
        Assert.True(types.IndexOf("conversation.item.create") < types.IndexOf("input_audio_buffer.append"));
        Assert.Equal(0, result.Counters.EarlyOctetsDropped);
        Assert.Equal(0, result.Counters.CallerFramesBehind);
    }

    [Fact]
    public void Of_a_long_outage_the_callers_newest_words_are_kept_and_the_rest_is_counted()
    {
        var (result, call) = TestCall.Run(
            async c =>
            {
                await c.BeginAsync();
                c.Model.OnConnect = ct => new ValueTask(Task.Delay(TimeSpan.FromMilliseconds(4000), c.Loop.TimeProvider, ct));
                c.Model.Reset();
                await c.LiveAsync(5);
                c.Carrier.Stop();
            },
            new CallSessionOptions { EarlyAudio = TimeSpan.FromSeconds(2) });
        Assert.InRange(result.Counters.EarlyOctetsDropped, 2 * 8000, 2.3 * 8000);
        Assert.InRange(call.Model.Connections[1].HeardOctets / 48_000.0, 2.7, 3.0);
    }

    [Fact]
    public void A_quick_return_is_not_announced_and_a_slow_one_is()
    {
        var (_, quick) = TestCall.Run(async c =>
        {
            await c.BeginAsync();
            c.Model.Reset();
            await c.LiveAsync(1);
            c.Carrier.Stop();
        });
        Assert.Equal(0, quick.Carrier.HeardOctets);

        var (_, slow) = TestCall.Run(async c =>
        {
            await c.BeginAsync();
            c.Model.OnConnect = ct => new ValueTask(Task.Delay(TimeSpan.FromMilliseconds(4000), c.Loop.TimeProvider, ct));
            c.Model.Reset();
            await c.LiveAsync(6);
            c.Carrier.Stop();
        });

        // 0.6 s and 3.1 s after the loss; back at 4.1 s.
        Assert.Equal(2 * UpstreamSounds.Holding.Length, slow.Carrier.HeardOctets);
        Assert.DoesNotContain(slow.Controller.Events, e => e is CallEvent.AgentSpeechStarted or CallEvent.AgentSpeechEnded);
    }

    [Fact]
    public void Interrupting_the_holding_sound_tells_the_model_nothing_of_it()
    {
        var (_, call) = TestCall.Run(
            async c =>
            {
                await c.BeginAsync();
                c.Model.OnConnect = ct => new ValueTask(Task.Delay(TimeSpan.FromMilliseconds(1000), c.Loop.TimeProvider, ct));
                c.Model.Reset();
                await c.LiveAsync(1.3);
                c.Model.SpeechStarted("u2");
                await c.LiveAsync(0.2);
                c.Carrier.Stop();
            },
            new CallSessionOptions { Upstream = new UpstreamOptions { HoldingSound = new byte[8 * 8000] } });
        Assert.Contains("clear", call.Carrier.HeardKinds);
        Assert.DoesNotContain("conversation.item.truncate", call.Model.HeardTypes);
        Assert.DoesNotContain(call.Controller.Events, e => e is CallEvent.AgentInterrupted);
    }

    [Fact]
    public void Three_attempts_at_growing_distances_then_an_apology_and_the_end()
    {
        var dials = new List<double>();
        var (result, call) = TestCall.Run(async c =>
        {
            await c.BeginAsync();
            TimeSpan lost = c.Loop.Elapsed;
            c.Model.OnConnect = _ =>
            {
                dials.Add((c.Loop.Elapsed - lost).TotalSeconds);
                throw new ModelConnectException(CallEndReason.ModelRefused, "HTTP 503.");
            };
            await c.Model.CloseAsync(1011, "oops");
            await c.LiveAsync(20);
        });
        Assert.Equal(3, dials.Count);
        Assert.InRange(dials[0], 0.075, 0.13);
        Assert.InRange(dials[1] - dials[0], 1.5, 2.5);
        Assert.InRange(dials[2] - dials[1], 3, 5);
        Assert.Equal(CallEndReason.ModelRefused, result.Reason);
        Assert.Contains("503", result.Detail);
        Assert.Equal(1011, call.Carrier.CloseCode);
        Assert.Equal(3, result.Counters.ModelDialsFailed);

        // The apology was heard to its last mark before the close.
        Assert.InRange(call.Carrier.HeardOctets, UpstreamSounds.Apology.Length + UpstreamSounds.Holding.Length, int.MaxValue);
        CallEvent.ModelGivenUp gaveUp = Assert.Single(call.Controller.Events.OfType<CallEvent.ModelGivenUp>());
        Assert.InRange(result.Duration.TotalSeconds - gaveUp.At.TotalSeconds, 0.9, 1.6);
        Assert.Single(call.Controller.Events.OfType<CallEvent.CallEnded>());
    }

    [Fact]
    public void A_dial_that_hangs_is_not_waited_for_beyond_the_callers_patience()
    {
        var (result, _) = TestCall.Run(async c =>
        {
            await c.BeginAsync();
            c.Model.OnConnect = async ct => await new TaskCompletionSource().Task.WaitAsync(ct);
            c.Model.Reset();
            await c.LiveAsync(30);
        });
        Assert.Equal(CallEndReason.ModelTimeout, result.Reason);
        Assert.InRange(result.Duration.TotalSeconds, 12, 17.5);
    }

    [Theory]
    [InlineData(3000)]
    [InlineData(4000)]
    public void A_fatal_close_is_not_tried_again_and_the_caller_hears_an_apology(int code)
    {
        var (result, call) = TestCall.Run(async c =>
        {
            await c.BeginAsync();
            await c.Model.CloseAsync(code, "invalid_request_error.invalid_api_key");
            await c.LiveAsync(10);
        });
        Assert.Equal(CallEndReason.ModelFatalError, result.Reason);
        Assert.Equal(1, call.Model.Dials);
        Assert.Equal(UpstreamSounds.Apology.Length, call.Carrier.HeardOctets);
        Assert.Equal(1011, call.Carrier.CloseCode);
        Assert.InRange(result.Duration.TotalSeconds, 0.9, 1.6);
    }

    [Theory]
    [InlineData("invalid_api_key")]
    [InlineData("insufficient_quota")]
    [InlineData("account_deactivated")]
    [InlineData("billing_hard_limit_reached")]
    public void A_fatal_error_in_mid_call_is_not_tried_again(string code)
    {
        var (result, call) = TestCall.Run(async c =>
        {
            await c.BeginAsync();
            c.Model.Say($$$"""{"type":"error","event_id":"e","error":{"type":"invalid_request_error","code":"{{{code}}}","message":"m","param":null,"event_id":null}}""");
            await c.LiveAsync(10);
        });
        Assert.Equal(CallEndReason.ModelFatalError, result.Reason);
        Assert.Contains(code, result.Detail);
        Assert.Equal(1, call.Model.Dials);
        Assert.Equal(UpstreamSounds.Apology.Length, call.Carrier.HeardOctets);
    }

    [Fact]
    public void A_session_that_expires_unforeseen_is_replaced_and_is_no_failure()
    {
        var (result, call) = TestCall.Run(async c =>
        {
            await c.BeginAsync();
            c.Model.Say("""{"type":"error","event_id":"e","error":{"type":"invalid_request_error","code":"session_expired","message":"60 minutes","param":null,"event_id":null}}""");
            await c.Model.CloseAsync(1001, "");
            await c.LiveAsync(1);
            c.Carrier.Stop();
        });
        Assert.Equal(CallEndReason.CarrierStopped, result.Reason);
        Assert.Equal(2, call.Model.Dials);
        Assert.Equal((0, 1), (result.Counters.ModelLosses, result.Counters.ModelReturns));
    }

    [Fact]
    public void A_half_open_connection_is_noticed_in_less_than_15_seconds()
    {
        var (result, call) = TestCall.Run(async c =>
        {
            await c.BeginAsync();
            c.Model.StopReading(); // answers no ping any more
            await c.LiveAsync(16);
            c.Carrier.Stop();
        });
        Assert.Equal(CallEndReason.CarrierStopped, result.Reason);
        CallEvent.ModelLost lost = Assert.Single(call.Controller.Events.OfType<CallEvent.ModelLost>());
        Assert.InRange(lost.At.TotalSeconds, 6, 15);
        Assert.Equal(2, call.Model.Dials);
    }

    [Fact]
    public void A_model_that_talks_and_does_not_read_is_left_after_ten_seconds()
    {
        var (result, call) = TestCall.Run(async c =>
        {
            await c.BeginAsync();
            c.Model.StopReading();
            for (int i = 0; i < 16; i++)
            {
                c.Model.Connections[0].Say("""{"type":"rate_limits.updated","event_id":"e","rate_limits":[]}""");
                await c.LiveAsync(1);
            }

            c.Carrier.Stop();
        });
        Assert.Equal(CallEndReason.CarrierStopped, result.Reason);
        CallEvent.ModelLost lost = Assert.Single(call.Controller.Events.OfType<CallEvent.ModelLost>());
        Assert.Contains("read nothing", lost.Detail);
        Assert.InRange(lost.At.TotalSeconds, 10, 15);
        Assert.Equal(800 + 0, result.Counters.CallerFrames);
    }

    [Fact]
    public void A_quiet_model_that_answers_pings_is_not_lost()
    {
        var (result, call) = TestCall.Run(async c =>
        {
            await c.BeginAsync();
            await c.LiveAsync(60);
            c.Carrier.Stop();
        });
        Assert.Equal(CallEndReason.CarrierStopped, result.Reason);
        Assert.Equal(1, call.Model.Dials);
    }

    [Fact]
    public void Retry_After_is_respected_and_one_beyond_the_callers_patience_is_a_refusal()
    {
        var dials = new List<double>();
        var (_, _) = TestCall.Run(async c =>
        {
            await c.BeginAsync();
            TimeSpan lost = c.Loop.Elapsed;
            c.Model.OnConnect = _ =>
            {
                dials.Add((c.Loop.Elapsed - lost).TotalSeconds);
                c.Model.OnConnect = null;
                throw new ModelConnectException(CallEndReason.ModelRefused, "HTTP 429.") { RetryAfter = TimeSpan.FromSeconds(6) };
            };
            c.Model.Reset();
            await c.LiveAsync(8);
            Assert.Equal(3, c.Model.Dials);
            c.Carrier.Stop();
        });

        var (result, call) = TestCall.Run(async c =>
        {
            await c.BeginAsync();
            c.Model.OnConnect = _ => throw new ModelConnectException(CallEndReason.ModelRefused, "HTTP 429.") { RetryAfter = TimeSpan.FromSeconds(60) };
            c.Model.Reset();
            await c.LiveAsync(10);
        });
        Assert.Equal(CallEndReason.ModelRefused, result.Reason);
        Assert.Equal(2, call.Model.Dials);
        Assert.InRange(result.Duration.TotalSeconds, 1, 2);
    }

    [Fact]
    public void What_the_controller_asks_for_during_the_outage_is_asked_of_the_new_session()
    {
        var (_, call) = TestCall.Run(async c =>
        {
            await c.BeginAsync();
            c.Model.OnConnect = ct => new ValueTask(Task.Delay(TimeSpan.FromMilliseconds(1000), c.Loop.TimeProvider, ct));
            c.Model.Reset();
            await c.LiveAsync(0.5);
            c.Controller.Call!.RequestResponse("Say that help is on its way.");
            c.Controller.Call!.SendUserText("I am at the door.");
            c.Controller.Call!.UpdateSession(new RealtimeSessionConfig { Instructions = "Hurry." });
            await c.LiveAsync(1);
            c.Carrier.Stop();
        });
        ScriptedModel.Connection second = call.Model.Connections[1];
        Assert.Equal("Say that help is on its way.", (string?)second.Heard.Single(e => (string?)e["type"] == "response.create")["response"]!["instructions"]);
        Assert.Contains("user: I am at the door.", second.Heard.Where(e => (string?)e["type"] == "conversation.item.create").Select(Describe));
        Assert.Equal("Hurry.", (string?)second.Heard.Last(e => (string?)e["type"] == "session.update")["session"]!["instructions"]);
    }

    [Fact]
    public void A_tool_that_answers_after_the_loss_answers_in_the_new_session()
    {
        var (_, call) = TestCall.Run(async c =>
        {
            await c.BeginAsync();
            c.Model.BeginResponse("r1");
            c.Model.EndResponse("r1", output: """[{"id":"f1","type":"function_call","status":"completed","call_id":"call_0123456789012345678901234567890123","name":"look","arguments":"{}"}]""");
            await c.LiveAsync(0.1);
            c.Model.Reset();
            await c.LiveAsync(1);
            c.Controller.Call!.SubmitToolOutput("call_0123456789012345678901234567890123", "found");
            await c.LiveAsync(0.2);
            c.Carrier.Stop();
        });
        ScriptedModel.Connection second = call.Model.Connections[1];
        string[] told = [.. second.Heard.Where(e => (string?)e["type"] == "conversation.item.create").Select(Describe)];

        // A client's ids have at most 32 characters; the call and its output carry the same.
        Assert.Equal(["call 23456789012345678901234567890123 look {}", "output 23456789012345678901234567890123 found"], told.Select(t => t.Replace("call_01", "", StringComparison.Ordinal)));
        Assert.Equal("response.create", second.HeardTypes.Last(t => t != "input_audio_buffer.append"));
    }

    [Fact]
    public void A_model_lost_during_the_goodbye_is_not_dialled_again()
    {
        var (result, call) = TestCall.Run(async c =>
        {
            await c.BeginAsync();
            c.Model.BeginResponse("r1");
            c.Model.Delta("r1", "a1", new byte[48_000]);
            c.Model.EndAudio("r1", "a1");
            c.Model.EndResponse("r1");
            await c.LiveAsync(0.3);
            c.Controller.Call!.EndAfterPlayback();
            await c.LiveAsync(0.1);
            c.Model.Reset();
            await c.LiveAsync(5);
        });
        Assert.Equal(CallEndReason.AgentEnded, result.Reason);
        Assert.Equal(1, call.Model.Dials);
        Assert.InRange(call.Carrier.HeardOctets, 8000, 8200);
    }

    [Fact]
    public void A_call_that_ends_during_the_outage_ends_at_once()
    {
        var (result, _) = TestCall.Run(async c =>
        {
            await c.BeginAsync();
            c.Model.OnConnect = ct => new ValueTask(Task.Delay(TimeSpan.FromMilliseconds(4000), c.Loop.TimeProvider, ct));
            c.Model.Reset();
            await c.LiveAsync(1);
            c.Carrier.Stop();
        });
        Assert.Equal(CallEndReason.CarrierStopped, result.Reason);
        Assert.InRange(result.Duration.TotalSeconds, 1, 1.2);
    }

    [Fact]
    public void A_second_loss_is_survived_like_the_first()
    {
        var (result, call) = TestCall.Run(async c =>
        {
            await c.BeginAsync();
            for (int i = 0; i < 5; i++)
            {
                c.Model.Reset();
                await c.LiveAsync(1);
            }

            c.Carrier.Stop();
        });
        Assert.Equal(CallEndReason.CarrierStopped, result.Reason);
        Assert.Equal(6, call.Model.Dials);
        Assert.Equal((5, 5), (result.Counters.ModelLosses, result.Counters.ModelReturns));
    }

    [Theory]
    [InlineData(true, CallEndReason.Transferred)]
    [InlineData(false, CallEndReason.ModelFatalError)]
    public void A_call_whose_model_is_given_up_is_handed_to_the_fallback_after_the_apology(bool carrierTakesIt, CallEndReason reason)
    {
        var steering = new Steering { Refuses = !carrierTakesIt };
        var (result, call) = TestCall.Run(
            async c =>
            {
                await c.BeginAsync();
                await c.Model.CloseAsync(3000, "invalid_request_error.insufficient_quota");
                await c.LiveAsync(10);
            },
            new CallSessionOptions { Upstream = new UpstreamOptions { Fallback = new CallTransfer("+15005550110") } },
            steering: steering);
        Assert.Equal(["+15005550110"], steering.Targets);
        Assert.Equal(reason, result.Reason);
        Assert.Equal(UpstreamSounds.Apology.Length, call.Carrier.HeardOctets);
        Assert.InRange(result.Duration.TotalSeconds, 0.9, 2);
    }

    [Fact]
    public void A_hand_over_that_failed_before_does_not_keep_the_call_from_its_fallback()
    {
        var steering = new Steering { Refuses = true };
        var (result, _) = TestCall.Run(
            async c =>
            {
                await c.BeginAsync();
                c.Controller.Call!.Transfer(new CallTransfer("+15005550111"));
                await c.LiveAsync(1);
                steering.Refuses = false;
                await c.Model.CloseAsync(3000, "invalid_request_error.insufficient_quota");
                await c.LiveAsync(10);
            },
            new CallSessionOptions { Upstream = new UpstreamOptions { Fallback = new CallTransfer("+15005550110") } },
            steering: steering);
        Assert.Equal(["+15005550111", "+15005550110"], steering.Targets);
        Assert.Equal(CallEndReason.Transferred, result.Reason);
    }

    private static string Describe(JsonNode e)
    {
        JsonNode item = e["item"]!;
        return (string?)item["type"] switch
        {
            "message" => $"{item["role"]}: {item["content"]![0]!["text"]}",
            "function_call" => $"call {item["call_id"]} {item["name"]} {item["arguments"]}",
            _ => $"output {item["call_id"]} {item["output"]}",
        };
    }

    private sealed class Steering : ICallSteering
    {
        public List<string> Targets { get; } = [];

        public bool Refuses { get; set; }

        public ValueTask TransferAsync(string callSid, CallTransfer transfer, CancellationToken cancellationToken)
        {
            Targets.Add(transfer.Target);
            return Refuses ? throw new CallSteeringException("busy") : ValueTask.CompletedTask;
        }

        public ValueTask PressKeysAsync(string callSid, string keys, CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }
}
