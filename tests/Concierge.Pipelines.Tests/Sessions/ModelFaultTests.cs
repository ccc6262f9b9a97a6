using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;
using Concierge.Simulation.Time;

namespace Concierge.Pipelines.Tests.Sessions;

/// <summary>What a model's server may send too fast, too late, too large or broken, and what the call makes of it (rows 5, 6, 11 and 14 of docs/faults.md).</summary>
public sealed class ModelFaultTests
{
    private static readonly CallSessionOptions s_muLaw = new() { AudioMode = CallAudioMode.MuLaw };

    [Fact]
    public void Ten_minutes_of_audio_at_once_are_paced_and_an_interruption_takes_less_than_a_frame_time()
    {
        const int Octets = 600 * 8000;
        CallSessionOptions roomy = s_muLaw with { PlaybackCapacity = TimeSpan.FromMinutes(11) };
        var (result, call) = TestCall.Run(
            async c =>
            {
                await c.BeginAsync();
                c.Model.BeginResponse("r1");
                byte[] second = new byte[8000];
                for (int at = 0; at < Octets; at += 32_000)
                {
                    c.Model.Delta("r1", "a1", [.. second, .. second, .. second, .. second]);
                }

                c.Model.EndAudio("r1", "a1");
                c.Model.EndResponse("r1");
                int played = 0;
                for (int frame = 0; frame < 500; frame++)
                {
                    await c.WaitAsync(20);
                    c.Carrier.Play();
                    played += 160;
                    Assert.InRange(c.Carrier.HeardOctets - played, -160, 8000 + 320); // a second ahead, of ten minutes that wait
                }

                await c.WaitAsync(5);
                int heard = c.Carrier.Heard.Count;
                c.Model.SpeechStarted();
                await c.WaitAsync(1);
                Assert.Equal("clear", (string?)c.Carrier.Heard[^1]["event"]);
                Assert.Equal(heard + 1, c.Carrier.Heard.Count); // and nothing else went out after the word
                await c.WaitAsync(5_000);
                Assert.Equal(heard + 1, c.Carrier.Heard.Count);
                c.Carrier.Stop();
            },
            roomy);
        JsonNode truncate = Assert.Single(call.Model.Heard, e => (string?)e["type"] == "conversation.item.truncate");
        Assert.InRange((int)truncate["audio_end_ms"]!, 9_700, 10_060);
        Assert.Equal(CallEndReason.CarrierStopped, result.Reason);
        Assert.True(result.Counters.AgentOctetsDiscarded > 0);
    }

    [Theory]
    [InlineData(200, 0)]
    [InlineData(1000, 0)]
    [InlineData(200, 400)]
    public void A_model_far_away_is_heard_in_order_times_nothing_out_and_its_distance_shows_in_the_figures(int latency, int jitter)
    {
        var time = TimeSpan.FromMilliseconds(latency);
        byte[] answer = new byte[24_000];
        new Random(5).NextBytes(answer);
        var model = new ScriptedModel
        {
            Distance = line => DistantLine.Stretch(line, (SynchronizationContext.Current as VirtualTimeLoop)!.TimeProvider, time, TimeSpan.FromMilliseconds(jitter)),
        };
        byte[] words = new byte[8_000];
        new Random(4).NextBytes(words);
        var (result, call) = TestCall.Run(
            async c =>
            {
                c.Carrier.Connect();
                c.Carrier.Start();
                await c.WaitAsync(20_000); // pings are answered late as well: a distance is no loss
                await c.SpeakAsync(words);
                await c.WaitAsync(2_000);
                c.Model.SpeechStarted();
                c.Model.SpeechStopped();
                await c.WaitAsync(latency * 2); // as long as the caller's words take there and the answer back
                c.Model.BeginResponse("r1");
                for (int at = 0; at < answer.Length; at += 1_600)
                {
                    c.Model.Delta("r1", "a1", answer[at..(at + 1_600)]);
                    await c.WaitAsync(30);
                }

                c.Model.EndAudio("r1", "a1");
                c.Model.EndResponse("r1");
                for (int i = 0; i < 300; i++)
                {
                    c.Carrier.Play();
                    await c.WaitAsync(20);
                }

                c.Carrier.Stop();
            },
            s_muLaw,
            model);
        Assert.Equal(CallEndReason.CarrierStopped, result.Reason);
        Assert.Equal((0, 1), (result.Counters.ModelLosses, call.Model.Dials));
        Assert.Equal(words, call.Model.HeardAudio);
        byte[] heard = [.. call.Carrier.Heard.Where(e => (string?)e["event"] == "media").SelectMany(e => Convert.FromBase64String((string)e["media"]!["payload"]!))];
        Assert.Equal(answer, heard[^answer.Length..]); // where dialling alone takes seconds, the holding sound comes before it
        TurnTiming turn = Assert.Single(result.Timeline.Turns);
        Assert.True(turn is { CallerStopped: not null, FirstDelta: not null, FirstPlayed: not null }, turn.ToString());
        Assert.InRange(turn.Model!.Value.TotalMilliseconds, latency * 2, (latency * 2) + jitter + 60);
        Assert.InRange(result.Timeline.Percentile(t => t.Whole, 0.5)!.Value.TotalMilliseconds, (latency * 2) - 40, (latency * 2) + (2 * jitter) + 300);
    }

