using Concierge.Pipelines.Legs;
using Concierge.Pipelines.Playback;

namespace Concierge.Pipelines.Control;

/// <summary>One call on the node's wheel: what must happen when nothing else does.</summary>
internal sealed class CallWatch(
    SessionClock clock, CallEnding ending, CarrierLeg carrier, ModelLeg model, PlaybackLedger ledger, InterruptionGate gate, CallControlLoop control) : IWheelEntry
{
    public void Tick()
    {
        try
        {
            TimeSpan now = clock.Now;
            carrier.Tick(now);
            model.Tick(now);
            if (carrier.Caller.TryBridge(now, control.CallerSpeaks, model.ReadyWriter))
            {
                model.Flush();
            }

            // The carrier's frames drive the ledger; where they stop, the shared clock does.
            ledger.Tick(now);
            gate.Tick(now);
            control.Tick(now);
            carrier.Caller.Tap?.OnTime(now);
        }
        catch (Exception e)
        {
            // Nothing a far end does gets here. The wheel belongs to all calls: a fault of ours ends this one alone.
            ending.TryEnd(CallEndReason.Internal, e.Message);
        }
    }
}
