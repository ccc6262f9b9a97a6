using System.Text.Json.Nodes;
using Concierge.Audio;
using Concierge.Simulation.Speech;

namespace Concierge.Pipelines.Tests.Sessions;

/// <summary>When the caller's voice stops the agent's, when it does not, and what the node's own ear adds.</summary>
public sealed class BargeInPolicyTests
{
    private static readonly CallSessionOptions s_muLaw = new() { AudioMode = CallAudioMode.MuLaw };

    [Fact]
    public void A_protected_opening_is_heard_to_its_end_and_what_comes_after_it_is_not_protected()
    {
        var (result, call) = Run(
            new BargeInPolicy { ProtectOpening = true },
            async c =>
            {
                await AnswerAsync(c, "r1", "a1", 0.5);
                c.Model.SpeechStarted();
                await c.WaitAsync();
                Assert.DoesNotContain("clear", c.Carrier.HeardKinds);
                Assert.DoesNotContain("response.cancel", c.Model.HeardTypes);
                c.Carrier.ReturnAllMarks();
                await c.WaitAsync();
                c.Model.SpeechStopped();
                await AnswerAsync(c, "r2", "a2", 0.5);
                c.Model.SpeechStarted();
                await c.WaitAsync();
                Assert.Contains("clear", c.Carrier.HeardKinds);
            });
        Assert.Equal(1, result.Counters.InterruptionsRefused);
        Assert.Equal(1, result.Counters.Interruptions);
        Assert.Equal(8_000, call.Carrier.HeardOctets);
    }

    [Fact]
    public void Where_the_node_decides_the_server_is_told_not_to_cut_its_responses_off()
    {
        var (_, gated) = Run(new BargeInPolicy { Allowed = false }, c => c.WaitAsync());
        Assert.False((bool)gated.Model.Heard.First(e => (string?)e["type"] == "session.update")["session"]!["audio"]!["input"]!["turn_detection"]!["interrupt_response"]!);
        var (_, open) = Run(new BargeInPolicy(), c => c.WaitAsync());
        JsonNode? detection = open.Model.Heard.First(e => (string?)e["type"] == "session.update")["session"]!["audio"]!["input"]!["turn_detection"];
        Assert.Null(detection?["interrupt_response"]);
    }

    [Fact]
    public void An_agent_that_may_not_be_interrupted_answers_afterwards_what_was_said_meanwhile()
    {
        var (result, call) = Run(
            new BargeInPolicy { Allowed = false },
            async c =>
            {
                c.Model.BeginResponse("r1");
                c.Model.Delta("r1", "a1", new byte[8_000]);
                await c.WaitAsync();
                c.Model.SpeechStarted();
                c.Model.SpeechStopped();
                await c.WaitAsync();
                Assert.DoesNotContain("response.create", c.Model.HeardTypes);
                c.Model.EndAudio("r1", "a1");
                c.Model.EndResponse("r1");
                await c.WaitAsync();
                Assert.Single(c.Model.HeardTypes, "response.create");
            });
        Assert.DoesNotContain("clear", call.Carrier.HeardKinds);
        Assert.Equal(0, result.Counters.Interruptions);
    }

    [Theory]
    [InlineData(200, 0, 1)]
    [InlineData(500, 1, 0)]
    public void Only_speech_that_goes_on_interrupts_where_a_minimum_is_set(int milliseconds, int interruptions, int tooShort)
    {
        var (result, call) = Run(
            new BargeInPolicy { MinimumSpeech = TimeSpan.FromMilliseconds(300) },
            async c =>
            {
                c.Model.BeginResponse("r1");
                c.Model.Delta("r1", "a1", new byte[16_000]);
                await c.WaitAsync();
                c.Model.SpeechStarted();
                await c.SpeakAsync(new byte[milliseconds * 8]);
                c.Model.SpeechStopped();
                await c.WaitAsync();
            });
        Assert.Equal(interruptions, result.Counters.Interruptions);
        Assert.Equal(tooShort, result.Counters.InterruptionsTooShort);
        Assert.Equal(interruptions, call.Carrier.HeardKinds.Count(k => k == "clear"));
        Assert.Equal(interruptions, call.Model.HeardTypes.Count(t => t == "conversation.item.truncate"));
        Assert.Equal(interruptions > 0, call.Controller.Events.OfType<CallEvent.AgentInterrupted>().Any());
    }

