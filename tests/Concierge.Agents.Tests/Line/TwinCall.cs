using System.IO.Pipelines;
using Concierge.Agents.Realtime;
using Concierge.Pipelines;
using Concierge.Simulation.Realtime;
using Concierge.Simulation.Scenarios;
using Concierge.Simulation.Time;
using Concierge.Simulation.Twilio;
using Concierge.Simulation.Wire;

namespace Concierge.Agents.Tests.Line;

/// <summary>One call of agents between the twins, under the virtual clock: what is asserted is what both far ends saw and heard.</summary>
internal sealed record TwinCall(CallResult Result, RealtimeSession Session, IReadOnlyList<RealtimeSessionEvent> Events, TwilioTwinRecord Carrier, RealtimeTwinRecord Model)
{
    public static TwinCall Run(Func<TimeProvider, RealtimeSession> create, string scenarioJson, ICallSteering? steering = null)
    {
        Scenario scenario = Scenario.Parse(scenarioJson);
        var loop = new VirtualTimeLoop();
        return loop.Run(async () =>
        {
            (IDuplexPipe near, IDuplexPipe far) = InMemoryDuplex.CreatePair();
            RealtimeSession session = create(loop.TimeProvider);
            var events = new List<RealtimeSessionEvent>();
            session.Subscribe(events.Add);
            var connector = new Connector(scenario, loop.TimeProvider);
            var call = new CallSession(near, connector, session, new CallSessionOptions(), loop.TimeProvider, steering: steering);
            Task<TwilioTwinRecord> carrier = new TwilioTwinStream(far, scenario, loop.TimeProvider).RunAsync();
            CallResult result = await call.RunAsync();
            await near.Output.CompleteAsync();
            await near.Input.CompleteAsync();
            return new TwinCall(result, session, events, await carrier, await connector.Record!);
        });
    }

    private sealed class Connector(Scenario scenario, TimeProvider time) : IModelConnector
    {
        public Task<RealtimeTwinRecord>? Record { get; private set; }

        public ValueTask<IDuplexPipe> ConnectAsync(CancellationToken cancellationToken)
        {
            (IDuplexPipe near, IDuplexPipe far) = InMemoryDuplex.CreatePair();
            Record = new RealtimeTwinSession(far, scenario, time).RunAsync(CancellationToken.None);
            return ValueTask.FromResult(near);
        }
    }
}
