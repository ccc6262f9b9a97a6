using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Concierge.Audio;
using Concierge.Protocols.Realtime;

namespace Concierge.Pipelines.Tests.Sessions;

public sealed class CallSessionTests
{
    [Fact]
    public void The_callers_voice_reaches_the_model_at_24_kHz()
    {
        byte[] tone = MuLawTone(400, 1000);
        var (result, call) = TestCall.Run(async c =>
        {
            await c.BeginAsync();
            await c.SpeakAsync(tone);
            c.Carrier.Stop();
        });

        short[] heard = Appended(call.Model);
        Assert.InRange(heard.Length, (400 * 24) - 96, 400 * 24);
        Assert.Equal(PcmLevel.Rms(Decoded(tone)), PcmLevel.Rms(heard.AsSpan(480)), 0.02);
        Assert.Equal(CallEndReason.CarrierStopped, result.Reason);
        Assert.Equal(20, result.Counters.CallerFrames);
        Assert.Equal(20, result.Counters.CallerFramesForwarded);
    }

    [Fact]
    public void The_agents_voice_reaches_the_caller_as_mu_law_frames_to_its_last_sample()
    {
        var (_, call) = TestCall.Run(async c =>
        {
            await c.BeginAsync();
            c.Model.BeginResponse("r1");
            byte[] voice = Pcm24Tone(300, 700);
            for (int at = 0; at < voice.Length; at += 2_222)
            {
                c.Model.Delta("r1", "a1", voice[at..Math.Min(voice.Length, at + 2_222)]);
            }

            c.Model.EndAudio("r1", "a1");
            c.Model.EndResponse("r1");
            await c.WaitAsync(50);
            c.Carrier.Stop();
        });

        // All of it, and the resampler's own tail of a few milliseconds.
        Assert.InRange(call.Carrier.HeardOctets, 300 * 8, 305 * 8);
        Assert.Equal("mark", call.Carrier.HeardKinds.Last());
        Assert.All(call.Carrier.Heard, e => Assert.Equal(ScriptedCarrier.StreamSid, (string?)e["streamSid"]));
    }

    [Fact]
    public void The_last_sound_of_an_answer_is_heard_with_it_and_not_with_the_next()
    {
        // Silence, and a burst in the very last millisecond: shorter than the resampling filter's delay.
        short[] said = new short[2400];
        said.AsSpan(^24).Fill(20_000);
        short[] answer = [];
        short[] next = [];
        TestCall.Run(async c =>
        {
            await c.BeginAsync();
            answer = await HearAsync(c, "r1", MemoryMarshal.AsBytes<short>(said).ToArray());
            next = await HearAsync(c, "r2", new byte[4800]);
            c.Carrier.Stop();
        });
        Assert.InRange(PcmLevel.Peak(answer), 10_000, 32_767);
        Assert.InRange(PcmLevel.Peak(next), 0, 16);
    }

    [Fact]
    public void What_an_interrupted_answer_left_in_the_filter_is_not_heard_with_the_next()
    {
        short[] next = [];
        TestCall.Run(async c =>
        {
            await c.BeginAsync();
            c.Model.BeginResponse("r1");
            c.Model.Delta("r1", "a1", Pcm24Tone(100, 700));
            await c.WaitAsync(500); // played out by the clock: there is nothing to clear, but the response is still active
            c.Model.SpeechStarted();
            c.Model.EndResponse("r1", "cancelled", details: """{"type":"cancelled","reason":"turn_detected"}""");
            await c.WaitAsync();
            next = await HearAsync(c, "r2", new byte[4800]);
            c.Carrier.Stop();
        });
        Assert.InRange(PcmLevel.Peak(next), 0, 16);
    }