    [Fact]
    public void The_nodes_own_ear_holds_the_agent_back_before_the_model_has_said_a_word()
    {
        var (result, call) = Run(
            new BargeInPolicy { Local = new LocalBargeIn() },
            async c =>
            {
                await AnswerAsync(c, "r1", "a1", Tone(2_000, -20));
                await QuietAsync(c, 400);
                await TalkAsync(c, Tone(300, -20));
                Assert.Equal("clear", c.Carrier.HeardKinds.Last());
                Assert.DoesNotContain("conversation.item.truncate", c.Model.HeardTypes);
                c.Model.SpeechStarted();
                await c.WaitAsync();
            });
        Assert.Equal(1, result.Counters.LocalInterruptions);
        Assert.Equal(0, result.Counters.FalseInterruptions);
        Assert.Equal(1, call.Carrier.HeardKinds.Count(k => k == "clear"));
        JsonNode truncate = Assert.Single(call.Model.Heard, e => (string?)e["type"] == "conversation.item.truncate");
        Assert.InRange((int)truncate["audio_end_ms"]!, 480, 600);
    }

    [Fact]
    public void What_was_held_back_is_said_again_from_where_it_was_cut_when_the_model_does_not_agree()
    {
        byte[] answer = new byte[16_000];
        new Random(7).NextBytes(answer);
        var (result, call) = Run(
            new BargeInPolicy { Local = new LocalBargeIn() },
            async c =>
            {
                await AnswerAsync(c, "r1", "a1", answer);
                await QuietAsync(c, 400);
                await TalkAsync(c, Tone(200, -10));
                Assert.Contains("clear", c.Carrier.HeardKinds);
                await QuietAsync(c, 3_000);
            });
        Assert.Equal(1, result.Counters.LocalInterruptions);
        Assert.Equal(1, result.Counters.FalseInterruptions);
        Assert.Equal(0, result.Counters.Interruptions);
        Assert.DoesNotContain("conversation.item.truncate", call.Model.HeardTypes);

        // Behind the clear everything from some point of the answer to its end, without a hole.
        int clear = call.Carrier.Heard.FindIndex(e => (string?)e["event"] == "clear");
        byte[] again = [.. call.Carrier.Heard.Skip(clear).Where(e => (string?)e["event"] == "media").SelectMany(e => Convert.FromBase64String((string)e["media"]!["payload"]!))];
        Assert.InRange(again.Length, 16_000 - 4_800, 16_000 - 3_600);
        Assert.Equal(answer[^again.Length..], again);
        Assert.Contains(call.Controller.Events, e => e is CallEvent.AgentSpeechEnded);
    }

    [Fact]
    public void The_agents_own_echo_is_not_taken_for_a_caller()
    {
        byte[] answer = Tone(2_000, -15);
        byte[] echo = Tone(1_600, -31); // 16 dB down, and well above the threshold
        var (result, call) = Run(
            new BargeInPolicy { Local = new LocalBargeIn() },
            async c =>
            {
                await AnswerAsync(c, "r1", "a1", answer);
                await QuietAsync(c, 140);
                await TalkAsync(c, echo);
            });
        Assert.Equal(0, result.Counters.LocalInterruptions);
        Assert.DoesNotContain("clear", call.Carrier.HeardKinds);

        // Nor can the model take it for one: it is given silence in its place.
        Assert.InRange(result.Counters.CallerFramesEchoed, 75, 90);
        Assert.All(call.Model.HeardAudio, octet => Assert.Equal(0xFF, octet));
    }

    [Fact]
    public void A_caller_who_speaks_into_the_agents_voice_reaches_the_model_whole_once_heard()
    {
        byte[] loud = Tone(300, -16), soft = Tone(160, -36);
        var (result, call) = Run(
            new BargeInPolicy { Local = new LocalBargeIn() },
            async c =>
            {
                await AnswerAsync(c, "r1", "a1", Tone(3_000, -15));
                await QuietAsync(c, 400);
                await TalkAsync(c, [.. loud, .. soft, .. loud]); // a soft sound between two loud ones belongs to the voice
            });
        Assert.Equal(1, result.Counters.LocalInterruptions);
        byte[] said = [.. loud, .. soft, .. loud];
        byte[] expected = [.. said.SkipWhile(o => o == 0xFF)];
        Assert.Equal(expected, call.Model.HeardAudio.SkipWhile(o => o == 0xFF).Take(expected.Length));
    }

