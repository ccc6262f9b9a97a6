using System.IO.Pipelines;
using Concierge.Simulation.Time;
using Concierge.Simulation.Wire;

namespace Concierge.Pipelines.Tests.Sessions;

/// <summary>One session between two scripted far ends, in memory, under a virtual clock.</summary>
internal sealed class TestCall
{
    private TestCall(VirtualTimeLoop loop, ScriptedCarrier carrier, ScriptedModel model, RecordingController controller, CallSession session, IDuplexPipe line)
    {
        Loop = loop;
        Carrier = carrier;
        Model = model;
        Controller = controller;
        Session = session;
        Line = line;
        Running = session.RunAsync();
        Listening = carrier.ListenAsync();
    }

    public VirtualTimeLoop Loop { get; }

    public ScriptedCarrier Carrier { get; }

    public ScriptedModel Model { get; }

    public RecordingController Controller { get; }

    public CallSession Session { get; }

    /// <summary>The carrier's end of its line.</summary>
    public IDuplexPipe Line { get; }

    public Task<CallResult> Running { get; }

    public Task Listening { get; }

    /// <summary>Runs a scenario under the virtual clock and gives the call's result.</summary>
    public static (CallResult Result, TestCall Call) Run(
        Func<TestCall, Task> scenario, CallSessionOptions? options = null, ScriptedModel? model = null, RecordingController? controller = null,
        ICallSteering? steering = null)
    {
        var loop = new VirtualTimeLoop();
        return loop.Run(async () =>
        {
            (IDuplexPipe near, IDuplexPipe far) = InMemoryDuplex.CreatePair();
            model ??= new ScriptedModel();
            controller ??= new RecordingController();
            var session = new CallSession(near, model, controller, options ?? new CallSessionOptions(), loop.TimeProvider, steering: steering);
            var call = new TestCall(loop, new ScriptedCarrier(far), model, controller, session, far);
            await scenario(call);
            CallResult result = await call.Running;

            // The session does not own the carrier's connection; whoever accepted it drops it.
            near.Output.Complete();
            near.Input.Complete();
            await call.Listening;
            return (result, call);
        });
    }

    /// <summary>Lets time pass and everything that is due happen.</summary>
    public Task WaitAsync(double milliseconds = 10) => Task.Delay(TimeSpan.FromMilliseconds(milliseconds), Loop.TimeProvider);

    /// <summary>Begins a call as the carrier does, and waits until audio flows.</summary>
    public async Task BeginAsync()
    {
        Carrier.Connect();
        Carrier.Start();
        await WaitAsync();
    }

    /// <summary>Sends caller audio in real time.</summary>
    public async Task SpeakAsync(byte[] muLaw)
    {
        for (int at = 0; at < muLaw.Length; at += 160)
        {
            Carrier.Media(muLaw[at..Math.Min(muLaw.Length, at + 160)]);
            await WaitAsync(20);
        }
    }
}
