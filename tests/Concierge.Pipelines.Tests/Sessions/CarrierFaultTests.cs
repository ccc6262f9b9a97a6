using System.Buffers.Binary;
using System.Text;
using Concierge.Simulation.Wire;

namespace Concierge.Pipelines.Tests.Sessions;

/// <summary>What a carrier can do wrong in mid-call: one call ends with one reason, or goes on with what it lacks put right and counted.</summary>
public sealed class CarrierFaultTests
{
    private static readonly CallSessionOptions s_muLaw = new() { AudioMode = CallAudioMode.MuLaw };

    [Fact]
    [Trait("Fault", "18")]
    public void A_carrier_lost_in_mid_answer_cancels_the_response_and_closes_the_model_within_a_second()
    {
        var (result, call) = TestCall.Run(async c =>
        {
            await c.BeginAsync();
            c.Model.BeginResponse("r1");
            c.Model.Delta("r1", "a1", new byte[48_000]);
            await c.WaitAsync();
            InMemoryDuplex.Abort(c.Line);
            await c.WaitAsync(900);
            Assert.Equal(1000, c.Model.CloseCode);
        });
        Assert.Equal(CallEndReason.CarrierDisconnected, result.Reason);
        Assert.Contains("response.cancel", call.Model.HeardTypes);
    }

    [Fact]
    [Trait("Fault", "18")]
    public void Nothing_is_cancelled_when_nothing_is_being_said()
    {
        var (_, call) = TestCall.Run(async c =>
        {
            await c.BeginAsync();
            c.Model.BeginResponse("r1");
            c.Model.EndResponse("r1");
            await c.WaitAsync();
            c.Carrier.Stop();
        });
        Assert.DoesNotContain("response.cancel", call.Model.HeardTypes);
    }

    [Theory]
    [Trait("Fault", "19")]
    [InlineData(true, true, CallEndReason.CarrierStopped)]
    [InlineData(false, true, CallEndReason.CarrierClosed)]
    [InlineData(true, false, CallEndReason.CarrierStopped)]
    public void Stop_and_close_end_the_call_once_whichever_of_them_comes(bool stop, bool close, CallEndReason reason)
    {
        var (result, call) = TestCall.Run(async c =>
        {
            await c.BeginAsync();
            if (stop)
            {
                c.Carrier.Stop();
            }

            if (close)
            {
                await c.Carrier.CloseAsync(1000);
            }
        });
        Assert.Equal(reason, result.Reason);
        Assert.Single(call.Controller.Events.OfType<CallEvent.CallEnded>());
        Assert.InRange(result.Duration.TotalSeconds, 0, 2);
        Assert.Equal(1000, call.Carrier.CloseCode);
    }

    [Fact]
    [Trait("Fault", "19")]
    public void After_stop_a_carrier_that_says_nothing_more_is_dropped_within_two_seconds()
    {
        var (result, call) = TestCall.Run(async c =>
        {
            await c.BeginAsync();
            c.Carrier.StopReading();
            c.Carrier.Stop();
        });
        Assert.Equal(CallEndReason.CarrierStopped, result.Reason);
        Assert.Single(call.Controller.Events.OfType<CallEvent.CallEnded>());
        Assert.InRange(result.Duration.TotalSeconds, 0, 2.1);
    }

    [Fact]
    [Trait("Fault", "20")]
    public void A_half_open_carrier_is_gone_within_15_seconds()
    {
        var (result, call) = TestCall.Run(async c =>
        {
            await c.BeginAsync();
            c.Carrier.Media(new byte[160]);
            c.Carrier.StopReading(); // neither media nor pongs from here on
            await c.WaitAsync(9_000);
            Assert.False(c.Running.IsCompleted);
        });
        Assert.Equal(CallEndReason.CarrierSilent, result.Reason);
        Assert.InRange(result.Duration.TotalSeconds, 9, 17); // 15 and the two that it gets to answer our close
        Assert.Equal(1000, call.Model.CloseCode);
    }

    [Fact]
    [Trait("Fault", "20")]
    public void A_carrier_that_answers_pings_may_be_silent_for_as_long_as_it_likes()
    {
        var (result, _) = TestCall.Run(async c =>
        {
            await c.BeginAsync();
            await c.WaitAsync(120_000);
            c.Carrier.Stop();
        });
        Assert.Equal(CallEndReason.CarrierStopped, result.Reason);
    }

