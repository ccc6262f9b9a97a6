using System.Text;

namespace Concierge.Pipelines;

/// <summary>
/// Puts a call's words in the order in which they were spoken. Transcripts arrive when the model gets round to them, the caller's often
/// after the agent's answer to it; the order here is by the beginning of speech. Feed it every event; not thread-safe.
/// </summary>
public sealed class CallTranscript : ICallObserver
{
    private readonly List<Turn> _turns = [];
    private TimeSpan _audioStart;

    /// <inheritdoc/>
    public void OnEvent(CallEvent callEvent)
    {
        switch (callEvent)
        {
            case CallEvent.ModelReady ready:
                _audioStart = ready.At;
                break;
            case CallEvent.CallerSpeechStarted started:
                Turn caller = Get(CallSpeaker.Caller, started.ItemId);
                caller.Start = caller.End = started.At;
                break;
            case CallEvent.CallerSpeechStopped stopped:
                Get(CallSpeaker.Caller, stopped.ItemId).End = stopped.At;
                break;
            case CallEvent.CallerTranscriptDelta delta:
                Get(CallSpeaker.Caller, delta.ItemId).Text.Append(delta.Text);
                break;
            case CallEvent.CallerTranscriptCompleted completed:
                Get(CallSpeaker.Caller, completed.ItemId).Replace(completed.Text);
                break;
            case CallEvent.AgentTranscriptDelta delta:
                Get(CallSpeaker.Agent, delta.ItemId).Text.Append(delta.Text);
                break;
            case CallEvent.AgentTranscriptCompleted completed:
                Turn complete = Get(CallSpeaker.Agent, completed.ItemId);
                if (!complete.Interrupted)
                {
                    complete.Replace(completed.Text);
                }

                break;
            case CallEvent.AgentSpeechStarted started:
                Turn agent = Get(CallSpeaker.Agent, started.ItemId);
                agent.Start = agent.End = started.At;
                agent.Spoken = true;
                break;
            case CallEvent.AgentSpeechEnded ended:
                Get(CallSpeaker.Agent, ended.ItemId).End = ended.At;
                break;
            case CallEvent.AgentInterrupted interrupted:
                Get(CallSpeaker.Agent, interrupted.ItemId).CutAt(interrupted);
                break;
        }
    }

    /// <summary>The turns so far that have words, in the order in which they were spoken.</summary>
    public IReadOnlyList<TranscriptEntry> ToEntries()
    {
        var entries = new List<TranscriptEntry>(_turns.Count);
        foreach (Turn turn in _turns)
        {
            if (turn.Text.Length > 0 && (turn.Spoken || turn.Speaker == CallSpeaker.Caller))
            {
                entries.Add(turn.ToEntry());
            }
        }

        entries.Sort(static (a, b) => a.Start.CompareTo(b.Start));
        return entries;
    }

    private Turn Get(CallSpeaker speaker, string itemId)
    {
        foreach (Turn turn in _turns)
        {
            if (turn.ItemId == itemId)
            {
                return turn;
            }
        }

        var added = new Turn(speaker, itemId) { Start = _audioStart, End = _audioStart };
        _turns.Add(added);
        return added;
    }

    private sealed class Turn(CallSpeaker speaker, string itemId)
    {
        private double _heardFraction = 1;

        public CallSpeaker Speaker { get; } = speaker;

        public string ItemId { get; } = itemId;

        public TimeSpan Start { get; set; }

        public TimeSpan End { get; set; }

        public StringBuilder Text { get; } = new();

        public bool Spoken { get; set; }

        public bool Interrupted { get; private set; }

        public void Replace(string text) => Text.Clear().Append(text);

        public void CutAt(CallEvent.AgentInterrupted interruption)
        {
            Interrupted = true;
            End = interruption.At;
            _heardFraction = interruption.Received > TimeSpan.Zero ? interruption.Heard / interruption.Received : 0;
        }

        public TranscriptEntry ToEntry()
        {
            string text = Text.ToString();
            if (!Interrupted)
            {
                return new TranscriptEntry(Speaker, ItemId, Start, End, text, false, "");
            }

            // Words are spread over the audio about evenly; cut behind the last whole word that was heard.
            int cut = Math.Min(text.Length, (int)(text.Length * _heardFraction));
            if (cut < text.Length)
            {
                int space = cut == 0 ? -1 : text.LastIndexOf(' ', cut - 1);
                cut = Math.Max(0, space);
            }

            return new TranscriptEntry(Speaker, ItemId, Start, End, text[..cut].TrimEnd(), true, text[cut..].Trim());
        }
    }
}
