using System.Text.Json.Nodes;
using Concierge.Simulation.Exchange;
using Concierge.Simulation.Speech;
using Concierge.Simulation.Twilio;

namespace Concierge.Simulation.Tests.Twilio;

/// <summary>PROTOCOL A.1-A.3, A.7: what the carrier sends, plays, echoes and rejects; and the callee.</summary>
public sealed class StreamTests
{
    private static readonly byte[] s_tone = [.. ClipLibrary.Get("restaurant-greeting").MuLaw.AsSpan(2000, 8000)];

    [Fact]
    public void Begins_with_connected_and_start_and_counts_every_message()
    {
        TwilioTwinRecord record = TwinNode.Run(
            async node =>
            {
                await node.WaitAsync(1010);
                JsonObject connected = node.Messages[0].Message;
                Assert.Equal("""{"event":"connected","protocol":"Call","version":"1.0.0"}""", connected.ToJsonString());
                JsonObject start = node.Messages[1].Message;
                Assert.Equal("1", start["sequenceNumber"]!.ToString());
                Assert.Equal("audio/x-mulaw", start["start"]!["mediaFormat"]!["encoding"]!.ToString());
                Assert.Equal(8000, (int)start["start"]!["mediaFormat"]!["sampleRate"]!);
                Assert.Equal("inbound", start["start"]!["tracks"]![0]!.ToString());
                Assert.Equal("secret", start["start"]!["customParameters"]!["token"]!.ToString());
                Assert.Matches("^MZ[0-9a-f]{32}$", start["streamSid"]!.ToString());
                Assert.Matches("^CA[0-9a-f]{32}$", start["start"]!["callSid"]!.ToString());

                JsonObject[] media = [.. node.Of("media")];
                Assert.Equal(50, media.Length);
                long first = long.Parse(media[0]["media"]!["timestamp"]!.ToString());
                Assert.InRange(first, 80, 181);
                for (int i = 0; i < media.Length; i++)
                {
                    Assert.Equal((i + 2).ToString(), media[i]["sequenceNumber"]!.ToString());
                    Assert.Equal((i + 1).ToString(), media[i]["media"]!["chunk"]!.ToString());
                    Assert.InRange(long.Parse(media[i]["media"]!["timestamp"]!.ToString()) - (first + (20 * i)), -1, 1);
                    Assert.Equal("inbound", media[i]["media"]!["track"]!.ToString());
                    Assert.Equal(216, media[i]["media"]!["payload"]!.ToString().Length);
                }
            },
            options: new TwilioTwinOptions { CustomParameters = new Dictionary<string, string> { ["token"] = "secret" } });
        Assert.Equal(TwilioTwinEnd.NodeClosed, record.End);
        Assert.Equal(1000, record.CloseCode);
        Assert.Equal("bye", record.CloseReason);
    }

    [Fact]
    public void Plays_in_real_time_joins_remainders_and_echoes_marks_when_their_audio_was_played()
    {
        TwilioTwinRecord record = TwinNode.Run(async node =>
        {
            node.Mark("at once");
            node.Play(s_tone[..3001]);
            node.Mark("one");
            node.Play(s_tone[3001..]);
            node.Mark("two");
            await node.WaitAsync(2000);
            Assert.Equal(["at once", "one", "two"], node.Of("mark").Select(m => m["mark"]!["name"]!.ToString()));
        });

        // 3001 bytes are 375.125 ms: done in the 19th frame. 8000 are 1000 ms.
        Assert.Equal([1d, 380d, 1000d], record.Marks.Select(m => m.EchoedAt!.Value.TotalMilliseconds));
        Assert.DoesNotContain(record.Marks, m => m.Cleared);
        Assert.Equal(s_tone.Select(TelephoneCodec.FromMuLaw), record.Heard.Samples[..8000].ToArray());
        Assert.Equal(0, record.Heard.Samples[8000..].ToArray().Max(s => Math.Abs((int)s)));
        Assert.Equal(0, record.Underruns);
        Assert.Equal(record.Said.Length, record.Heard.Length);
    }

