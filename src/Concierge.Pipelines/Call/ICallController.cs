using Concierge.Protocols.MediaStreams;
using Concierge.Protocols.Realtime;

namespace Concierge.Pipelines;

/// <summary>
/// Decides what a call is about: which session the model gets, what happens on its events. One instance per call.
/// Everything here runs on the call's control loop, one event at a time, off the media loops: a slow controller delays its own
/// tools and transcripts, never audio, pacing or barge-in.
/// </summary>
public interface ICallController
{
    /// <summary>
    /// Called once, when the carrier's <c>start</c> is known and before the model is dialled. Audio formats in the answer are
    /// overwritten by the call's own <see cref="CallSessionOptions.AudioMode"/>.
    /// </summary>
    /// <exception cref="CallRejectedException">This stream must not be served; the call ends with the exception's reason.</exception>
    ValueTask<RealtimeSessionConfig> ConfigureAsync(StreamStart start, CancellationToken cancellationToken);

    /// <summary>How the agent behaves on the line; read once, after <see cref="ConfigureAsync"/>.</summary>
    CallConduct Conduct => CallConduct.Default;

    /// <summary>
    /// Called for each event of the call, in order. An exception ends the call with <see cref="CallEndReason.ControllerFailed"/>.
    /// Work that takes longer than a few milliseconds belongs on a task of its own that reports back through <paramref name="call"/>.
    /// </summary>
    ValueTask OnEventAsync(CallEvent callEvent, ICallControl call, CancellationToken cancellationToken);
}
