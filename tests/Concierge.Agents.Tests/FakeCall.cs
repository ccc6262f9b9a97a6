using Concierge.Pipelines;
using Concierge.Protocols.Realtime;

namespace Concierge.Agents.Tests;

/// <summary>A call that writes down what is asked of it.</summary>
internal sealed class FakeCall : ICallControl
{
    private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public List<string> Asked { get; } = [];

    public Dictionary<string, (string Output, bool Respond)> Outputs { get; } = [];

    /// <summary>Completes with the first tool output.</summary>
    public Task Answered => _answered.Task.WaitAsync(TimeSpan.FromSeconds(30));

    public string StreamSid => "MZ1";

    public string CallSid => "CA1";

    public void RequestResponse(string? instructions = null) => Asked.Add($"respond {instructions}".TrimEnd());

    public void SubmitToolOutput(string callId, string output, bool respond = true)
    {
        Outputs.Add(callId, (output, respond));
        _answered.TrySetResult();
    }

    public void SendUserText(string text) => Asked.Add($"user {text}");

    public void SendSystemText(string text) => Asked.Add($"system {text}");

    public void SendAudio(ReadOnlyMemory<byte> muLaw, bool commit = false) => Asked.Add($"audio {muLaw.Length}{(commit ? " commit" : "")}");

    public void UpdateSession(RealtimeSessionConfig config) => Asked.Add($"update {config.Instructions}");

    public void Interrupt() => Asked.Add("interrupt");

    public void PressKeys(string keys, KeyMethod method = KeyMethod.InStream) => Asked.Add($"press {keys}");

    public void Transfer(CallTransfer transfer) => Asked.Add($"transfer {transfer.Target}");

    public void EndAfterPlayback() => Asked.Add("end after playback");

    public void End(CallEndReason reason) => Asked.Add($"end {reason}");
}