    [Fact]
    public void Clear_silences_at_once_and_returns_every_pending_mark()
    {
        TwilioTwinRecord record = TwinNode.Run(async node =>
        {
            for (int i = 0; i < 10; i++)
            {
                node.Play(s_tone[(i * 800)..((i + 1) * 800)]);
                node.Mark("m" + i);
            }

            await node.WaitAsync(250);
            node.Clear();
            await node.WaitAsync(100);
            Assert.Equal(Enumerable.Range(0, 10).Select(i => "m" + i), node.Of("mark").Select(m => m["mark"]!["name"]!.ToString()));
        });
        TwilioTwinClear clear = Assert.Single(record.Clears);
        Assert.Equal(8, clear.Marks);
        Assert.Equal(760, clear.DroppedMs, 1.0);
        Assert.Equal(8, record.Marks.Count(m => m.Cleared));
        Assert.All(record.Heard.Samples[(260 * 8)..].ToArray(), s => Assert.Equal(0, s));
    }

    [Theory]
    [InlineData("""{"event":"media","streamSid":"SID","media":{"payload":"/////w==","track":"outbound"}}""")]
    [InlineData("""{"event":"media","streamSid":"SID","sequenceNumber":"1","media":{"payload":"/////w=="}}""")]
    [InlineData("""{"event":"media","streamSid":"SID","media":{}}""")]
    [InlineData("""{"event":"media","streamSid":"SID","media":{"payload":"%%"}}""")]
    [InlineData("""{"event":"media","streamSid":"SID"}""")]
    [InlineData("""{"event":"media","media":{"payload":"/////w=="}}""")]
    [InlineData("""{"event":"media","streamSid":"MZ0","media":{"payload":"/////w=="}}""")]
    [InlineData("""{"event":"mark","streamSid":"SID"}""")]
    [InlineData("""{"event":"clear","streamSid":"SID","mark":{"name":"x"}}""")]
    [InlineData("""{"event":"hangup","streamSid":"SID"}""")]
    [InlineData("""{"event":"clear","streamSid":"SID"} x""")]
    [InlineData("nonsense")]
    public void What_the_vendor_rejects_is_warned_of_with_31951_and_ignored(string message)
    {
        TwilioTwinRecord record = TwinNode.Run(async node =>
        {
            node.Send(message.Replace("SID", node.StreamSid, StringComparison.Ordinal));
            await node.WaitAsync(40);
            node.Mark("still here");
            await node.WaitAsync(40);
        });
        Assert.Equal(31951, Assert.Single(record.Warnings).Code);
        Assert.Equal(0, record.MediaReceived);
        Assert.Equal("still here", Assert.Single(record.Marks).Name);
    }

    [Fact]
    public void A_binary_frame_is_31950_and_more_than_the_buffer_holds_31931()
    {
        TwilioTwinRecord record = TwinNode.Run(
            async node =>
            {
                node.SendBinary();
                node.Play(new byte[8000]);
                node.Play(new byte[8000]);
                await node.WaitAsync(2500);
            },
            options: new TwilioTwinOptions { MaxBuffered = TimeSpan.FromMilliseconds(1500) });
        Assert.Equal([31950, 31931], record.Warnings.Select(w => w.Code));
        Assert.Equal(1500, record.MostBufferedMs, 0.1);
    }

    [Fact]
    public void The_callee_answers_after_silence_presses_digits_and_hangs_up_with_stop()
    {
        TwilioTwinRecord record = TwinNode.Run(
            async node =>
            {
                await node.WaitAsync(4000);
                node.Play(s_tone);
                await node.WaitAsync(8000);
                Assert.Equal(["1", "#"], node.Of("dtmf").Select(d => d["dtmf"]!["digit"]!.ToString()));
                Assert.Equal("inbound_track", node.Of("dtmf").First()["dtmf"]!["track"]!.ToString());
                Assert.Equal("stop", node.Messages[^1].Message["event"]!.ToString());
                Assert.Equal(1000, node.CloseCode);
            },
            """[{"by":"callee","when":"answered","afterMs":500,"say":"restaurant-greeting"},{"by":"callee","afterMs":600,"dtmf":"1#","say":"restaurant-hold","hangUp":true}]""");
        Assert.Equal(TwilioTwinEnd.CalleeHungUp, record.End);
        Assert.Equal(500, record.Turns[0].StartedAt.TotalMilliseconds);
        Assert.InRange(record.Turns[1].StartedAt.TotalMilliseconds, 4000 + 1000 + 500, 4000 + 1000 + 700);
        TwilioTwinSpeech heard = Assert.Single(record.AgentSpeech);
        Assert.InRange(heard.Start.TotalMilliseconds, 4000, 4100);
        Assert.Equal(ClipLibrary.Get("restaurant-greeting").At(8000).ToArray(), record.Said.Samples.Slice(500 * 8, 15001).ToArray());
    }

