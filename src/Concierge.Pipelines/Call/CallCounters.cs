namespace Concierge.Pipelines;

/// <summary>What one call carried, dropped and ignored. Each field has one writing loop; read it after the call, or as an approximation during it.</summary>
public sealed class CallCounters
{
    /// <summary>What every frame counts stands first, in so many octets.</summary>
    internal const int OctetsPerFrame = 56;

    /// <summary>Caller media messages taken from the carrier.</summary>
    public long CallerFrames { get; internal set; }

    /// <summary>Caller frames appended to the model.</summary>
    public long CallerFramesForwarded { get; internal set; }

    /// <summary>Audio deltas taken from the model.</summary>
    public long AgentDeltas { get; internal set; }

    /// <summary>Media messages sent to the carrier.</summary>
    public long AgentFrames { get; internal set; }

    /// <summary>Octets of mu-law sent to the carrier.</summary>
    public long AgentOctets { get; internal set; }

    /// <summary>Octets of caller audio dropped while the model was not ready, oldest first.</summary>
    public long EarlyOctetsDropped { get; internal set; }

    /// <summary>Caller frames that were malformed, repeated or late and so dropped.</summary>
    public long CallerFramesRejected { get; internal set; }

    /// <summary>Caller frames among them that had come before.</summary>
    public long CallerFramesRepeated { get; internal set; }

    /// <summary>Caller frames among them that came behind their successors.</summary>
    public long CallerFramesLate { get; internal set; }

    /// <summary>Gaps in the caller's audio that silence was put into.</summary>
    public long CallerGapsFilled { get; internal set; }

    /// <summary>Octets of silence put into gaps, and sent in place of media that had stopped in the middle of a turn.</summary>
    public long CallerSilenceOctets { get; internal set; }

    /// <summary>Turns of the caller that silence was sent for because media had stopped.</summary>
    public long CallerTurnsStalled { get; internal set; }

    /// <summary>Keys of the caller dropped because they came too fast.</summary>
    public long DigitsDropped { get; internal set; }

    /// <summary>Caller messages dropped because the model reads too slowly.</summary>
    public long CallerFramesBehind { get; internal set; }

    /// <summary>Gaps in the carrier's chunk numbers.</summary>
    public long CallerChunksMissing { get; internal set; }

    /// <summary>Carrier messages that could not be read.</summary>
    public long CarrierBadMessages { get; internal set; }

    /// <summary>Audio deltas dropped because their response had been interrupted.</summary>
    public long AgentDeltasLate { get; internal set; }

    /// <summary>Audio deltas dropped because they were not valid base64 or not whole samples.</summary>
    public long AgentDeltasRejected { get; internal set; }

    /// <summary>Octets discarded here by interruptions.</summary>
    public long AgentOctetsDiscarded { get; internal set; }

    /// <summary>Marks ignored because they belonged to an earlier clear or were not ours.</summary>
    public long MarksIgnored { get; internal set; }

    /// <summary>Marks that did not return in time.</summary>
    public long MarksOverdue { get; internal set; }

    /// <summary>Model events that could not be read.</summary>
    public long ModelBadEvents { get; internal set; }

    /// <summary>Model events of a kind this program does not know.</summary>
    public long ModelUnknownEvents { get; internal set; }

    /// <summary>Connections to the model that were lost in mid-call; a session that reached its end in time is not among them.</summary>
    public long ModelLosses { get; internal set; }

    /// <summary>Connections to the model that replaced a lost one.</summary>
    public long ModelReturns { get; internal set; }

    /// <summary>Sessions of the model that were replaced before their time was up.</summary>
    public long ModelRenewals { get; internal set; }

    /// <summary>Attempts to dial the model that failed.</summary>
    public long ModelDialsFailed { get; internal set; }

    /// <summary>Interruptions that stopped agent audio.</summary>
    public long Interruptions { get; internal set; }

    /// <summary>Times the caller spoke while the agent was not to be interrupted.</summary>
    public long InterruptionsRefused { get; internal set; }

    /// <summary>Times the caller spoke too briefly to interrupt.</summary>
    public long InterruptionsTooShort { get; internal set; }

    /// <summary>Times the node held the agent's audio back on its own judgement.</summary>
    public long LocalInterruptions { get; internal set; }

    /// <summary>Times among them that the model did not agree and the agent went on.</summary>
    public long FalseInterruptions { get; internal set; }

    /// <summary>Caller frames that could be no more than the agent's echo; the model was given silence in their place.</summary>
    public long CallerFramesEchoed { get; internal set; }

    /// <summary>Bytes that the caller-to-model loop allocated after its warm-up (only when loops are measured).</summary>
    public long CallerLoopAllocatedBytes { get; internal set; }

    /// <summary>Wake-ups among them that allocated at all: a pooled buffer taken for the first time shows here as one, an allocation per frame as all.</summary>
    public long CallerLoopAllocatingWakeUps { get; internal set; }

    /// <summary>Caller frames that the figures cover.</summary>
    public long CallerLoopMeasuredFrames { get; internal set; }

    /// <summary>Bytes that the handling of audio deltas allocated after its warm-up (only when loops are measured).</summary>
    public long AgentLoopAllocatedBytes { get; internal set; }

    /// <summary>Audio deltas among them that allocated at all.</summary>
    public long AgentLoopAllocatingDeltas { get; internal set; }

    /// <summary>Audio deltas that the figures cover.</summary>
    public long AgentLoopMeasuredDeltas { get; internal set; }
}
