using Concierge.Simulation.Wire;

namespace Concierge.Pipelines.Tests.Sessions;

/// <summary>Every way in which a far end can fail ends the call with one reason, tells the other end, and never takes longer than its bound.</summary>
public sealed class CallFaultTests
{
    [Theory]
    [InlineData("""{"event":"media","streamSid":"MZ1","media":{"payload":"/w=="}}""", CallEndReason.CarrierBadMessage, 1008)]
    [InlineData("""{"event":"start"}""", CallEndReason.CarrierBadMessage, 1008)]
    [InlineData("not json", CallEndReason.CarrierBadMessage, 1008)]
    [InlineData("{}", CallEndReason.CarrierBadMessage, 1008)]
    public void A_stream_must_begin_with_connected(string first, CallEndReason reason, int code)
    {
        var (result, call) = TestCall.Run(c =>
        {
            c.Carrier.Say(first);
            return Task.CompletedTask;
        });
        Assert.Equal(reason, result.Reason);
        Assert.Equal(code, call.Carrier.CloseCode);
        Assert.NotNull(result.Detail);
    }

    [Theory]
    [InlineData("audio/x-alaw", 8000)]
    [InlineData("audio/x-mulaw", 16000)]
    [InlineData("audio/l16", 8000)]
    public void A_stream_of_another_format_is_refused(string encoding, int rate)
    {
        var (result, call) = TestCall.Run(c =>
        {
            c.Carrier.Connect();
            c.Carrier.Start(encoding, rate);
            return Task.CompletedTask;
        });
        Assert.Equal(CallEndReason.CarrierUnsupportedFormat, result.Reason);
        Assert.Equal(1003, call.Carrier.CloseCode);
        Assert.Contains(encoding, result.Detail);
        Assert.Empty(call.Model.Heard);
    }

    [Fact]
    [Trait("door", "slow peers")]
    public void A_stream_that_never_starts_is_closed_after_its_limit()
    {
        var (result, call) = TestCall.Run(c =>
        {
            c.Carrier.Connect();
            return Task.CompletedTask;
        });
        Assert.Equal(CallEndReason.CarrierStartTimeout, result.Reason);
        Assert.Equal(1008, call.Carrier.CloseCode);
        Assert.InRange(result.Duration.TotalSeconds, 10, 13);
    }

    [Fact]
    public void A_carrier_that_closes_without_stop_ends_the_call()
    {
        var (result, call) = TestCall.Run(async c =>
        {
            await c.BeginAsync();
            await c.Carrier.CloseAsync(1000);
        });
        Assert.Equal(CallEndReason.CarrierClosed, result.Reason);
        Assert.Equal(1000, call.Model.CloseCode);
    }

    [Fact]
    public void A_carrier_whose_connection_breaks_ends_the_call()
    {
        var (result, call) = TestCall.Run(async c =>
        {
            await c.BeginAsync();
            InMemoryDuplex.Abort(c.Line);
        });
        Assert.Equal(CallEndReason.CarrierDisconnected, result.Reason);
        Assert.Equal(1000, call.Model.CloseCode);
    }

    [Fact]
    public void A_carrier_whose_connection_ends_without_a_close_frame_ends_the_call()
    {
        var (result, _) = TestCall.Run(async c =>
        {
            await c.BeginAsync();
            c.Line.Output.Complete();
        });
        Assert.Equal(CallEndReason.CarrierDisconnected, result.Reason);
    }

    [Fact]
    public void An_unmasked_frame_of_the_carrier_is_a_protocol_error()
    {
        var (result, _) = TestCall.Run(async c =>
        {
            await c.BeginAsync();
            await c.Line.Output.WriteAsync(new byte[] { 0x81, 0x02, (byte)'{', (byte)'}' });
        });
        Assert.Equal(CallEndReason.CarrierProtocolError, result.Reason);
    }

    [Fact]
    public void A_message_over_the_limit_is_refused_on_its_header_with_1009()
    {
        var (result, call) = TestCall.Run(async c =>
        {
            await c.BeginAsync();

            // A masked text frame that declares 2^40 octets and sends none of them (RFC 6455 §5.2).
            await c.Line.Output.WriteAsync(new byte[] { 0x81, 0xFF, 0, 0, 1, 0, 0, 0, 0, 0, 1, 2, 3, 4 });
        });
        Assert.Equal(CallEndReason.CarrierProtocolError, result.Reason);
        Assert.Equal(1009, call.Carrier.CloseCode);
        Assert.Equal(1000, call.Model.CloseCode);
    }

