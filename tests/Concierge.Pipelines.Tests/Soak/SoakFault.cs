using Concierge.Simulation.Realtime;
using Concierge.Simulation.Twilio;

namespace Concierge.Pipelines.Tests.Soak;

/// <summary>One thing that goes wrong on a call, and how the call may then end.</summary>
internal sealed record SoakFault(string Name, TwilioTwinFaults Carrier, RealtimeTwinFaults Model, params CallEndReason[] Reasons)
{
    /// <summary>As calls end that nothing is wrong with: either side hangs up, or nobody speaks any more, or the time is up.</summary>
    private static readonly CallEndReason[] s_usual =
        [CallEndReason.AgentEnded, CallEndReason.CarrierStopped, CallEndReason.CallerIdle, CallEndReason.LengthLimit];

    /// <summary>Draws one from all there are; about one in five is none.</summary>
    public static SoakFault Draw(Random random)
    {
        TimeSpan at = TimeSpan.FromMilliseconds(random.Next(200, 45_000));
        int every = random.Next(2, 60);
        return random.Next(24) switch
        {
            0 => OfCarrier("reset", new() { ResetAt = at }, CallEndReason.CarrierDisconnected),
            1 => OfCarrier("close without stop", new() { CloseAt = at, CloseCode = random.Next(2) == 0 ? 1000 : 1011 }, CallEndReason.CarrierClosed),
            2 => OfCarrier("no media", new() { SilentFrom = at }),
            3 => OfCarrier("no marks", new() { SwallowMarks = true }, CallEndReason.AgentEndedUnheard),
            4 => OfCarrier("does not read", new() { StallReadingAt = at }, CallEndReason.AgentEndedUnheard, CallEndReason.PlaybackOverflow, CallEndReason.CarrierSilent),
            5 => new("never starts", new() { NeverStart = true }, RealtimeTwinFaults.None, CallEndReason.CarrierStartTimeout),
            6 => new("other format", new() { SampleRate = 16_000 }, RealtimeTwinFaults.None, CallEndReason.CarrierUnsupportedFormat),
            7 => OfCarrier("malformed", new() { MalformedEveryFrames = every }),
            8 => OfCarrier("unknown events", new() { UnknownEveryFrames = every }),
            9 => OfCarrier("bad base64", new() { BadBase64EveryFrames = every }),
            10 => OfCarrier("repeated frames", new() { DuplicateEveryFrames = every }),
            11 => OfModel("closes", new() { CloseAt = at, CloseCode = random.Next(2) == 0 ? 1001 : 1011 }, CallEndReason.ModelClosed),
            12 => OfModel("reset", new() { ResetAt = at }, CallEndReason.ModelDisconnected),
            13 => OfModel("bad key", new() { ErrorAfterOpen = "invalid_api_key" }, CallEndReason.ModelFatalError),
            14 => OfModel("mute", new() { Mute = true }, CallEndReason.ModelTimeout),
            15 => OfModel("does not read", new() { StallReadingAt = at }, CallEndReason.ModelDisconnected, CallEndReason.ModelTimeout),
            16 => OfModel("does not read for a while", new() { StallReadingAt = at, StallReadingFor = TimeSpan.FromSeconds(4) }),
            17 => OfModel("error event", new() { ErrorEventAt = at }),
            18 => OfModel("odd deltas", new() { OddEveryDeltas = every, BadBase64EveryDeltas = every + 1, EmptyEveryDeltas = every + 2 }),
            19 => OfModel("strange events", new() { MalformedEveryEvents = every, UnknownEveryEvents = every + 1, EscapeBase64 = true, DuplicateEveryDeltas = every }),
            _ => OfCarrier("none", TwilioTwinFaults.None),
        };
    }

    private static SoakFault OfCarrier(string name, TwilioTwinFaults faults, params CallEndReason[] reasons) =>
        new("carrier: " + name, faults, RealtimeTwinFaults.None, [.. s_usual, .. reasons]);

    private static SoakFault OfModel(string name, RealtimeTwinFaults faults, params CallEndReason[] reasons) =>
        new("model: " + name, TwilioTwinFaults.None, faults, [.. s_usual, .. reasons]);
}