    [Fact]
    public void The_callee_gives_up_when_nothing_comes()
    {
        TwilioTwinRecord record = TwinNode.Run(
            node => node.WaitAsync(5000),
            """[{"by":"callee","when":"answered","say":"restaurant-hello"},{"by":"callee","say":"restaurant-hold"}]""",
            more: "\"callee\":{\"patienceMs\":2000},");
        Assert.Equal(TwilioTwinEnd.CalleeGaveUp, record.End);
        Assert.Equal(1900 + 2000, record.EndedAt.TotalMilliseconds, 60.0);
    }

    [Fact]
    public void Lost_frames_leave_a_gap_in_chunks_but_not_in_sequence_numbers()
    {
        TwinNode.Run(
            async node =>
            {
                await node.WaitAsync(500);
                Assert.Equal(["1", "2", "3", "4", "6", "7", "8", "9", "11"], node.Of("media").Take(9).Select(m => m["media"]!["chunk"]!.ToString()));
                Assert.Equal(Enumerable.Range(2, 9).Select(n => n.ToString()), node.Of("media").Take(9).Select(m => m["sequenceNumber"]!.ToString()));
            },
            more: "\"line\":{\"loseEveryFrames\":5},");
    }

    [Fact]
    public void A_noisy_line_has_its_level_and_an_echo_comes_back_later()
    {
        TwilioTwinRecord noisy = TwinNode.Run(node => node.WaitAsync(2000), more: "\"line\":{\"noiseDb\":-40},");
        Assert.Equal(-40, Loudness.Db(noisy.Said.Samples), 0.6);

        TwilioTwinRecord echo = TwinNode.Run(
            async node =>
            {
                node.Play(s_tone);
                await node.WaitAsync(2000);
            },
            more: "\"line\":{\"echoDb\":-6,\"echoDelayMs\":200},");
        Assert.Equal(0, echo.Said.Samples[..1600].ToArray().Max(s => Math.Abs((int)s)));
        Assert.Equal(Loudness.Db(echo.Heard.Samples[..8000]) - 6, Loudness.Db(echo.Said.Samples.Slice(1600, 8000)), 0.2);
    }

    [Fact]
    public void A_quiet_line_takes_its_decibels_from_the_voice_alone()
    {
        const string Turns = """[{"by":"callee","when":"answered","say":"restaurant-greeting"}]""";
        TwilioTwinRecord usual = TwinNode.Run(node => node.WaitAsync(3000), Turns), quiet = TwinNode.Run(node => node.WaitAsync(3000), Turns, more: "\"line\":{\"levelDb\":-12},");
        Assert.Equal(Loudness.Db(usual.Said.Samples) - 12, Loudness.Db(quiet.Said.Samples), 0.2);
    }

    [Fact]
    public void A_menu_waits_for_its_digits_as_tones_and_for_nothing_else()
    {
        TwilioTwinRecord record = TwinNode.Run(
            async node =>
            {
                await node.WaitAsync(1000);
                node.Play(ClipLibrary.Get("concierge-purpose").At(8000).ToArray().Select(TelephoneCodec.ToMuLaw).ToArray());
                await node.WaitAsync(8000);
                node.Play(Keys("2"));
                await node.WaitAsync(2000);
                node.Play(Keys("31#"));
                await node.WaitAsync(3000);
            },
            """[{"by":"callee","when":"digits","digits":"1#","afterMs":400,"say":"restaurant-hello"}]""");
        Assert.Equal("231#", string.Concat(record.DigitsHeard.Select(d => d.Digit)));
        TwilioTwinTurn turn = Assert.Single(record.Turns);
        Assert.Equal(400, (turn.StartedAt - record.DigitsHeard[^1].At).TotalMilliseconds, 20.0);
        Assert.False(turn.Interrupts);
    }

    [Fact]
    public void Every_key_is_heard_once_through_mu_law_and_no_clip_is_taken_for_one()
    {
        var detector = new DtmfDetector();
        Assert.Equal("0123456789*#ABCD", Heard(detector, Keys("0123456789*#ABCD").Select(TelephoneCodec.FromMuLaw).ToArray()));
        Assert.Equal("55", Heard(detector, Keys("55").Select(TelephoneCodec.FromMuLaw).ToArray()));
        Assert.All(ClipLibrary.Names, clip => Assert.Equal("", Heard(detector, ClipLibrary.Get(clip).At(8000).ToArray())));
        Assert.Equal("", Heard(detector, HoldMusic.Create(20_000)));
    }

