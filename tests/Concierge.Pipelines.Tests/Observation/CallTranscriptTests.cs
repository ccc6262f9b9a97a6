namespace Concierge.Pipelines.Tests.Observation;

public sealed class CallTranscriptTests
{
    private readonly CallTranscript _transcript = new();

    [Fact]
    public void Orders_turns_by_when_they_were_spoken_not_by_when_their_text_arrived()
    {
        Tell(
            new CallEvent.ModelReady(At(0), "s"),
            new CallEvent.CallerSpeechStarted(At(1), "u1", At(1)),
            new CallEvent.CallerSpeechStopped(At(2), "u1", At(2)),
            new CallEvent.AgentTranscriptCompleted(At(2.1), "r1", "a1", "Good evening."),
            new CallEvent.AgentSpeechStarted(At(2.2), "r1", "a1", At(2.2)),
            new CallEvent.AgentSpeechEnded(At(4), "r1", "a1", At(1.8)),
            new CallEvent.CallerTranscriptCompleted(At(4.5), "u1", "Hello?"));
        Assert.Equal(["Hello?", "Good evening."], _transcript.ToEntries().Select(e => e.Text));
    }

    [Fact]
    public void Does_not_repeat_what_came_in_pieces_and_whole()
    {
        Tell(
            new CallEvent.AgentSpeechStarted(At(1), "r", "a", At(1)),
            new CallEvent.AgentTranscriptDelta(At(1), "r", "a", "Good "),
            new CallEvent.AgentTranscriptDelta(At(1), "r", "a", "evening."),
            new CallEvent.AgentTranscriptCompleted(At(1), "r", "a", "Good evening."));
        Assert.Equal("Good evening.", Assert.Single(_transcript.ToEntries()).Text);
    }

    [Fact]
    public void Keeps_the_words_heard_up_to_an_interruption_and_those_that_were_not()
    {
        Tell(
            new CallEvent.AgentSpeechStarted(At(1), "r", "a", At(1)),
            new CallEvent.AgentTranscriptDelta(At(1), "r", "a", "one two three four five six seven eight"),
            new CallEvent.AgentInterrupted(At(2), "r", "a", At(1), At(2), TimeSpan.Zero));
        TranscriptEntry entry = Assert.Single(_transcript.ToEntries());
        Assert.True(entry.Interrupted);
        Assert.Equal("one two three four", entry.Text);
        Assert.Equal("five six seven eight", entry.UnheardText);
        Assert.Equal(At(2), entry.End);
    }

    [Fact]
    public void Leaves_out_what_the_agent_meant_to_say_and_nobody_heard()
    {
        Tell(new CallEvent.AgentTranscriptDelta(At(1), "r", "a", "never sent"));
        Assert.Empty(_transcript.ToEntries());
    }

    private static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);

    private void Tell(params CallEvent[] events)
    {
        foreach (CallEvent e in events)
        {
            _transcript.OnEvent(e);
        }
    }
}
