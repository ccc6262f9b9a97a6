using Concierge.Protocols.MediaStreams;
using Concierge.Protocols.Realtime;

namespace Concierge.Pipelines;

/// <summary>Something that happened on a call, told to its controller and its observers in order.</summary>
/// <param name="At">Time since the session began, on the session's clock.</param>
public abstract record CallEvent(TimeSpan At)
{
    /// <summary>The carrier's stream is known.</summary>
    public sealed record CallStarted(TimeSpan At, StreamStart Start) : CallEvent(At);

    /// <summary>The model's session is configured with the formats asked for; audio flows from here on.</summary>
    public sealed record ModelReady(TimeSpan At, string SessionId) : CallEvent(At);

    /// <summary>The model heard the caller begin to speak. <paramref name="AudioStart"/> counts from the first audio appended.</summary>
    public sealed record CallerSpeechStarted(TimeSpan At, string ItemId, TimeSpan AudioStart) : CallEvent(At);

    /// <summary>The model heard the caller stop. <paramref name="AudioEnd"/> counts from the first audio appended.</summary>
    public sealed record CallerSpeechStopped(TimeSpan At, string ItemId, TimeSpan AudioEnd) : CallEvent(At);

    /// <summary>A piece of what the caller said.</summary>
    public sealed record CallerTranscriptDelta(TimeSpan At, string ItemId, string Text) : CallEvent(At);

    /// <summary>All of what the caller said in one turn, and what writing it down cost.</summary>
    public sealed record CallerTranscriptCompleted(TimeSpan At, string ItemId, string Text, RealtimeUsage? Usage = null) : CallEvent(At);

    /// <summary>The model began a response.</summary>
    public sealed record ResponseStarted(TimeSpan At, string ResponseId) : CallEvent(At);

    /// <summary>A piece of what the agent is saying. Text runs ahead of the audio.</summary>
    public sealed record AgentTranscriptDelta(TimeSpan At, string ResponseId, string ItemId, string Text) : CallEvent(At);

    /// <summary>All of what the agent says in one item, heard or not.</summary>
    public sealed record AgentTranscriptCompleted(TimeSpan At, string ResponseId, string ItemId, string Text) : CallEvent(At);

    /// <summary>The first audio of an item went to the carrier. <paramref name="FirstDelta"/> is when it came from the model.</summary>
    public sealed record AgentSpeechStarted(TimeSpan At, string ResponseId, string ItemId, TimeSpan FirstDelta) : CallEvent(At);

    /// <summary>A mark proves that an item's first audio was played. <paramref name="At"/> is when it was, by the mark's return and the audio before it.</summary>
    public sealed record AgentSpeechPlayed(TimeSpan At, string ResponseId, string ItemId) : CallEvent(At);

    /// <summary>An item was heard to its end: the carrier returned its last mark.</summary>
    public sealed record AgentSpeechEnded(TimeSpan At, string ResponseId, string ItemId, TimeSpan Heard) : CallEvent(At);

    /// <summary>The agent was cut off.</summary>
    /// <param name="At">When the <c>clear</c> was written.</param>
    /// <param name="ResponseId">The response that was being played.</param>
    /// <param name="ItemId">The item that was being played.</param>
    /// <param name="Heard">How much of the item was heard, as told to the model.</param>
    /// <param name="Received">How much of the item had arrived from the model.</param>
    /// <param name="Reaction">From the model's word to the <c>clear</c> on its way.</param>
    public sealed record AgentInterrupted(TimeSpan At, string ResponseId, string ItemId, TimeSpan Heard, TimeSpan Received, TimeSpan Reaction) : CallEvent(At);

    /// <summary>Everything received so far has been heard; nothing is queued.</summary>
    public sealed record PlaybackIdle(TimeSpan At) : CallEvent(At);

    /// <summary>The model called a tool; its arguments are complete.</summary>
    public sealed record ToolCallRequested(TimeSpan At, string ResponseId, string CallId, string Name, string Arguments) : CallEvent(At);

    /// <summary>A response came to its end, however it ended.</summary>
    public sealed record ResponseEnded(TimeSpan At, RealtimeResponseInfo Response) : CallEvent(At);