    [Fact]
    public void Music_on_hold_is_no_turn_and_interrupts_nobody()
    {
        var conduct = new CallConduct { Hold = new HoldPolicy { Recognise = true, Limit = TimeSpan.FromSeconds(30) } };
        var (result, call) = TestCall.Run(
            async c =>
            {
                await c.BeginAsync();
                await c.SpeakAsync(Tone(2_000, -20));
                c.Model.SpeechStarted();
                await c.SpeakAsync(Tone(10_000, -20));
                Assert.Contains(c.Controller.Events, e => e is CallEvent.HoldStarted);
                Assert.Contains("input_audio_buffer.clear", c.Model.HeardTypes);
                Assert.All(c.Model.HeardAudio[^8_000..], o => Assert.Equal(0xFF, o));
                await QuietAsync(c, 500);
                Assert.Contains(c.Controller.Events, e => e is CallEvent.HoldEnded);
                await c.SpeakAsync(Tone(200, -20));
                Assert.Contains(c.Model.HeardAudio[^800..], o => o != 0xFF);
                await c.SpeakAsync(Tone(60_000, -20)); // and back on hold for good
            },
            s_muLaw,
            controller: new RecordingController { Conduct = conduct });
        Assert.Equal(CallEndReason.HoldLimit, result.Reason);
        Assert.InRange(result.Duration.TotalSeconds, 12 + 8 + 30, 12 + 8 + 34);
        Assert.NotNull(call);
    }

    [Fact]
    public void No_speech_of_the_library_is_taken_for_music()
    {
        foreach (string name in ClipLibrary.Names)
        {
            var detector = new Concierge.Pipelines.Media.HoldDetector(TimeSpan.FromSeconds(2));
            short[] samples = ClipLibrary.Get(name).At(8000).ToArray();
            for (int at = 0; at + 160 <= samples.Length; at += 160)
            {
                Assert.False(detector.Process(samples.AsSpan(at, 160)), $"{name} at {at / 8} ms");
            }
        }
    }

    private static (CallResult Result, TestCall Call) Run(BargeInPolicy policy, Func<TestCall, Task> scenario) => TestCall.Run(
        async c =>
        {
            await c.BeginAsync();
            await scenario(c);
            c.Carrier.Stop();
        },
        s_muLaw,
        controller: new RecordingController { Conduct = new CallConduct { BargeIn = policy } });

    private static Task AnswerAsync(TestCall c, string response, string item, double seconds) => AnswerAsync(c, response, item, new byte[(int)(seconds * 8000)]);

    private static async Task AnswerAsync(TestCall c, string response, string item, byte[] muLaw)
    {
        c.Model.BeginResponse(response);
        c.Model.Delta(response, item, muLaw);
        c.Model.EndAudio(response, item);
        c.Model.EndResponse(response);
        await c.WaitAsync();
    }

    private static Task QuietAsync(TestCall c, int milliseconds) => TalkAsync(c, Enumerable.Repeat((byte)0xFF, milliseconds * 8).ToArray());

    /// <summary>The caller talks while the carrier plays what it has.</summary>
    private static async Task TalkAsync(TestCall c, byte[] muLaw)
    {
        for (int at = 0; at < muLaw.Length; at += 160)
        {
            c.Carrier.Play();
            await c.SpeakAsync(muLaw[at..(at + 160)]);
        }
    }

    private static byte[] Tone(int milliseconds, double dbfs)
    {
        short[] samples = new short[milliseconds * 8];
        for (int i = 0; i < samples.Length; i++)
        {
            samples[i] = (short)(32768 * Math.Sqrt(2) * Math.Pow(10, dbfs / 20) * Math.Sin(2 * Math.PI * 440 * i / 8000));
        }

        byte[] octets = new byte[samples.Length];
        MuLaw.Encode(samples, octets);
        return octets;
    }
}
