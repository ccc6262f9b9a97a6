using Concierge.Pipelines;
using Concierge.Protocols.Realtime;

namespace Concierge.Agents.Tests;

/// <summary>A call that writes down what is asked of it, in order.</summary>
internal sealed class FakeCall : ICallControl
{
    private readonly Lock _gate = new();
    private readonly List<string> _asked = [];
    private readonly Dictionary<string, TaskCompletionSource> _answered = [];

    /// <summary>Everything asked for, in order.</summary>
    public IReadOnlyList<string> Asked
    {
        get
        {
            lock (_gate)
            {
                return [.. _asked];
            }
        }
    }

    public Dictionary<string, (string Output, bool Respond)> Outputs { get; } = [];

    public List<RealtimeSessionConfig> Updates { get; } = [];

    public List<CallTransfer> Transfers { get; } = [];

    /// <summary>What happens when the session is changed; by default nothing, and nobody confirms.</summary>
    public Action? OnUpdate { get; set; }

    public string StreamSid => "MZ1";

    public string CallSid => "CA1";

    /// <summary>Completes when a tool call has been answered.</summary>
    public Task AnsweredAsync(string callId) => Waiter(callId).Task.WaitAsync(TimeSpan.FromSeconds(30));

    public void RequestResponse(string? instructions = null) => Note($"respond {instructions}".TrimEnd());

    public void SubmitToolOutput(string callId, string output, bool respond = true)
    {
        Note($"output {callId}");
        lock (_gate)
        {
            Outputs[callId] = (output, respond);
        }

        Waiter(callId).TrySetResult();
    }

    public void SendUserText(string text) => Note($"user {text}");

    public void SendSystemText(string text) => Note($"system {text}");

    public void SendAudio(ReadOnlyMemory<byte> muLaw, bool commit = false) => Note($"audio {muLaw.Length}{(commit ? " commit" : "")}");

    public void UpdateSession(RealtimeSessionConfig config)
    {
        Note($"update {config.Instructions}");
        Updates.Add(config);
        OnUpdate?.Invoke();
    }

    public void Interrupt() => Note("interrupt");

    public void PressKeys(string keys, KeyMethod method = KeyMethod.InStream) => Note($"press {keys}");

    public void Transfer(CallTransfer transfer)
    {
        Transfers.Add(transfer);
        Note($"transfer {transfer.Target}");
    }

    public void EndAfterPlayback() => Note("end after playback");

    public void End(CallEndReason reason) => Note($"end {reason}");

    private void Note(string what)
    {
        lock (_gate)
        {
            _asked.Add(what);
        }
    }

    private TaskCompletionSource Waiter(string callId)
    {
        lock (_gate)
        {
            if (!_answered.TryGetValue(callId, out TaskCompletionSource? waiter))
            {
                _answered[callId] = waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            return waiter;
        }
    }
}