    [Fact]
    [Trait("Fault", "21")]
    public void A_carrier_that_reads_slowly_costs_bounded_memory_and_its_clear_is_not_behind_stale_audio()
    {
        var (result, call) = TestCall.Run(async c =>
        {
            await c.BeginAsync();
            c.Model.BeginResponse("r1");
            await SayAsync(c, 20);
            int before = c.Carrier.HeardOctets;
            Assert.InRange(before, 7_840, 8_000); // the rest waits here until the marks come back
            c.Model.SpeechStarted();
            await c.WaitAsync();
            Assert.Equal(before, c.Carrier.HeardOctets);
            Assert.Equal("clear", c.Carrier.HeardKinds.Last());
            c.Carrier.Stop();
        });
        Assert.Equal(CallEndReason.CarrierStopped, result.Reason);
        Assert.InRange(result.Counters.AgentOctetsDiscarded, 19 * 8000, 20 * 8000);
        Assert.NotNull(call);
    }

    [Theory]
    [Trait("Fault", "23")]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(159)]
    [InlineData(161)]
    [InlineData(8_000)]
    public void Payloads_of_any_length_are_taken_by_their_length(int octets)
    {
        var (result, call) = TestCall.Run(
            async c =>
            {
                await c.BeginAsync();
                c.Carrier.Media(Enumerable.Repeat((byte)0x55, octets).ToArray());
                await c.WaitAsync();
                c.Carrier.Stop();
            },
            s_muLaw);
        Assert.Equal(octets == 0 ? 1 : 0, result.Counters.CallerFramesRejected);
        Assert.Equal(octets, call.Model.HeardAudio.Length);
        Assert.All(call.Model.HeardAudio, o => Assert.Equal(0x55, o));
    }

    [Fact]
    [Trait("Fault", "24")]
    public void A_lost_frame_is_replaced_by_as_much_silence()
    {
        var (result, call) = TestCall.Run(
            async c =>
            {
                await c.BeginAsync();
                c.Carrier.Media(Enumerable.Repeat((byte)1, 160).ToArray(), chunk: 1, timestamp: 94);
                c.Carrier.Media(Enumerable.Repeat((byte)2, 160).ToArray(), chunk: 4, timestamp: 161); // seven milliseconds of wander
                c.Carrier.Media(new byte[160], chunk: 3, timestamp: 134);
                c.Carrier.Media(new byte[160], chunk: 4, timestamp: 154);
                await c.WaitAsync();
                c.Carrier.Stop();
            },
            s_muLaw);
        Assert.Equal([.. Enumerable.Repeat((byte)1, 160), .. Enumerable.Repeat((byte)0xFF, 320), .. Enumerable.Repeat((byte)2, 160)], call.Model.HeardAudio);
        Assert.Equal(2, result.Counters.CallerChunksMissing);
        Assert.Equal(1, result.Counters.CallerFramesLate);
        Assert.Equal(1, result.Counters.CallerFramesRepeated);
        Assert.Equal(1, result.Counters.CallerGapsFilled);
        Assert.Equal(320, result.Counters.CallerSilenceOctets);
    }

    [Fact]
    [Trait("Fault", "24")]
    public void A_jump_of_the_timestamps_is_filled_up_to_a_bound_and_wander_is_not()
    {
        var (result, call) = TestCall.Run(
            async c =>
            {
                await c.BeginAsync();
                foreach (long timestamp in (long[])[94, 102, 155, 171, 191, 3_600_000, 3_600_020, 40, 60])
                {
                    c.Carrier.Media(new byte[160], timestamp: timestamp);
                }

                await c.WaitAsync();
                c.Carrier.Stop();
            },
            s_muLaw);
        Assert.Equal((9 * 160) + 8000, call.Model.HeardAudio.Length);
        Assert.Equal(1, result.Counters.CallerGapsFilled);
    }

    [Fact]
    [Trait("Fault", "24")]
    public void Media_that_stops_in_the_middle_of_a_turn_becomes_silence_until_the_turn_ends()
    {
        var (result, call) = TestCall.Run(
            async c =>
            {
                await c.BeginAsync();
                await c.SpeakAsync(new byte[1600]);
                c.Model.SpeechStarted();
                await c.WaitAsync(600);
                Assert.Equal(1600, c.Model.HeardAudio.Length); // not yet: a jitter buffer's hiccup
                await c.WaitAsync(1_000);
                int bridged = c.Model.HeardAudio.Length - 1600;
                Assert.InRange(bridged, 6_000, 8_800);
                Assert.All(c.Model.HeardAudio[1600..], o => Assert.Equal(0xFF, o));
                c.Model.SpeechStopped();
                await c.WaitAsync(2_000);
                Assert.InRange(c.Model.HeardAudio.Length - 1600 - bridged, 0, 800);

                // Media comes back; what was bridged is not put in again.
                int so = c.Model.HeardAudio.Length;
                c.Carrier.Media(new byte[160], timestamp: (so / 8) + 20);
                await c.WaitAsync();
                Assert.Equal(so + 160, c.Model.HeardAudio.Length);
                c.Carrier.Stop();
            },
            s_muLaw);
        Assert.Equal(1, result.Counters.CallerTurnsStalled);
        Assert.NotNull(call);
    }

    [Fact]
    [Trait("Fault", "24")]
    public void Silence_for_a_turn_that_never_ends_is_bounded()
    {
        var (result, call) = TestCall.Run(
            async c =>
            {
                await c.BeginAsync();
                c.Carrier.Media(new byte[160]);
                c.Model.SpeechStarted();
                await c.WaitAsync(60_000);
                c.Carrier.Stop();
            },
            s_muLaw);
        Assert.Equal(160 + 80_000, call.Model.HeardAudio.Length);
        Assert.Equal(80_000, result.Counters.CallerSilenceOctets);
    }

    [Theory]
    [Trait("Fault", "25")]
    [InlineData("""{"event":"media","sequenceNumber":"1","streamSid":"MZ1","media":{"track":"inbound","chunk":"1","timestamp":"20","payload":"AAAA"}}""", false)]
    [InlineData("""{"event":"start","sequenceNumber":"9","streamSid":"MZ0123456789abcdef0123456789abcdef","start":{}}""", true)]
    public void Media_before_start_and_a_second_start_end_the_call(string message, bool begun)
    {
        var (result, call) = TestCall.Run(async c =>
        {
            if (begun)
            {
                await c.BeginAsync();
            }
            else
            {
                c.Carrier.Connect();
            }

            c.Carrier.Say(message);
        });
        Assert.Equal(CallEndReason.CarrierBadMessage, result.Reason);
        Assert.Equal(1008, call.Carrier.CloseCode);
        Assert.DoesNotContain("input_audio_buffer.append", call.Model.HeardTypes);
    }

    [Fact]
    [Trait("Fault", "26")]
    public void A_flood_of_marks_is_counted_and_harms_nothing()
    {
        var (result, call) = TestCall.Run(async c =>
        {
            await c.BeginAsync();
            c.Model.BeginResponse("r1");
            await SayAsync(c, 3);
            int sent = c.Carrier.HeardOctets;
            for (int i = 0; i < 5_000; i++)
            {
                c.Carrier.ReturnMark(i % 2 == 0 ? "9.9" : "somebody's");
                await (i % 100 == 99 ? c.WaitAsync(1) : Task.CompletedTask);
            }

            await c.WaitAsync();
            Assert.Equal(sent, c.Carrier.HeardOctets); // none of them proves that anything was heard
            c.Carrier.Stop();
        });
        Assert.Equal(5_000, result.Counters.MarksIgnored);
        Assert.Equal(CallEndReason.CarrierStopped, result.Reason);
        Assert.NotNull(call);
    }

    [Fact]
    [Trait("Fault", "26")]
    public void A_carrier_without_marks_is_paced_by_the_shared_clock_even_when_it_sends_nothing()
    {
        var (_, call) = TestCall.Run(async c =>
        {
            await c.BeginAsync();
            c.Model.BeginResponse("r1");
            await SayAsync(c, 5);
            await c.WaitAsync(900);
            Assert.InRange(c.Carrier.HeardOctets, 7_840, 8_000);
            await c.WaitAsync(3_000); // the first mark's grace is over: the clock paces
            Assert.InRange(c.Carrier.HeardOctets, 20_000, 32_000);
            c.Model.EndAudio("r1", "a1");
            c.Model.EndResponse("r1");
            await c.WaitAsync(6_000);
            c.Carrier.Stop();
        });
        Assert.InRange(call.Carrier.HeardOctets, 40_000, 40_040);
        Assert.Contains(call.Controller.Events, e => e is CallEvent.PlaybackIdle);
    }

    [Fact]
    [Trait("Fault", "27")]
    [Trait("door", "limits")]
    public void A_flood_of_keys_is_bounded_and_counted()
    {
        var (result, call) = TestCall.Run(async c =>
        {
            await c.BeginAsync();
            for (int i = 0; i < 5_000; i++)
            {
                c.Carrier.Press((char)('0' + (i % 10)));
                await (i % 100 == 99 ? c.WaitAsync(1) : Task.CompletedTask);
            }

            await c.WaitAsync(1_000);
            c.Carrier.Press('5');
            await c.WaitAsync();
            c.Carrier.Stop();
        });
        Assert.Equal(CallEndReason.CarrierStopped, result.Reason);
        int taken = call.Controller.Events.OfType<CallEvent.DtmfReceived>().Count();
        Assert.InRange(taken, 33, 36);
        Assert.Equal(5_001 - taken, result.Counters.DigitsDropped);
    }

    [Fact]
    [Trait("Fault", "28")]
    [Trait("door", "limits")]
    public void A_message_in_very_many_fragments_ends_the_call_without_growing_it()
    {
        var (result, _) = TestCall.Run(async c =>
        {
            await c.BeginAsync();
            byte[] fragment = Frame(0x00, []);
            byte[] wire = [.. Frame(0x01, [(byte)'{']), .. Enumerable.Range(0, 20_000).SelectMany(_ => fragment)];
            _ = c.Line.Output.WriteAsync(wire).AsTask(); // nobody reads it to its end
        });
        Assert.Equal(CallEndReason.CarrierProtocolError, result.Reason);
    }

    [Fact]
    [Trait("Fault", "28")]
    public void A_flood_of_pings_leaves_the_call_up()
    {
        var (result, _) = TestCall.Run(async c =>
        {
            await c.BeginAsync();
            for (int i = 0; i < 2_000; i++)
            {
                await c.Line.Output.WriteAsync(Frame(0x89, [1, 2, 3]));
            }

            await c.WaitAsync();
            c.Carrier.Stop();
        });
        Assert.Equal(CallEndReason.CarrierStopped, result.Reason);
    }

    [Theory]
    [Trait("Fault", "29")]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100_000)]
    public void Frames_chopped_or_coalesced_give_the_same_audio_as_whole_ones(int piece)
    {
        byte[] audio = new byte[1600];
        new Random(3).NextBytes(audio);
        var (_, call) = TestCall.Run(
            async c =>
            {
                await c.BeginAsync();
                var wire = new List<byte>();
                for (int i = 0; i < 10; i++)
                {
                    wire.AddRange(Frame(0x81, Encoding.UTF8.GetBytes(
                        $$$"""{"event":"media","sequenceNumber":"{{{i + 2}}}","streamSid":"{{{ScriptedCarrier.StreamSid}}}","media":{"track":"inbound","chunk":"{{{i + 1}}}","timestamp":"{{{(i + 1) * 20}}}","payload":"{{{Convert.ToBase64String(audio, i * 160, 160)}}}"}}""")));
                }

                byte[] octets = [.. wire];
                for (int at = 0; at < octets.Length; at += piece)
                {
                    await c.Line.Output.WriteAsync(octets.AsMemory(at, Math.Min(piece, octets.Length - at)));
                }

                await c.WaitAsync();
                c.Carrier.Stop();
            },
            s_muLaw);
        Assert.Equal(audio, call.Model.HeardAudio);
    }

    [Fact]
    public void One_wheel_serves_many_calls_and_stands_still_without_any()
    {
        var time = new Concierge.TestKit.ManualTimeProvider();
        var wheel = new CallWheel(time);
        Entry[] entries = [new(), new(), new()];
        foreach (Entry entry in entries)
        {
            wheel.Add(entry);
        }

        time.Advance(TimeSpan.FromSeconds(1));
        Assert.All(entries, e => Assert.Equal(10, e.Ticks));
        wheel.Remove(entries[1]);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([20, 10, 20], entries.Select(e => e.Ticks));
        wheel.Remove(entries[0]);
        wheel.Remove(entries[2]);
        Assert.Equal(0, wheel.Count);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([20, 10, 20], entries.Select(e => e.Ticks));
        wheel.Add(entries[0]);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(30, entries[0].Ticks);
    }

    /// <summary>Seconds of an answer, as fast as a model says it.</summary>
    private static async Task SayAsync(TestCall call, int seconds)
    {
        for (int i = 0; i < seconds; i++)
        {
            call.Model.Delta("r1", "a1", new byte[48_000]);
            await call.WaitAsync();
        }
    }

    /// <summary>A masked frame (RFC 6455 §5.2).</summary>
    private static byte[] Frame(byte head, byte[] payload)
    {
        byte[] length = payload.Length < 126 ? [(byte)(0x80 | payload.Length)] : [0xFE, 0, 0];
        if (payload.Length >= 126)
        {
            BinaryPrimitives.WriteUInt16BigEndian(length.AsSpan(1), (ushort)payload.Length);
        }

        return [head, .. length, 0, 0, 0, 0, .. payload];
    }

    private sealed class Entry : IWheelEntry
    {
        public int Ticks { get; private set; }

        public void Tick() => Ticks++;
    }
}