    [Fact]
    public void Messages_of_another_stream_end_the_call_and_carry_no_audio()
    {
        var (result, call) = TestCall.Run(async c =>
        {
            await c.BeginAsync();
            c.Carrier.Say("""{"event":"media","sequenceNumber":"2","streamSid":"MZother","media":{"track":"inbound","chunk":"1","timestamp":"20","payload":"AAAA"}}""");
        });
        Assert.Equal(CallEndReason.CarrierBadMessage, result.Reason);
        Assert.DoesNotContain("input_audio_buffer.append", call.Model.HeardTypes);
    }

    [Fact]
    public void Ten_unreadable_messages_in_a_row_end_the_call_and_nine_do_not()
    {
        var (result, _) = TestCall.Run(async c =>
        {
            await c.BeginAsync();
            for (int i = 0; i < 9; i++)
            {
                c.Carrier.Say("rubbish");
            }

            c.Carrier.Media(new byte[160]);
            for (int i = 0; i < 9; i++)
            {
                c.Carrier.Say("""{"event":"unheard-of"}""");
            }

            await c.WaitAsync();
            Assert.False(c.Running.IsCompleted);
            c.Carrier.Say("rubbish");
        });
        Assert.Equal(CallEndReason.CarrierBadMessage, result.Reason);
        Assert.Equal(19, result.Counters.CarrierBadMessages);
    }

    [Fact]
    [Trait("door", "replay")]
    public void Bad_payloads_repeated_and_late_chunks_are_dropped_and_gaps_counted()
    {
        var (result, call) = TestCall.Run(
            async c =>
            {
                await c.BeginAsync();
                c.Carrier.Media([], payload: "!!!!");
                c.Carrier.Media(new byte[160], chunk: 2);
                c.Carrier.Media(new byte[160], chunk: 2);
                c.Carrier.Media(new byte[160], chunk: 1);
                c.Carrier.Media(new byte[1], chunk: 6);
                c.Carrier.Media(new byte[161], chunk: 7);
                await c.WaitAsync();
                c.Carrier.Stop();
            },
            new CallSessionOptions { AudioMode = CallAudioMode.MuLaw });
        Assert.Equal(3, result.Counters.CallerFramesRejected);
        Assert.Equal(3, result.Counters.CallerChunksMissing);
        Assert.Equal(2, result.Counters.CallerFramesRepeated);

        // 322 octets of the caller, and 80 ms of silence where the timestamps say that something is missing.
        Assert.Equal(322 + 640, call.Model.Heard.Where(e => (string?)e["type"] == "input_audio_buffer.append").Sum(e => Convert.FromBase64String((string)e["audio"]!).Length));
    }

    [Fact]
    public void A_model_that_refuses_ends_the_call()
    {
        var model = new ScriptedModel { OnConnect = _ => throw new ModelConnectException(CallEndReason.ModelRefused, "HTTP 503") };
        var (result, call) = TestCall.Run(c => c.BeginAsync(), model: model);
        Assert.Equal(CallEndReason.ModelRefused, result.Reason);
        Assert.Equal(1011, call.Carrier.CloseCode);
        Assert.Equal("HTTP 503 (3 further attempts)", result.Detail);
        Assert.Equal(4, call.Model.Dials);
    }

    [Fact]
    public void A_model_that_never_completes_the_upgrade_ends_the_call_in_time()
    {
        var model = new ScriptedModel { OnConnect = async ct => await new TaskCompletionSource().Task.WaitAsync(ct) };
        var (result, call) = TestCall.Run(c => c.BeginAsync(), model: model);
        Assert.Equal(CallEndReason.ModelTimeout, result.Reason);
        Assert.Equal(1011, call.Carrier.CloseCode);
        Assert.InRange(result.Duration.TotalSeconds, 15, 22);
    }

    [Fact]
    public void A_model_that_never_speaks_ends_the_call_in_time()
    {
        var (result, _) = TestCall.Run(c => c.BeginAsync(), model: new ScriptedModel { Greeting = null });
        Assert.Equal(CallEndReason.ModelTimeout, result.Reason);
        Assert.InRange(result.Duration.TotalSeconds, 15, 22);
    }

    [Fact]
    public void A_bad_key_is_answered_101_and_then_an_error_and_ends_the_call()
    {
        var model = new ScriptedModel
        {
            Greeting = """{"type":"error","event_id":"e","error":{"type":"invalid_request_error","code":"invalid_api_key","message":"Incorrect API key provided.","param":null,"event_id":null}}""",
        };
        var (result, call) = TestCall.Run(c => c.BeginAsync(), model: model);
        Assert.Equal(CallEndReason.ModelFatalError, result.Reason);
        Assert.Contains("invalid_api_key", result.Detail);
        Assert.Equal(1011, call.Carrier.CloseCode);
    }

