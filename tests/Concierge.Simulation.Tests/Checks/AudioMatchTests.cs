using Concierge.Simulation.Checks;
using Concierge.Simulation.Realtime;
using Concierge.Simulation.Scenarios;
using Concierge.Simulation.Speech;
using Concierge.Simulation.Tests.Calls;

namespace Concierge.Simulation.Tests.Checks;

public sealed class AudioMatchTests
{
    private const int At = 12_345;

    [Fact]
    public void Finds_a_clip_that_went_through_mu_law_and_names_its_place_level_and_noise()
    {
        short[] heard = Heard(out SpeechClip clip);

        AudioMatchResult match = AudioMatch.Compare(clip.At(24000).Span, 24000, heard, 8000);

        Assert.Equal(At / 8.0, match.OffsetMs, 0.02);
        Assert.InRange(match.GainDb, -0.05, 0.05);
        Assert.InRange(match.SnrDb, 30, 42);
        Assert.Equal(0, match.GapMs);
        Assert.InRange(match.EdgeExcessDb, 0, 3);
    }

    [Fact]
    public void Measures_a_level_that_is_three_decibels_off()
    {
        short[] heard = Heard(out SpeechClip clip);
        for (int i = 0; i < heard.Length; i++)
        {
            heard[i] = (short)(heard[i] * 0.7079);
        }

        Assert.Equal(-3.0, AudioMatch.Compare(clip.At(8000).Span, 8000, heard, 8000).GainDb, 0.1);
    }

    [Fact]
    public void Counts_a_gap_in_speech()
    {
        short[] heard = Heard(out SpeechClip clip);
        heard.AsSpan(At + 4000, 800).Clear();

        Assert.InRange(AudioMatch.Compare(clip.At(8000).Span, 8000, heard, 8000).GapMs, 40, 110);
    }

    [Fact]
    public void Shows_clicks_at_frame_edges()
    {
        short[] heard = Heard(out SpeechClip clip);
        for (int i = At - (At % 160); i < At + clip.At(8000).Length; i += 160)
        {
            heard[i] = (short)Math.Clamp(heard[i] + 900, short.MinValue, short.MaxValue);
        }

        Assert.True(AudioMatch.Compare(clip.At(8000).Span, 8000, heard, 8000).EdgeExcessDb > 6);
    }

    [Fact]
    public void Does_not_take_another_clip_for_it()
    {
        short[] heard = Heard(out _);

        AudioMatchResult match = AudioMatch.Compare(ClipLibrary.Get("concierge-party").At(8000).Span, 8000, heard, 8000);

        Assert.InRange(match.Correlation, -0.4, 0.4);
    }

    [Fact]
    public void Both_ends_of_a_bridged_call_heard_what_the_other_said()
    {
        BridgedCall call = BridgedCall.Run(ScenarioLibrary.BookingConfirmed);
        foreach (RealtimeTwinResponse response in call.Model.Responses.Where(r => r.Clip is not null && r.TruncatedAtMs is null))
        {
            AudioMatchResult match = AudioMatch.Compare(response.DecodeAudio(), 8000, call.Carrier.Heard.Samples, 8000);
            Assert.True(match.SnrDb > 60 && match.GapMs == 0, $"{response.Clip!.Name}: {match}");
        }

        foreach (RealtimeTwinUserTurn turn in call.Model.UserTurns)
        {
            AudioMatchResult match = AudioMatch.Compare(ClipLibrary.Get(turn.Clip!).At(8000).Span, 8000, call.Model.Heard.Samples, 8000);
            Assert.True(match.SnrDb > 60 && match.GapMs == 0, $"{turn.Clip}: {match}");
        }
    }

    private static short[] Heard(out SpeechClip clip)
    {
        clip = ClipLibrary.Get("concierge-purpose");
        short[] samples = clip.At(8000).ToArray();
        var heard = new short[At + samples.Length + 20_000];
        for (int i = 0; i < samples.Length; i++)
        {
            heard[At + i] = TelephoneCodec.FromMuLaw(TelephoneCodec.ToMuLaw(samples[i]));
        }

        return heard;
    }
}