    [Fact]
    public void What_waited_here_when_the_caller_cut_in_is_never_heard()
    {
        short[] next = [];
        TestCall.Run(async c =>
        {
            await c.BeginAsync();
            c.Model.BeginResponse("r1");
            c.Model.Delta("r1", "a1", Pcm24Tone(3000, 700)); // two seconds more than the window lets out
            await c.WaitAsync(300);
            c.Model.SpeechStarted();
            c.Model.EndResponse("r1", "cancelled", details: """{"type":"cancelled","reason":"turn_detected"}""");
            await c.WaitAsync();
            next = await HearAsync(c, "r2", new byte[9600]);
            c.Carrier.Stop();
        });
        Assert.InRange(next.Length, 1600, 1650);
        Assert.InRange(PcmLevel.Peak(next), 0, 16);
    }

    [Fact]
    public void A_delta_of_hundreds_of_kilobytes_is_heard_like_many_small_ones()
    {
        byte[] voice = Pcm24Tone(4000, 700); // 192,000 octets, 256,000 characters
        short[] whole = [], pieces = [];
        TestCall.Run(async c =>
        {
            await c.BeginAsync();
            whole = await HearAsync(c, "r1", voice);
            c.Carrier.Stop();
        });
        TestCall.Run(async c =>
        {
            await c.BeginAsync();
            pieces = await HearAsync(c, "r1", [.. voice.Chunk(1_002)]);
            c.Carrier.Stop();
        });
        Assert.InRange(whole.Length, 32_000, 32_050);
        Assert.Equal(pieces, whole);
    }

    [Theory]
    [InlineData(CallAudioMode.MuLaw, "audio/pcmu")]
    [InlineData(CallAudioMode.ALaw, "audio/pcma")]
    public void Companded_modes_carry_the_voice_both_ways_without_resampling(CallAudioMode mode, string format)
    {
        byte[] voice = MuLawTone(200, 500);
        byte[] there = mode == CallAudioMode.MuLaw ? voice : ToALaw(voice);
        var (_, call) = TestCall.Run(
            async c =>
            {
                await c.BeginAsync();
                await c.SpeakAsync(voice);
                c.Model.BeginResponse("r1");
                c.Model.Delta("r1", "a1", there);
                c.Model.EndAudio("r1", "a1");
                await c.WaitAsync(50);
                c.Carrier.Stop();
            },
            new CallSessionOptions { AudioMode = mode });

        JsonNode update = call.Model.Heard.First(e => (string?)e["type"] == "session.update");
        Assert.Equal(format, (string?)update["session"]!["audio"]!["input"]!["format"]!["type"]);
        Assert.Equal(there, AppendedOctets(call.Model));
        byte[] heard = [.. call.Carrier.Heard.Where(e => (string?)e["event"] == "media").SelectMany(e => Convert.FromBase64String((string)e["media"]!["payload"]!))];
        Assert.Equal(mode == CallAudioMode.MuLaw ? voice : ToMuLaw(there), heard);
    }

    [Fact]
    public void Audio_that_arrives_before_the_model_is_ready_is_kept_and_sent_first()
    {
        byte[] early = MuLawTone(100, 300);
        var (result, call) = TestCall.Run(
            async c =>
            {
                c.Carrier.Connect();
                c.Carrier.Start();
                await c.SpeakAsync(early);
                Assert.Empty(AppendedOctets(c.Model));
                await c.WaitAsync(1000);
                await c.SpeakAsync(MuLawTone(20, 300));
                c.Carrier.Stop();
            },
            new CallSessionOptions { AudioMode = CallAudioMode.MuLaw },
            new ScriptedModel { OnConnect = async ct => await Task.Delay(TimeSpan.FromMilliseconds(700), TimeProviderOfLoop(), ct) });

        byte[] heard = AppendedOctets(call.Model);
        Assert.Equal(120 * 8, heard.Length);
        Assert.Equal(early, heard[..800]);
        Assert.Equal(0, result.Counters.EarlyOctetsDropped);
    }

