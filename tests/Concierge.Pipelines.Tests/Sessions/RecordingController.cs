using Concierge.Protocols.MediaStreams;
using Concierge.Protocols.Realtime;

namespace Concierge.Pipelines.Tests.Sessions;

internal sealed class RecordingController : ICallController
{
    public List<CallEvent> Events { get; } = [];

    public ICallControl? Call { get; private set; }

    public RealtimeSessionConfig Config { get; init; } = new() { Instructions = "Be brief." };

    public CallConduct Conduct { get; init; } = CallConduct.Default;

    public Func<StreamStart, ValueTask>? OnConfigure { get; init; }

    public Action<CallEvent, ICallControl>? OnEvent { get; init; }

    public async ValueTask<RealtimeSessionConfig> ConfigureAsync(StreamStart start, CancellationToken cancellationToken)
    {
        if (OnConfigure is not null)
        {
            await OnConfigure(start);
        }

        return Config;
    }

    public ValueTask OnEventAsync(CallEvent callEvent, ICallControl call, CancellationToken cancellationToken)
    {
        Call = call;
        Events.Add(callEvent);
        OnEvent?.Invoke(callEvent, call);
        return ValueTask.CompletedTask;
    }
}