    /// <summary>The model's server reported an error that leaves the session open.</summary>
    public sealed record ModelErrorReported(TimeSpan At, RealtimeErrorInfo Error) : CallEvent(At);

    /// <summary>A change of the session made during the call is in force.</summary>
    public sealed record SessionUpdated(TimeSpan At, RealtimeSessionInfo Session) : CallEvent(At);

    /// <summary>The caller said nothing for as long as the session's idle time-out: the model takes the turn.</summary>
    public sealed record CallerTimedOut(TimeSpan At, string ItemId) : CallEvent(At);

    /// <summary>The connection to the model is lost; the call tries to get it back.</summary>
    /// <param name="At">When it was noticed.</param>
    /// <param name="Reason">The end reason that the call gets if it does not come back.</param>
    /// <param name="Detail">What happened, in words.</param>
    public sealed record ModelLost(TimeSpan At, CallEndReason Reason, string Detail) : CallEvent(At);

    /// <summary>A new session of the model has taken the lost one's place and knows the conversation so far.</summary>
    /// <param name="At">From when audio flows again.</param>
    /// <param name="SessionId">The new session.</param>
    /// <param name="Outage">How long there was none.</param>
    /// <param name="Attempts">Dials that it took.</param>
    public sealed record ModelReturned(TimeSpan At, string SessionId, TimeSpan Outage, int Attempts) : CallEvent(At);

    /// <summary>A new session of the model has taken over in a moment of silence, before the old one's time was up.</summary>
    public sealed record ModelRenewed(TimeSpan At, string SessionId) : CallEvent(At);

    /// <summary>The model is given up; the caller hears the apology, then the call ends.</summary>
    public sealed record ModelGivenUp(TimeSpan At, CallEndReason Reason, string Detail) : CallEvent(At);

    /// <summary>The caller pressed a key.</summary>
    public sealed record DtmfReceived(TimeSpan At, char Digit) : CallEvent(At);

    /// <summary>The caller entered something on the keypad: several keys, ended by the terminator, a pause or their number.</summary>
    public sealed record KeysEntered(TimeSpan At, string Keys) : CallEvent(At);

    /// <summary>The other side put the call on hold: music is played.</summary>
    public sealed record HoldStarted(TimeSpan At) : CallEvent(At);

    /// <summary>Somebody is there again.</summary>
    public sealed record HoldEnded(TimeSpan At, TimeSpan Lasted) : CallEvent(At);

    /// <summary>Nobody has spoken for a while: the agent asks whether somebody is there.</summary>
    /// <param name="At">When.</param>
    /// <param name="Prompts">How often it has asked since somebody spoke.</param>
    public sealed record SilencePrompted(TimeSpan At, int Prompts) : CallEvent(At);

    /// <summary>The model owes an answer and the line has been silent for a while: the caller hears the holding sound.</summary>
    public sealed record AnswerSlow(TimeSpan At, TimeSpan Waited) : CallEvent(At);

    /// <summary>The model owed an answer for so long that its session is given up.</summary>
    public sealed record AnswerMissing(TimeSpan At, TimeSpan Waited) : CallEvent(At);

    /// <summary>A tool takes long: the agent says so.</summary>
    public sealed record ToolSlow(TimeSpan At, string Name, TimeSpan Waited) : CallEvent(At);

    /// <summary>A tool never answered: the model is told that it failed.</summary>
    public sealed record ToolAbandoned(TimeSpan At, string Name, TimeSpan Waited) : CallEvent(At);

    /// <summary>The carrier did not press the keys; the call goes on.</summary>
    public sealed record KeysNotPressed(TimeSpan At, string Why) : CallEvent(At);

    /// <summary>The call could not be handed over and goes on.</summary>
    public sealed record TransferFailed(TimeSpan At, CallTransfer Transfer, string Why) : CallEvent(At);

    /// <summary>The call is over; nothing follows.</summary>
    public sealed record CallEnded(TimeSpan At, CallEndReason Reason) : CallEvent(At);
}
