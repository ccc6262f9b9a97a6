using System.Text;
using Concierge.Calls.Outcome;
using Concierge.Pipelines;

namespace Concierge.Server.Demo;

/// <summary>Keeps the call's events and shows them as they come.</summary>
/// <param name="console">Where they are shown.</param>
internal sealed class DemoObserver(DemoConsole console) : ICallObserver
{
    private readonly StringBuilder _agentText = new(); // runs ahead of the voice: shown once the voice begins
    private readonly CallTranscript _transcript = new();
    private bool _agentSpeaks;

    public List<CallEvent> Events { get; } = [];

    /// <summary>What the process had allocated when the call had settled, after the agent's first answer; 0 before that.</summary>
    public long AllocatedAtStart { get; private set; }

    /// <summary>Frames of both directions by then.</summary>
    public long FramesAtStart { get; private set; }

    /// <summary>Frames of both directions so far, told by whoever watches the line.</summary>
    public long FramesSeen { get; set; }

    public void OnEvent(CallEvent callEvent)
    {
        Events.Add(callEvent);
        _transcript.OnEvent(callEvent);
        switch (callEvent)
        {
            case CallEvent.CallerSpeechStarted started:
                console.OnTurnStarted(TranscriptSpeaker.Caller, started.At);
                break;
            case CallEvent.CallerSpeechStopped stopped:
                console.OnTurnEnded(TranscriptSpeaker.Caller, stopped.At);
                break;
            case CallEvent.CallerTranscriptDelta delta:
                console.OnTranscript(TranscriptSpeaker.Caller, delta.Text);
                break;
            case CallEvent.CallerTranscriptCompleted completed:
                console.OnTranscriptCompleted(TranscriptSpeaker.Caller, completed.Text);
                break;
            case CallEvent.ResponseStarted:
                _agentText.Clear();
                _agentSpeaks = false;
                break;
            case CallEvent.AgentTranscriptDelta delta:
                ShowAgent(delta.Text);
                break;
            case CallEvent.AgentSpeechStarted started:
                _agentSpeaks = true;
                console.OnTurnStarted(TranscriptSpeaker.Agent, started.At);
                console.OnTranscript(TranscriptSpeaker.Agent, _agentText.ToString());
                break;
            case CallEvent.AgentSpeechEnded ended:
                console.OnTurnEnded(TranscriptSpeaker.Agent, ended.At);
                console.OnTranscriptCompleted(TranscriptSpeaker.Agent, _agentText.ToString());
                MarkStart();
                break;
            case CallEvent.AgentInterrupted interrupted:
                console.OnInterrupted(interrupted.At, _transcript.ToEntries().LastOrDefault(e => e.ItemId == interrupted.ItemId)?.Text);
                break;
            case CallEvent.CallEnded ended:
                console.OnEnded(ended.At, ended.Reason.Describe(), ended.Reason.IsOrderly());
                break;
        }
    }

    private void MarkStart()
    {
        if (AllocatedAtStart == 0)
        {
            AllocatedAtStart = GC.GetTotalAllocatedBytes();
            FramesAtStart = FramesSeen;
        }
    }

    private void ShowAgent(string text)
    {
        _agentText.Append(text);
        if (_agentSpeaks)
        {
            console.OnTranscript(TranscriptSpeaker.Agent, text);
        }
    }
}