    [Theory]
    [InlineData("""{"type":"session.updated","event_id":"e","session":{"id":"s","type":"realtime","audio":{"input":{"format":{"type":"audio/pcmu"}},"output":{"format":{"type":"audio/pcm","rate":24000}}}}}""")]
    [InlineData("""{"type":"session.updated","event_id":"e","session":{"id":"s","type":"realtime"}}""")]
    public void Formats_other_than_those_asked_for_end_the_call_before_any_audio(string updated)
    {
        var (result, call) = TestCall.Run(
            async c =>
            {
                await c.BeginAsync();
                c.Carrier.Media(new byte[160]);
            },
            model: new ScriptedModel { OnSessionUpdate = _ => updated });
        Assert.Equal(CallEndReason.ModelFormatMismatch, result.Reason);
        Assert.DoesNotContain("input_audio_buffer.append", call.Model.HeardTypes);
    }

    [Fact]
    public void An_error_that_leaves_the_session_open_leaves_the_call_up()
    {
        var (result, call) = TestCall.Run(async c =>
        {
            await c.BeginAsync();
            c.Model.Say("""{"type":"error","event_id":"e","error":{"type":"invalid_request_error","code":"response_cancel_not_active","message":"m","param":null,"event_id":null}}""");
            await c.WaitAsync();
            c.Carrier.Stop();
        });
        Assert.Equal(CallEndReason.CarrierStopped, result.Reason);
        Assert.Contains(call.Controller.Events, e => e is CallEvent.ModelErrorReported { Error.Code: "response_cancel_not_active" });
    }

    [Fact]
    public void Unreadable_and_unknown_events_of_the_model_are_counted_and_skipped()
    {
        var (result, _) = TestCall.Run(async c =>
        {
            await c.BeginAsync();
            c.Model.Say("rubbish");
            c.Model.Say("""{"type":"something.new","event_id":"e"}""");
            c.Model.Say("[]");
            await c.WaitAsync();
            c.Carrier.Stop();
        });
        Assert.Equal(CallEndReason.CarrierStopped, result.Reason);
        Assert.Equal(2, result.Counters.ModelBadEvents);
        Assert.Equal(1, result.Counters.ModelUnknownEvents);
    }

    [Theory]
    [InlineData("")]
    [InlineData("AAA=")]   // two octets and a broken third sample would shift all that follows
    [InlineData("A")]
    [InlineData("@@@@")]
    [InlineData("AAAA AAAA")]
    public void A_broken_delta_is_dropped_whole(string delta)
    {
        var (result, call) = TestCall.Run(async c =>
        {
            await c.BeginAsync();
            c.Model.BeginResponse("r1");
            if (delta == "AAA=")
            {
                delta = Convert.ToBase64String(new byte[961]);
            }

            c.Model.DeltaText("r1", "a1", delta);
            await c.WaitAsync();
            c.Carrier.Stop();
        });
        Assert.Equal(1, result.Counters.AgentDeltasRejected + result.Counters.ModelBadEvents);
        Assert.Equal(0, call.Carrier.HeardOctets);
    }

    [Fact]
    public void A_model_that_does_not_read_costs_old_caller_audio_and_nothing_else()
    {
        var model = new ScriptedModel();
        var (result, call) = TestCall.Run(
            async c =>
            {
                await c.BeginAsync();
                c.Model.StopReading();
                await c.SpeakAsync(new byte[8 * 8000]);
                Assert.Equal(1, c.Model.Dials);
                c.Carrier.Stop();
            },
            new CallSessionOptions { CallerBacklog = TimeSpan.FromSeconds(2) },
            model);
        Assert.Equal(CallEndReason.CarrierStopped, result.Reason);
        Assert.Equal(400, result.Counters.CallerFrames);
        Assert.InRange(result.Counters.CallerFramesBehind, 200, 300);
        Assert.InRange(result.Duration.TotalSeconds, 8, 11.5);
    }

    [Fact]
    public void A_carrier_that_returns_no_mark_yet_is_not_sent_more_than_the_window()
    {
        var (result, call) = TestCall.Run(async c =>
        {
            await c.BeginAsync();
            c.Model.BeginResponse("r1");
            for (int i = 0; i < 20; i++)
            {
                c.Model.Delta("r1", "a1", new byte[48_000]);
                await c.WaitAsync();
            }

            await c.WaitAsync(500);
            Assert.InRange(c.Carrier.HeardOctets, 7_840, 8_000);
            c.Carrier.Stop();
        });
        Assert.Equal(CallEndReason.CarrierStopped, result.Reason);
        Assert.NotNull(call);
    }