    [Fact]
    public void An_interruption_clears_the_carrier_first_and_truncates_at_what_was_heard()
    {
        var (result, call) = TestCall.Run(async c =>
        {
            await c.BeginAsync();
            c.Model.BeginResponse("r1");
            c.Model.Delta("r1", "a1", Pcm24Tone(3000, 500));
            await c.WaitAsync(205);
            c.Carrier.ReturnMark("0.0");
            await c.WaitAsync(95);
            c.Model.SpeechStarted();
            c.Model.Delta("r1", "a1", Pcm24Tone(500, 500)); // late: must not be heard
            await c.WaitAsync(20);
            int heard = c.Carrier.HeardOctets;
            c.Carrier.ReturnAllMarks();
            await c.WaitAsync(200);
            Assert.Equal(heard, c.Carrier.HeardOctets);
            c.Model.EndResponse("r1", "cancelled", details: """{"type":"cancelled","reason":"turn_detected"}""");

            // The next answer is heard, and its marks count again.
            c.Model.BeginResponse("r2");
            c.Model.Delta("r2", "a2", Pcm24Tone(200, 500));
            c.Model.EndAudio("r2", "a2");
            c.Model.EndResponse("r2"); // one that still ran at the end would be cancelled
            await c.WaitAsync(20);
            Assert.True(c.Carrier.HeardOctets > heard);
            c.Carrier.Stop();
        });

        Assert.Equal("clear", call.Carrier.HeardKinds.First(k => k is not "media" and not "mark"));
        JsonNode truncate = Assert.Single(call.Model.Heard, e => (string?)e["type"] == "conversation.item.truncate");
        Assert.Equal("a1", (string?)truncate["item_id"]);
        Assert.InRange((int)truncate["audio_end_ms"]!, 285, 300);
        Assert.DoesNotContain("response.cancel", call.Model.HeardTypes); // the server cancels by itself
        Assert.Equal(1, result.Counters.AgentDeltasLate);
        Assert.Equal(1, result.Counters.Interruptions);
    }

    [Fact]
    public void A_response_that_was_cut_off_before_its_first_sound_is_never_heard()
    {
        var (result, call) = TestCall.Run(async c =>
        {
            await c.BeginAsync();
            foreach (string response in (string[])["r1", "r2"])
            {
                c.Model.BeginResponse(response);
                await c.WaitAsync();
                c.Model.SpeechStarted(); // there is nothing to clear, and still no word of it may come
                c.Model.Delta(response, "a" + response, Pcm24Tone(200, 500));
                c.Model.EndResponse(response, "cancelled");
                await c.WaitAsync();
            }

            Assert.Equal(0, c.Carrier.HeardOctets);
            c.Model.BeginResponse("r3");
            c.Model.Delta("r3", "a3", Pcm24Tone(200, 500));
            c.Model.EndResponse("r3");
            await c.WaitAsync(20);
            Assert.Equal(1_600, c.Carrier.HeardOctets);
            c.Carrier.Stop();
        });
        Assert.Equal(2, result.Counters.AgentDeltasLate);
        Assert.Equal(["r1", "r2", "r3"], call.Controller.Events.OfType<CallEvent.ResponseStarted>().Select(e => e.ResponseId));
    }

    [Fact]
    public void Speech_while_nothing_plays_sends_nothing()
    {
        var (_, call) = TestCall.Run(async c =>
        {
            await c.BeginAsync();
            c.Model.SpeechStarted();
            await c.WaitAsync();
            c.Carrier.Stop();
        });

        Assert.Empty(call.Carrier.Heard);
        Assert.Equal(["session.update"], call.Model.HeardTypes);
    }

    [Fact]
    public void Cancels_the_response_itself_where_the_server_does_not()
    {
        var controller = new RecordingController
        {
            Config = new RealtimeSessionConfig { TurnDetection = RealtimeTurnDetection.ServerVad with { InterruptResponse = false } },
        };
        var (_, call) = TestCall.Run(
            async c =>
            {
                await c.BeginAsync();
                c.Model.BeginResponse("r1");
                c.Model.Delta("r1", "a1", Pcm24Tone(1000, 500));
                await c.WaitAsync(100);
                c.Model.SpeechStarted();
                await c.WaitAsync();
                c.Model.EndResponse("r1", "cancelled");
                c.Model.SpeechStarted(); // nothing is active any more: cancelling would be an error
                await c.WaitAsync();
                c.Carrier.Stop();
            },
            controller: controller);
        Assert.Single(call.Model.HeardTypes, "response.cancel");
    }

