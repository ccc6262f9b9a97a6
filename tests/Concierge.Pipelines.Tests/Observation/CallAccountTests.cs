using Concierge.Protocols.Realtime;

namespace Concierge.Pipelines.Tests.Observation;

public sealed class CallAccountTests
{
    [Fact]
    public void Every_step_of_an_answer_is_told_from_the_callers_last_word_to_the_ear()
    {
        var account = new CallAccount();
        account.OnEvent(new CallEvent.CallerSpeechStarted(Ms(100), "u1", Ms(0)));
        account.OnEvent(new CallEvent.CallerSpeechStopped(Ms(1_000), "u1", Ms(0)));
        account.OnEvent(new CallEvent.ResponseStarted(Ms(1_050), "r1"));
        account.OnEvent(new CallEvent.AgentSpeechStarted(Ms(1_402), "r1", "a1", Ms(1_400)));
        account.OnEvent(new CallEvent.AgentSpeechPlayed(Ms(1_430), "r1", "a1"));
        account.OnEvent(new CallEvent.AgentSpeechStarted(Ms(3_000), "r1", "a2", Ms(1_500))); // its second part is no second answer
        account.OnEvent(new CallEvent.ResponseStarted(Ms(5_000), "r2"));

        CallTimeline timeline = account.ToTimeline();
        Assert.Equal(2, timeline.Turns.Count);
        Assert.Equal(new TurnTiming("r1", Ms(1_000), Ms(1_050), Ms(1_400), Ms(1_402), Ms(1_430)), timeline.Turns[0]);
        Assert.Equal((Ms(400), Ms(2), Ms(28), Ms(430)), (timeline.Turns[0].Model, timeline.Turns[0].Node, timeline.Turns[0].Carrier, timeline.Turns[0].Whole));
        Assert.Null(timeline.Turns[1].CallerStopped); // nobody's turn brought it about
        Assert.Null(timeline.Turns[1].Whole);
    }

    [Fact]
    public void Percentiles_are_of_the_answers_that_have_the_step()
    {
        var timeline = new CallTimeline([.. Enumerable.Range(1, 20).Select(i => new TurnTiming($"r{i}", Ms(0), Ms(0), Ms(i * 10), null, null)), new TurnTiming("r", null, Ms(0), null, null, null)]);
        Assert.Equal(Ms(100), timeline.Percentile(t => t.Model, 0.5));
        Assert.Equal(Ms(190), timeline.Percentile(t => t.Model, 0.95));
        Assert.Equal(Ms(200), timeline.Percentile(t => t.Model, 1));
        Assert.Null(timeline.Percentile(t => t.Whole, 0.5));
    }

    [Fact]
    public void Usage_is_summed_over_responses_and_transcriptions()
    {
        var account = new CallAccount();
        account.OnEvent(Done(new RealtimeUsage(0, 110, 100, 10, 64, 30, 5, 25, 60, 4)));
        account.OnEvent(Done(new RealtimeUsage(0, 110, 100, 10, 0, 30, 5, 25)));
        account.OnEvent(Done(null));
        account.OnEvent(new CallEvent.CallerTranscriptCompleted(Ms(0), "u1", "hello", new RealtimeUsage(0, 0, 0, 0, 0, 0, 0, 0, Seconds: 3)));
        Assert.Equal(
            new CallUsage
            {
                Responses = 2,
                InputText = 200,
                InputAudio = 20,
                InputCached = 64,
                InputCachedText = 60,
                InputCachedAudio = 4,
                OutputText = 10,
                OutputAudio = 50,
                TranscribedSeconds = 3,
            },
            account.Usage);
    }

    private static CallEvent Done(RealtimeUsage? usage) => new CallEvent.ResponseEnded(Ms(0), new RealtimeResponseInfo("r", "completed", null, null, null, null, [], usage));

    private static TimeSpan Ms(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
