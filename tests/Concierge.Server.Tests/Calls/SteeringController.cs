using System.Collections.Concurrent;
using Concierge.Pipelines;
using Concierge.Protocols.MediaStreams;
using Concierge.Protocols.Realtime;

namespace Concierge.Server.Tests.Calls;

/// <summary>Speaks first and does what the test wants when the model calls a tool.</summary>
internal sealed class SteeringController(
    RealtimeSessionConfig session, Func<StreamStart, CancellationToken, ValueTask> admit, Action<ICallControl> onTool, ConcurrentQueue<CallEvent> events) : ICallController
{
    public async ValueTask<RealtimeSessionConfig> ConfigureAsync(StreamStart start, CancellationToken cancellationToken)
    {
        await admit(start, cancellationToken);
        return session with { Tools = [new RealtimeFunctionTool("steer", "Steers the call.", """{"type":"object"}""")] };
    }

    public ValueTask OnEventAsync(CallEvent callEvent, ICallControl call, CancellationToken cancellationToken)
    {
        events.Enqueue(callEvent);
        switch (callEvent)
        {
            case CallEvent.ModelReady:
                call.RequestResponse();
                break;
            case CallEvent.ToolCallRequested request:
                call.SubmitToolOutput(request.CallId, "{}", respond: false);
                onTool(call);
                break;
        }

        return ValueTask.CompletedTask;
    }
}