    [Fact]
    public void The_call_ends_after_the_goodbye_was_heard()
    {
        var controller = new RecordingController
        {
            OnEvent = (e, call) =>
            {
                if (e is CallEvent.ToolCallRequested { Name: "end_call" } tool)
                {
                    call.SubmitToolOutput(tool.CallId, "{}", respond: false);
                    call.EndAfterPlayback();
                }
            },
        };
        var (result, call) = TestCall.Run(
            async c =>
            {
                await c.BeginAsync();
                c.Model.BeginResponse("r1");
                c.Model.Delta("r1", "a1", Pcm24Tone(400, 500));
                c.Model.EndAudio("r1", "a1");
                c.Model.EndResponse("r1", output: """[{"id":"f1","object":"realtime.item","type":"function_call","status":"completed","call_id":"call_1","name":"end_call","arguments":"{}"}]""");
                await c.WaitAsync(300);
                Assert.False(c.Running.IsCompleted);
                c.Carrier.ReturnAllMarks();
            },
            controller: controller);

        Assert.Equal(CallEndReason.AgentEnded, result.Reason);
        Assert.Equal(1000, call.Carrier.CloseCode);
        Assert.Equal(1000, call.Model.CloseCode);
        Assert.Contains("conversation.item.create", call.Model.HeardTypes);
        Assert.DoesNotContain("response.create", call.Model.HeardTypes);
    }

    [Fact]
    public void A_goodbye_that_is_never_confirmed_ends_the_call_all_the_same()
    {
        var controller = new RecordingController { OnEvent = (e, call) => EndOn<CallEvent.AgentSpeechStarted>(e, call) };
        var (result, _) = TestCall.Run(
            async c =>
            {
                await c.BeginAsync();
                c.Model.BeginResponse("r1");
                c.Model.Delta("r1", "a1", Pcm24Tone(400, 500));
                await c.WaitAsync(1);
            },
            controller: controller);
        Assert.Equal(CallEndReason.AgentEndedUnheard, result.Reason);
        Assert.InRange(result.Duration.TotalSeconds, 15, 18);
    }

    [Fact]
    public void A_caller_who_speaks_into_the_goodbye_keeps_the_call_up()
    {
        var controller = new RecordingController { OnEvent = (e, call) => EndOn<CallEvent.AgentSpeechStarted>(e, call) };
        var (result, _) = TestCall.Run(
            async c =>
            {
                await c.BeginAsync();
                c.Model.BeginResponse("r1");
                c.Model.Delta("r1", "a1", Pcm24Tone(1000, 500));
                await c.WaitAsync(200);
                c.Model.SpeechStarted();
                await c.WaitAsync(20_000); // longer than a goodbye may take
                Assert.False(c.Running.IsCompleted);
                c.Carrier.Stop();
            },
            controller: controller);
        Assert.Equal(CallEndReason.CarrierStopped, result.Reason);
    }

    [Fact]
    public void Events_reach_the_controller_in_order()
    {
        var (_, call) = TestCall.Run(async c =>
        {
            await c.BeginAsync();
            c.Carrier.Say($$$"""{"event":"dtmf","streamSid":"{{{ScriptedCarrier.StreamSid}}}","sequenceNumber":"5","dtmf":{"track":"inbound_track","digit":"7"}}""");
            await c.WaitAsync();
            c.Carrier.Stop();
        });
        Assert.Equal(
            [nameof(CallEvent.CallStarted), nameof(CallEvent.ModelReady), nameof(CallEvent.DtmfReceived), nameof(CallEvent.CallEnded)],
            call.Controller.Events.Select(e => e.GetType().Name));
    }

