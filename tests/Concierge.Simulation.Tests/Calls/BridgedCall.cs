using System.IO.Pipelines;
using Concierge.Simulation.Realtime;
using Concierge.Simulation.Scenarios;
using Concierge.Simulation.Time;
using Concierge.Simulation.Twilio;
using Concierge.Simulation.Wire;

namespace Concierge.Simulation.Tests.Calls;

/// <summary>One whole call, twin to twin over the naive bridge, on a virtual clock.</summary>
internal sealed record BridgedCall(RealtimeTwinRecord Model, TwilioTwinRecord Carrier, NaiveBridge Bridge, VirtualTimeLoop Loop)
{
    public static BridgedCall Run(Scenario scenario, RealtimeTwinOptions? model = null, TwilioTwinOptions? carrier = null, string format = "audio/pcmu")
    {
        var loop = new VirtualTimeLoop();
        return loop.Run(async () =>
        {
            (IDuplexPipe carrierEnd, IDuplexPipe nodeCarrierEnd) = InMemoryDuplex.CreatePair();
            (IDuplexPipe modelEnd, IDuplexPipe nodeModelEnd) = InMemoryDuplex.CreatePair();
            var twinModel = new RealtimeTwinSession(modelEnd, scenario, loop.TimeProvider, model);
            var twinCarrier = new TwilioTwinStream(carrierEnd, scenario, loop.TimeProvider, carrier);
            var bridge = new NaiveBridge(nodeCarrierEnd, nodeModelEnd) { Format = format };
            Task<RealtimeTwinRecord> modelRun = twinModel.RunAsync();
            Task<TwilioTwinRecord> carrierRun = twinCarrier.RunAsync();
            Task bridgeRun = bridge.RunAsync();
            TwilioTwinRecord carrierRecord = await carrierRun;
            RealtimeTwinRecord modelRecord = await modelRun;
            await bridgeRun;
            return new BridgedCall(modelRecord, carrierRecord, bridge, loop);
        });
    }
}
