using Concierge.Pipelines.Legs;
using Concierge.Protocols.Realtime;

namespace Concierge.Pipelines.Upstream;

/// <summary>
/// What a new session must be told of a conversation that an old one took with it (PROTOCOL B.2: there is no resume): the words of both sides as heard, and the tools'
/// calls and outputs, in the order in which they happened. Owned by the control loop.
/// </summary>
/// <param name="transcript">The call's transcript, fed by the same events.</param>
/// <param name="clock">The call's clock.</param>
internal sealed class ConversationMemory(CallTranscript transcript, SessionClock clock) : ICallObserver
{
    private readonly List<ToolRecord> _tools = [];
    private readonly List<Note> _notes = [];
    private RealtimeSessionConfig _config = new();
    private bool _responding;
    private bool _callerSpeaks;
    private bool _agentSpeaks;
    private bool _cutOff;
    private TimeSpan _lastSound;

    /// <summary>Whether the agent was cut off by the last loss, or owes the caller an answer.</summary>
    public bool OwesAnswer { get; private set; }

    /// <summary>The session as the controller wants it by now; the control loop changes it, whoever dials reads it.</summary>
    public RealtimeSessionConfig Config
    {
        get => Volatile.Read(ref _config);
        set => Volatile.Write(ref _config, value);
    }

    /// <inheritdoc/>
    public void OnEvent(CallEvent callEvent)
    {
        switch (callEvent)
        {
            case CallEvent.CallerSpeechStarted:
                _callerSpeaks = true;
                break;
            case CallEvent.CallerSpeechStopped stopped:
                _callerSpeaks = false;
                _lastSound = stopped.At;
                break;
            case CallEvent.ResponseStarted:
                _responding = true;
                break;
            case CallEvent.ResponseEnded ended:
                _responding = false;
                _lastSound = ended.At;
                break;
            case CallEvent.AgentSpeechStarted:
                _agentSpeaks = true;
                break;
            case CallEvent.PlaybackIdle idle:
                _agentSpeaks = false;
                _lastSound = idle.At;
                break;
            case CallEvent.AgentInterrupted:
                _cutOff = true;
                break;
            case CallEvent.ToolCallRequested request:
                _tools.Add(new ToolRecord(request.At, request.CallId, request.Name, request.Arguments));
                break;
            case CallEvent.ModelLost:
                OwesAnswer = _responding || _callerSpeaks || _cutOff || LastWordIsTheCallers();
                _responding = _callerSpeaks = false;
                break;
            default:
                return;
        }

        if (callEvent is CallEvent.CallerSpeechStopped or CallEvent.ResponseStarted)
        {
            _cutOff = false; // the interruption has been dealt with by the model itself
        }
    }

    /// <summary>A tool has answered.</summary>
    public void NoteOutput(string callId, string output)
    {
        foreach (ToolRecord tool in _tools)
        {
            if (tool.CallId == callId)
            {
                tool.Output = output;
            }
        }
    }

    /// <summary>The controller has added a text to the conversation.</summary>
    public void NoteText(string text, bool ofSystem) => _notes.Add(new Note(clock.Now, text, ofSystem));

    /// <summary>Whether nobody has spoken, and nothing has been asked for, for a while.</summary>
    public bool IsQuiet(TimeSpan silence) => !_responding && !_callerSpeaks && !_agentSpeaks && clock.Now - _lastSound >= silence;

    /// <summary>Tells a session the conversation so far; the oldest is left out beyond the limit.</summary>
    /// <param name="output">The new session.</param>
    /// <param name="maxCharacters">The limit.</param>
    public void Seed(ModelOutput output, int maxCharacters)
    {
        output.IsSeeded = true;
        List<Memory> memories = Gather();
        int first = memories.Count;
        for (int left = maxCharacters; first > 0 && memories[first - 1].Length <= left; first--)
        {
            left -= memories[first - 1].Length;
        }

        if (first > 0)
        {
            output.SendSystemText("The beginning of the conversation is left out.");
        }

        for (int i = first; i < memories.Count; i++)
        {
            memories[i].Tell(output);
        }
    }

    private bool LastWordIsTheCallers()
    {
        IReadOnlyList<TranscriptEntry> entries = transcript.ToEntries();
        return entries.Count > 0 && entries[^1].Speaker == CallSpeaker.Caller;
    }

    private List<Memory> Gather()
    {
        var memories = new List<Memory>();
        foreach (TranscriptEntry entry in transcript.ToEntries())
        {
            if (entry.Text.Length > 0)
            {
                memories.Add(new Memory(entry.Start, entry, null, null));
            }
        }

        foreach (ToolRecord tool in _tools)
        {
            memories.Add(new Memory(tool.At, null, tool, null));
        }

        foreach (Note note in _notes)
        {
            memories.Add(new Memory(note.At, null, null, note));
        }

        // Stable: what happened at the same instant stays in the order in which it was noted.
        for (int i = 1; i < memories.Count; i++)
        {
            Memory memory = memories[i];
            int at = i;
            for (; at > 0 && memories[at - 1].At > memory.At; at--)
            {
                memories[at] = memories[at - 1];
            }

            memories[at] = memory;
        }

        return memories;
    }

    private sealed class ToolRecord(TimeSpan at, string callId, string name, string arguments)
    {
        public TimeSpan At { get; } = at;

        public string CallId { get; } = callId;

        public string Name { get; } = name;

        public string Arguments { get; } = arguments;

        /// <summary>Null while the tool works: its output follows as any other's.</summary>
        public string? Output { get; set; }
    }

    private sealed record Note(TimeSpan At, string Text, bool OfSystem);

    /// <summary>One thing to tell; one of the three.</summary>
    private readonly record struct Memory(TimeSpan At, TranscriptEntry? Words, ToolRecord? Tool, Note? Note)
    {
        public int Length => Words?.Text.Length ?? Note?.Text.Length ?? (Tool!.Name.Length + Tool.Arguments.Length + (Tool.Output?.Length ?? 0));

        public void Tell(ModelOutput output)
        {
            switch (this)
            {
                case { Words.Speaker: CallSpeaker.Caller }:
                    output.SendUserText(Words.Text);
                    break;
                case { Words: not null }:
                    output.SendAssistantText(Words.Text);
                    break;
                case { Note.OfSystem: true }:
                    output.SendSystemText(Note.Text);
                    break;
                case { Note: not null }:
                    output.SendUserText(Note.Text);
                    break;
                default:
                    output.SendToolCall(Tool!.CallId, Tool.Name, Tool.Arguments);
                    if (Tool.Output is { } result)
                    {
                        output.SendToolOutput(Tool.CallId, result);
                    }

                    break;
            }
        }
    }
}