    [Fact]
    public void A_request_for_a_response_waits_for_the_active_one()
    {
        var (_, call) = TestCall.Run(async c =>
        {
            await c.BeginAsync();
            c.Controller.Call!.RequestResponse("hello");
            c.Controller.Call!.RequestResponse();
            await c.WaitAsync();
            Assert.Single(c.Model.HeardTypes, "response.create");
            c.Model.BeginResponse("r1");
            c.Model.EndResponse("r1");
            await c.WaitAsync();
            c.Carrier.Stop();
        });
        Assert.Equal(2, call.Model.HeardTypes.Count(t => t == "response.create"));
    }

    private static Task<short[]> HearAsync(TestCall call, string response, byte[] audio) => HearAsync(call, response, [audio]);

    /// <summary>Plays one answer, returning its marks as they come, and gives what the carrier heard of it.</summary>
    private static async Task<short[]> HearAsync(TestCall call, string response, byte[][] deltas)
    {
        int before = call.Carrier.Heard.Count;
        call.Model.BeginResponse(response);
        foreach (byte[] delta in deltas)
        {
            call.Model.Delta(response, "item_" + response, delta);
            await call.WaitAsync(1);
        }

        call.Model.EndAudio(response, "item_" + response);
        call.Model.EndResponse(response);
        for (int i = 0; i < 40; i++)
        {
            await call.WaitAsync(1);
            call.Carrier.ReturnAllMarks();
        }

        await call.WaitAsync();
        byte[] heard = [.. call.Carrier.Heard.Skip(before).Where(e => (string?)e["event"] == "media").SelectMany(e => Convert.FromBase64String((string)e["media"]!["payload"]!))];
        return Decoded(heard);
    }

    private static void EndOn<T>(CallEvent e, ICallControl call)
        where T : CallEvent
    {
        if (e is T)
        {
            call.EndAfterPlayback();
        }
    }

    private static TimeProvider TimeProviderOfLoop() => ((Concierge.Simulation.Time.VirtualTimeLoop)SynchronizationContext.Current!).TimeProvider;

    private static byte[] MuLawTone(int milliseconds, double hertz)
    {
        byte[] octets = new byte[milliseconds * 8];
        MuLaw.Encode(Tone(milliseconds, hertz, 8000), octets);
        return octets;
    }

    private static byte[] Pcm24Tone(int milliseconds, double hertz) => MemoryMarshal.AsBytes<short>(Tone(milliseconds, hertz, 24000)).ToArray();

    private static short[] Tone(int milliseconds, double hertz, int rate)
    {
        short[] samples = new short[milliseconds * rate / 1000];
        for (int i = 0; i < samples.Length; i++)
        {
            samples[i] = (short)(8000 * Math.Sin(2 * Math.PI * hertz * i / rate));
        }

        return samples;
    }

    private static short[] Decoded(byte[] muLaw)
    {
        short[] samples = new short[muLaw.Length];
        MuLaw.Decode(muLaw, samples);
        return samples;
    }

    private static byte[] ToALaw(byte[] muLaw)
    {
        byte[] octets = new byte[muLaw.Length];
        ALaw.Encode(Decoded(muLaw), octets);
        return octets;
    }

    private static byte[] ToMuLaw(byte[] aLaw)
    {
        short[] samples = new short[aLaw.Length];
        ALaw.Decode(aLaw, samples);
        byte[] octets = new byte[aLaw.Length];
        MuLaw.Encode(samples, octets);
        return octets;
    }

    private static byte[] AppendedOctets(ScriptedModel model) =>
        [.. model.Heard.Where(e => (string?)e["type"] == "input_audio_buffer.append").SelectMany(e => Convert.FromBase64String((string)e["audio"]!))];

    private static short[] Appended(ScriptedModel model) => MemoryMarshal.Cast<byte, short>(AppendedOctets(model)).ToArray();
}