    [Fact]
    public void Hold_music_goes_on_without_a_pause_that_would_end_a_turn()
    {
        TwilioTwinRecord record = TwinNode.Run(node => node.WaitAsync(7000), """[{"by":"callee","when":"answered","musicMs":6000,"text":"(music)"}]""");
        for (int at = 0; at < 5900; at += 100)
        {
            Assert.InRange(Loudness.Db(record.Said.Samples.Slice(at * 8, 800)), -36, -12);
        }

        Assert.Equal(6000, record.Turns[0].EndedAt!.Value.TotalMilliseconds);
    }

    [Fact]
    public void Somebody_who_talks_over_the_agent_goes_on_while_it_speaks()
    {
        TwilioTwinRecord record = TwinNode.Run(
            async node =>
            {
                node.Play(ClipLibrary.Get("concierge-details").At(8000).ToArray().Select(TelephoneCodec.ToMuLaw).ToArray());
                await node.WaitAsync(9000);
            },
            """[{"by":"callee","when":"speaking","afterMs":1000,"say":"restaurant-hello"},{"by":"callee","when":"elapsed","afterMs":300,"say":"restaurant-when"}]""");
        Assert.Equal(2, record.Turns.Count);
        Assert.True(record.Turns[0].Interrupts);
        Assert.Null(record.Turns[0].AgentStoppedAt);
        Assert.True(record.AgentSpeech[^1].End > record.Turns[1].EndedAt);
    }

    private static byte[] Keys(string keys) => Array.ConvertAll(SpokenText.Dial(keys), TelephoneCodec.ToMuLaw);

    private static string Heard(DtmfDetector detector, short[] samples)
    {
        string heard = "";
        for (int at = 0; at + 160 <= samples.Length; at += 160)
        {
            heard += detector.Process(samples.AsSpan(at, 160));
        }

        return heard;
    }

    [Fact]
    public void Faults_happen_when_they_were_told_to()
    {
        TwilioTwinRecord reset = TwinNode.Run(node => node.WaitAsync(2000), options: Faulty(new TwilioTwinFaults { ResetAt = TimeSpan.FromSeconds(1) }));
        Assert.Equal(TwilioTwinEnd.Fault, reset.End);
        Assert.Equal(1000, reset.EndedAt.TotalMilliseconds);

        TwilioTwinRecord closed = TwinNode.Run(
            async node =>
            {
                await node.WaitAsync(2000);
                Assert.Equal(1001, node.CloseCode);
                Assert.Empty(node.Of("stop"));
            },
            options: Faulty(new TwilioTwinFaults { CloseAt = TimeSpan.FromSeconds(1), CloseCode = 1001 }));
        Assert.Equal(TwilioTwinEnd.Fault, closed.End);

        TwinNode.Run(
            async node =>
            {
                node.Mark("swallowed");
                await node.WaitAsync(1000);
                Assert.Empty(node.Of("mark"));
                Assert.Equal(5, node.Malformed);
                Assert.Equal(10, node.Of("weather").Count());
                Assert.Equal(25, node.Of("media").Count());
            },
            options: Faulty(new TwilioTwinFaults { SwallowMarks = true, MalformedEveryFrames = 10, UnknownEveryFrames = 5, SilentFrom = TimeSpan.FromMilliseconds(505) }));

        TwinNode.Run(
            async node =>
            {
                await node.WaitAsync(300);
                Assert.Single(node.Messages);
            },
            options: Faulty(new TwilioTwinFaults { NeverStart = true }));

        static TwilioTwinOptions Faulty(TwilioTwinFaults faults) => new() { Faults = faults };
    }

    [Fact]
    public void Signs_as_the_vendor_does()
    {
        // PROTOCOL A.9, known answers.
        Dictionary<string, string> form = new()
        {
            ["CallSid"] = "CA1234567890ABCDE",
            ["Caller"] = "+14158675310",
            ["Digits"] = "1234",
            ["From"] = "+14158675310",
            ["To"] = "+18005551212",
        };
        Assert.Equal("L/OH5YylLD5NRKLltdqwSvS0BnU=", TwilioSignature.Sign("12345", "https://example.com/myapp.php?foo=1&bar=2", form));
        Assert.Equal("7PR3qMkpDyEJtMrVOY/LDyNq8J8=", TwilioSignature.Sign("12345", "wss://example.com/media"));
    }
}
