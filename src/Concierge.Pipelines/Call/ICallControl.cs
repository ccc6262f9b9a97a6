using Concierge.Protocols.Realtime;

namespace Concierge.Pipelines;

/// <summary>What a controller may do to its call. Every member may be called from any thread and returns at once.</summary>
public interface ICallControl
{
    /// <summary>The event id that <see cref="UpdateSession"/> gives its updates: an error that names it refuses one.</summary>
    const string SessionUpdateEventId = "concierge_session_update";

    /// <summary>The stream's SID at the carrier.</summary>
    string StreamSid { get; }

    /// <summary>The call's SID at the carrier.</summary>
    string CallSid { get; }

    /// <summary>
    /// Asks the model to speak. While a response is active the request waits for its end, and several requests become one.
    /// </summary>
    /// <param name="instructions">Instructions for this response alone; null uses the session's.</param>
    void RequestResponse(string? instructions = null);

    /// <summary>
    /// Answers a tool call. Once every call of the same response is answered, the outputs go out together, followed by one request
    /// for a response unless no answer asked for one.
    /// </summary>
    /// <param name="callId">The id from <see cref="CallEvent.ToolCallRequested"/>.</param>
    /// <param name="output">The result as text; JSON is passed as its text.</param>
    /// <param name="respond">Whether the model should speak about it.</param>
    void SubmitToolOutput(string callId, string output, bool respond = true);

    /// <summary>Adds a message of the user to the conversation, as text.</summary>
    void SendUserText(string text);

    /// <summary>Adds a note of the system to the conversation, as text; the model reads it with its next response.</summary>
    void SendSystemText(string text);

    /// <summary>Adds audio as though the caller had said it. What the caller says meanwhile is heard in between.</summary>
    /// <param name="muLaw">Mu-law octets at 8 kHz; read before the call returns control to its loop, so they must not change afterwards.</param>
    /// <param name="commit">Whether the caller's turn ends with it; only where the model does not detect turns itself.</param>
    void SendAudio(ReadOnlyMemory<byte> muLaw, bool commit = false);

    /// <summary>
    /// Changes the model's session in mid-call: members that are null keep what they are. Audio formats and the model are never changed. The update is on its way
    /// before anything asked for later; <see cref="CallEvent.SessionUpdated"/> tells that it is in force, <see cref="CallEvent.ModelErrorReported"/> with
    /// <see cref="SessionUpdateEventId"/> that the model refused it as a whole.
    /// </summary>
    /// <exception cref="ArgumentException">A tool's parameters are not a JSON object.</exception>
    void UpdateSession(RealtimeSessionConfig config);

    /// <summary>Stops what the agent is saying at once: queue discarded, <c>clear</c> at the carrier, items truncated at the model.</summary>
    void Interrupt();

    /// <summary>
    /// Ends the call once everything the agent has said so far has been heard, or when
    /// <see cref="CallSessionOptions.GoodbyeTimeout"/> has passed.
    /// </summary>
    void EndAfterPlayback();

    /// <summary>
    /// Presses keys for the other side: tones in the stream (ITU-T Q.23), behind what is being said, 100 ms each. Speech of the other side does not cut them
    /// off. Networks that compress speech may spoil them; keys needed before anybody speaks are better given with the dialling (<c>SendDigits</c>).
    /// </summary>
    /// <param name="keys">0-9, *, #, A-D; up to 64.</param>
    /// <param name="method">In the stream, or by the carrier with the limits named there.</param>
    /// <exception cref="ArgumentException">Another character, none, or too many.</exception>
    void PressKeys(string keys, KeyMethod method = KeyMethod.InStream);

    /// <summary>
    /// Hands the call to somebody else once the announcement, or what is being said, has been heard. <see cref="CallEvent.TransferFailed"/> tells that it did
    /// not work and the call goes on.
    /// </summary>
    void Transfer(CallTransfer transfer);

    /// <summary>Ends the call now.</summary>
    void End(CallEndReason reason);
}