    [Theory]
    [InlineData("rubbish")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"type":7}""")]
    [InlineData("""{"type":"response.output_audio.delta","response_id":{"a":1},"item_id":[2],"content_index":"x","delta":5}""")]
    [InlineData("""{"type":"response.output_audio.delta"}""")]
    [InlineData("""{"type":"response.done","response":"none"}""")]
    [InlineData("""{"type":"input_audio_buffer.speech_started","audio_start_ms":"soon"}""")]
    [InlineData("""{"type":"something.new","event_id":"e"}""")]
    [InlineData("DEEP")]
    [InlineData("DEEPER")]
    public void An_event_that_is_broken_unknown_or_of_the_wrong_types_costs_itself_alone(string text)
    {
        text = text switch
        {
            "DEEP" => $$"""{"type":"something.new","nest":{{string.Concat(Enumerable.Repeat("{\"a\":", 100_000))}}1{{new string('}', 100_000)}}}""",
            "DEEPER" => $$"""{"type":"response.output_audio.delta","delta":{{new string('[', 1_000_000)}}""",
            _ => text,
        };
        var (result, call) = TestCall.Run(
            async c =>
            {
                await c.BeginAsync();
                await SendAsync(c, text);
                await AnswerAsync(c);
            },
            s_muLaw);
        Assert.Equal(CallEndReason.CarrierStopped, result.Reason);
        Assert.Equal(1, result.Counters.ModelBadEvents + result.Counters.ModelUnknownEvents + result.Counters.AgentDeltasRejected + call.Controller.Events.Count(e => e is CallEvent.CallerSpeechStarted));
        Assert.Equal((0, 1), (result.Counters.ModelLosses, call.Model.Dials));
        Assert.Equal(1_600, call.Carrier.HeardOctets);
    }

    [Fact]
    public void An_event_of_15_MiB_is_read_and_one_over_16_closes_the_session_for_its_size_and_the_call_gets_another()
    {
        string padding = new('x', 15 << 20);
        var (result, call) = TestCall.Run(
            async c =>
            {
                await c.BeginAsync();
                await SendAsync(c, $$"""{"type":"something.new","pad":"{{padding}}"}""");
                await c.WaitAsync(100);
                Assert.Equal(1, c.Model.Dials);
                await c.Model.Connections[0].RawAsync([0x81, 127, 0, 0, 0, 0, 0x01, 0x10, 0, 0, .. Encoding.UTF8.GetBytes(padding[..1_000])]); // 17 MiB are announced
                await c.WaitAsync(1_000);
                Assert.Equal((2, 1009), (c.Model.Dials, c.Model.Connections[0].CloseCode));
                await AnswerAsync(c);
            },
            s_muLaw);
        Assert.Equal(CallEndReason.CarrierStopped, result.Reason);
        Assert.Equal((1, 1, 1), (result.Counters.ModelUnknownEvents, result.Counters.ModelLosses, result.Counters.ModelReturns));
        Assert.Equal(CallEndReason.ModelProtocolError, Assert.Single(call.Controller.Events.OfType<CallEvent.ModelLost>()).Reason);
        Assert.Equal(1_600, call.Carrier.HeardOctets);
    }

    [Theory]
    [InlineData("masked", new byte[] { 0x81, 0x82, 1, 2, 3, 4, (byte)'{' ^ 1, (byte)'}' ^ 2 }, 1002)]
    [InlineData("reserved bit", new byte[] { 0xC1, 0x02, (byte)'{', (byte)'}' }, 1002)]
    [InlineData("reserved opcode", new byte[] { 0x83, 0x02, (byte)'{', (byte)'}' }, 1002)]
    [InlineData("continuation of nothing", new byte[] { 0x80, 0x02, (byte)'{', (byte)'}' }, 1002)]
    [InlineData("fragmented ping", new byte[] { 0x09, 0x00 }, 1002)]
    [InlineData("bad UTF-8", new byte[] { 0x81, 0x02, 0xC3, 0x28 }, 1007)]
    [InlineData("length not minimal", new byte[] { 0x81, 0x7E, 0x00, 0x02, (byte)'{', (byte)'}' }, 1002)]
    public void A_frame_that_breaks_the_protocol_closes_that_session_and_the_call_gets_another(string why, byte[] frame, int code)
    {
        var (result, call) = TestCall.Run(
            async c =>
            {
                await c.BeginAsync();
                await c.Model.Connections[0].RawAsync(frame);
                await c.WaitAsync(1_000); // noticed, and back, within a second
                Assert.True(c.Model.Dials == 2, why);
                Assert.Equal(code, c.Model.Connections[0].CloseCode);
                await AnswerAsync(c);
            },
            s_muLaw);
        Assert.Equal(CallEndReason.CarrierStopped, result.Reason);
        Assert.Equal((1, 1), (result.Counters.ModelLosses, result.Counters.ModelReturns));
        Assert.Equal(1_600, call.Carrier.HeardOctets);
    }

    [Fact]
    public void An_event_in_fragments_with_pings_between_is_one_event()
    {
        byte[] delta = Encoding.UTF8.GetBytes(
            $$"""{"type":"response.output_audio.delta","event_id":"e","response_id":"r1","item_id":"a1","output_index":0,"content_index":0,"delta":"{{Convert.ToBase64String(new byte[1_600])}}"}""");
        var (result, call) = TestCall.Run(
            async c =>
            {
                await c.BeginAsync();
                c.Model.BeginResponse("r1");
                await c.WaitAsync();
                for (int at = 0; at < delta.Length; at += 100)
                {
                    byte[] piece = delta[at..Math.Min(delta.Length, at + 100)];
                    byte first = (byte)((at == 0 ? 0x01 : 0x00) | (at + 100 >= delta.Length ? 0x80 : 0x00));
                    await c.Model.Connections[0].RawAsync([first, (byte)piece.Length, .. piece, 0x89, 0x00]);
                    await c.WaitAsync(1);
                }

                c.Model.EndAudio("r1", "a1");
                c.Model.EndResponse("r1");
                await c.WaitAsync();
                c.Carrier.Stop();
            },
            s_muLaw);
        Assert.Equal((0, 0), (result.Counters.ModelLosses, result.Counters.ModelBadEvents));
        Assert.Equal(1_600, call.Carrier.HeardOctets);
    }

    /// <summary>Sends one text message in one frame, however long.</summary>
    private static Task SendAsync(TestCall c, string text)
    {
        byte[] payload = Encoding.UTF8.GetBytes(text);
        byte[] head = [0x81, 127, 0, 0, 0, 0, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt64BigEndian(head.AsSpan(2), payload.Length);
        return c.Model.Connections[0].RawAsync(payload.Length < 126 ? [0x81, (byte)payload.Length, .. payload]
            : payload.Length < 65_536 ? [0x81, 126, (byte)(payload.Length >> 8), (byte)payload.Length, .. payload] : [.. head, .. payload]);
    }

    /// <summary>After whatever happened the agent can still be heard; then the caller hangs up.</summary>
    private static async Task AnswerAsync(TestCall c)
    {
        await c.WaitAsync();
        c.Model.BeginResponse("r1");
        c.Model.Delta("r1", "a1", new byte[1_600]);
        c.Model.EndAudio("r1", "a1");
        c.Model.EndResponse("r1");
        await c.WaitAsync(100);
        c.Carrier.Stop();
    }
}