    [Fact]
    public void More_audio_than_the_buffer_holds_ends_the_call_with_its_own_reason()
    {
        var (result, _) = TestCall.Run(
            async c =>
            {
                await c.BeginAsync();
                c.Model.BeginResponse("r1");
                for (int i = 0; i < 3; i++)
                {
                    c.Model.Delta("r1", "a1", new byte[48_000]);
                }

                await c.WaitAsync();
            },
            new CallSessionOptions { PlaybackCapacity = TimeSpan.FromSeconds(1) });
        Assert.Equal(CallEndReason.PlaybackOverflow, result.Reason);
    }

    [Fact]
    public void A_controller_that_refuses_the_stream_decides_the_reason()
    {
        var controller = new RecordingController { OnConfigure = _ => throw new CallRejectedException(CallEndReason.CarrierUnauthorized, "no token") };
        var (result, call) = TestCall.Run(c => c.BeginAsync(), controller: controller);
        Assert.Equal(CallEndReason.CarrierUnauthorized, result.Reason);
        Assert.Equal(1008, call.Carrier.CloseCode);
        Assert.Empty(call.Model.Heard);
    }

    [Fact]
    public void A_controller_that_throws_ends_its_call()
    {
        var controller = new RecordingController
        {
            OnEvent = (e, _) =>
            {
                if (e is CallEvent.ModelReady)
                {
                    throw new InvalidOperationException("boom");
                }
            },
        };
        var (result, _) = TestCall.Run(c => c.BeginAsync(), controller: controller);
        Assert.Equal(CallEndReason.ControllerFailed, result.Reason);
        Assert.Equal("boom", result.Detail);
    }

    [Fact]
    public void Draining_tells_both_ends_that_the_node_goes_away()
    {
        var (result, call) = TestCall.Run(async c =>
        {
            await c.BeginAsync();
            c.Session.TryEnd(CallEndReason.Draining);
        });
        Assert.Equal(CallEndReason.Draining, result.Reason);
        Assert.Equal(1001, call.Carrier.CloseCode);
        Assert.Equal(1001, call.Model.CloseCode);
    }

    [Fact]
    public void The_first_cause_wins()
    {
        var (result, _) = TestCall.Run(async c =>
        {
            await c.BeginAsync();
            c.Carrier.Stop();
            c.Model.Reset();
            await c.WaitAsync();
            Assert.False(c.Session.TryEnd(CallEndReason.Internal));
        });
        Assert.Equal(CallEndReason.CarrierStopped, result.Reason);
    }

    [Fact]
    public void A_far_end_that_ignores_our_close_is_dropped_after_its_limit()
    {
        var (result, _) = TestCall.Run(async c =>
        {
            await c.BeginAsync();
            c.Model.StopReading();
            c.Carrier.Stop();
        });
        Assert.InRange(result.Duration.TotalSeconds, 0, 3);
    }

    [Fact]
    public void A_far_end_that_does_not_read_does_not_keep_the_other_from_being_told()
    {
        var (result, call) = TestCall.Run(async c =>
        {
            await c.BeginAsync();
            c.Carrier.StopReading();
            c.Model.BeginResponse("r1");
            await c.WaitAsync();

            // Fill the line to the carrier, then end: its close frame cannot go out.
            for (int i = 0; i < 40; i++)
            {
                c.Model.Delta("r1", "a1", new byte[48_000]);
                c.Carrier.Media(new byte[160]);
                await c.WaitAsync(1000);
            }

            Assert.False(c.Model.CloseCode.HasValue);
            c.Session.TryEnd(CallEndReason.Draining);
            await c.WaitAsync(100);
            Assert.Equal(1001, c.Model.CloseCode);
        });
        Assert.Equal(CallEndReason.Draining, result.Reason);
        Assert.NotNull(call);
    }

    [Fact]
    public void Every_reason_has_a_name_a_sentence_and_legal_close_codes()
    {
        foreach (CallEndReason reason in Enum.GetValues<CallEndReason>())
        {
            Assert.Matches("^[a-z_]+$", reason.Name());
            Assert.EndsWith(".", reason.Describe());
            Assert.InRange(reason.CarrierCloseCode(), 1000, 1011);
            Assert.InRange(reason.ModelCloseCode(), 1000, 1011);
        }

        Assert.Equal(Enum.GetValues<CallEndReason>().Length, Enum.GetValues<CallEndReason>().Select(r => r.Name()).Distinct().Count());
    }
}
