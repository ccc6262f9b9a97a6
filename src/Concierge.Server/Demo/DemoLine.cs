using Concierge.Calls.Outcome;

namespace Concierge.Server.Demo;

/// <summary>One turn as the demo shows it while it is being spoken.</summary>
/// <param name="speaker">Who speaks.</param>
/// <param name="at">When the turn began.</param>
internal sealed class DemoLine(TranscriptSpeaker speaker, TimeSpan at)
{
    public TranscriptSpeaker Speaker { get; } = speaker;

    public TimeSpan At { get; } = at;

    public string Text { get; set; } = "";

    public bool IsComplete { get; set; }

    public bool IsInterrupted { get; set; }
}
