using System.IO.Pipelines;
using Concierge.Protocols.MediaStreams;
using Concierge.Protocols.Realtime;
using Concierge.Simulation.Realtime;
using Concierge.Simulation.Scenarios;
using Concierge.Simulation.Twilio;
using Concierge.Simulation.Wire;

namespace Concierge.Pipelines.Tests.Soak;

/// <summary>One call of the soak: a session between both twins, with one fault.</summary>
internal sealed class SoakCall(Scenario scenario, SoakFault fault, TimeProvider time, CallWheel wheel) : IModelConnector, ICallController
{
    private readonly List<Task> _models = [];

    /// <summary>Call ends that the controller was told of.</summary>
    public int Ends { get; private set; }

    public SoakFault Fault => fault;

    public string Scenario => scenario.Name;

    public CallConduct Conduct { get; } = CallConduct.Attentive with { Length = new LengthPolicy { Limit = TimeSpan.FromMinutes(3) } };

    public async Task<CallResult> RunAsync(CallAudioMode mode, TimeSpan startsAfter)
    {
        await Task.Delay(startsAfter, time);
        (IDuplexPipe near, IDuplexPipe far) = InMemoryDuplex.CreatePair();
        var session = new CallSession(near, this, this, new CallSessionOptions { AudioMode = mode }, time, wheel: wheel);
        Task<CallResult> running = session.RunAsync();
        Task<TwilioTwinRecord> carrier = new TwilioTwinStream(far, scenario, time, new TwilioTwinOptions { Faults = fault.Carrier }).RunAsync();
        CallResult result = await running;
        near.Output.Complete();
        near.Input.Complete();
        await carrier;
        await Task.WhenAll(_models);
        return result;
    }

    public ValueTask<IDuplexPipe> ConnectAsync(CancellationToken cancellationToken)
    {
        (IDuplexPipe near, IDuplexPipe far) = InMemoryDuplex.CreatePair();
        RealtimeTwinFaults faults = _models.Count == 0 ? fault.Model : RealtimeTwinFaults.None; // whoever is dialled again is well
        _models.Add(new RealtimeTwinSession(far, scenario, time, new RealtimeTwinOptions { Faults = faults }).RunAsync(CancellationToken.None));
        return ValueTask.FromResult<IDuplexPipe>(new Line(near));
    }

    public ValueTask<RealtimeSessionConfig> ConfigureAsync(StreamStart start, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new RealtimeSessionConfig { Instructions = "Book a table." });

    public ValueTask OnEventAsync(CallEvent callEvent, ICallControl call, CancellationToken cancellationToken)
    {
        switch (callEvent)
        {
            case CallEvent.ToolCallRequested { Name: "end_call" } tool:
                call.EndAfterPlayback();
                call.SubmitToolOutput(tool.CallId, "{}", respond: false);
                break;
            case CallEvent.ToolCallRequested tool:
                call.SubmitToolOutput(tool.CallId, "{}");
                break;
            case CallEvent.CallEnded:
                Ends++;
                break;
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>A connection that ends for the far end too when the session drops it, as a socket does.</summary>
    private sealed class Line(IDuplexPipe pipe) : IDuplexPipe, IAsyncDisposable
    {
        public PipeReader Input => pipe.Input;

        public PipeWriter Output => pipe.Output;

        public async ValueTask DisposeAsync()
        {
            await pipe.Output.CompleteAsync();
            await pipe.Input.CompleteAsync();
        }
    }
}
