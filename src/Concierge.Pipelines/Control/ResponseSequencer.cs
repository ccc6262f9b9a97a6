using Concierge.Pipelines.Legs;

namespace Concierge.Pipelines.Control;

/// <summary>
/// Keeps one response in flight per conversation (PROTOCOL B.5, B.11): requests made while one is active wait for its end and become
/// one, the tool outputs of a response go out together and are followed by one request, and a request that the model's own turn
/// detection has already met is dropped. Single-threaded; the control loop owns it.
/// </summary>
/// <param name="output">Where requests and outputs go; null while there is no model: what is wanted then is asked for once there is one.</param>
internal sealed class ResponseSequencer(IResponseOutput? output = null)
{
    private readonly Dictionary<string, ToolBatch> _byCall = [];
    private IResponseOutput? _output = output;
    private bool _active;          // between response.created and response.done
    private bool _requested;       // our response.create is on its way
    private bool _pending;         // one more is wanted after the active one
    private string? _instructions; // of the pending one
    private bool _speakOnly;       // the pending one may call no tool

    /// <summary>Whether the model begins a response by itself when the caller has spoken.</summary>
    public bool ModelTakesTurns { get; set; } = true;

    /// <summary>Whether a response is active, asked for, or wanted, or a tool has yet to answer.</summary>
    public bool IsBusy => _active || _requested || _pending || _byCall.Count > 0;

    /// <summary>Whether a response is wanted that the model has not begun.</summary>
    public bool IsExpecting => _requested || _pending;

    /// <summary>The model is gone: nothing is active any more, and what was asked for and not begun is wanted again.</summary>
    public void Detach()
    {
        _output = null;
        _active = false;
        _pending |= _requested;
        _requested = false;
    }

    /// <summary>There is a model, at first or again; what is wanted is asked for.</summary>
    public void Attach(IResponseOutput output)
    {
        _output = output;
        if (_pending && !_active && !_requested)
        {
            SendPending();
        }
    }

    /// <summary>Somebody wants the model to speak.</summary>
    /// <param name="instructions">For this response alone; null uses the session's.</param>
    /// <param name="speakOnly">Whether it may only speak and call no tool.</param>
    public void Request(string? instructions, bool speakOnly = false)
    {
        if (_active || _requested || _output is null)
        {
            // What became one request may do what any of them may.
            _speakOnly = speakOnly && (!_pending || _speakOnly);
            _pending = true;
            _instructions = instructions ?? _instructions;
            return;
        }

        Send(instructions, speakOnly);
    }

    /// <summary>The model began a response.</summary>
    public void OnCreated()
    {
        if (!_requested && _pending && _instructions is null)
        {
            // The model took the turn itself, after everything we had added: it has seen it.
            _pending = false;
        }

        _requested = false;
        _active = true;
    }

    /// <summary>A response ended. <paramref name="calls"/> are its complete tool calls.</summary>
    /// <param name="interruptedByCaller">Whether the caller's voice ended it: the model will answer that by itself.</param>
    /// <param name="calls">The ids of the tool calls that wait for an answer.</param>
    public void OnDone(bool interruptedByCaller, IReadOnlyList<string> calls)
    {
        _active = false;
        if (calls.Count > 0)
        {
            var batch = new ToolBatch(calls.Count);
            foreach (string call in calls)
            {
                _byCall[call] = batch;
            }
        }

        if (_pending && !(interruptedByCaller && ModelTakesTurns && _instructions is null))
        {
            SendPending();
        }
    }

    /// <summary>Our request was refused because a response was active; it is made again at that one's end.</summary>
    public void OnRefused()
    {
        _requested = false;
        _pending = true;
        if (!_active)
        {
            // The active response has ended meanwhile: nothing else would send it.
            SendPending();
        }
    }

    /// <summary>A tool call was answered. False for an id that does not wait for an answer.</summary>
    public bool TryAnswer(string callId, string text, bool respond)
    {
        if (!_byCall.Remove(callId, out ToolBatch? batch))
        {
            return false;
        }

        batch.Outputs.Add((callId, text));
        batch.Respond |= respond;
        if (batch.Outputs.Count < batch.Expected)
        {
            return true;
        }

        foreach ((string id, string result) in batch.Outputs)
        {
            _output?.SendToolOutput(id, result); // without a model: the next one is told of it with the rest of the conversation
        }

        if (batch.Respond)
        {
            Request(null);
        }

        return true;
    }

    private void SendPending()
    {
        string? instructions = _instructions;
        bool speakOnly = _speakOnly;
        _pending = false;
        _instructions = null;
        _speakOnly = false;
        Send(instructions, speakOnly);
    }

    private void Send(string? instructions, bool speakOnly)
    {
        _requested = true;
        _output!.SendResponseCreate(instructions, speakOnly);
    }

    private sealed class ToolBatch(int expected)
    {
        public int Expected { get; } = expected;

        public List<(string CallId, string Text)> Outputs { get; } = new(expected);

        public bool Respond { get; set; }
    }
}
