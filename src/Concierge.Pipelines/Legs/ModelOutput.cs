using System.Buffers;
using Concierge.Pipelines.Upstream;
using Concierge.Protocols.Realtime;
using Concierge.WebSockets;

namespace Concierge.Pipelines.Legs;

/// <summary>
/// What a call says to the model besides audio. Everything goes by the control lane, so that it overtakes caller audio that waits for a
/// slow reader. Any thread may call; a message that cannot be queued ends the connection rather than being lost in silence.
/// </summary>
internal sealed class ModelOutput(WebSocketWriter writer, IModelFaults faults) : IResponseOutput
{
    /// <summary>The event id of our requests for a response: an error that names it is a refusal of one.</summary>
    public const string ResponseCreateEventId = "concierge_response_create";

    /// <summary>The event id of our session updates.</summary>
    public const string SessionUpdateEventId = ICallControl.SessionUpdateEventId;

    /// <summary>The writer that audio goes through.</summary>
    public WebSocketWriter Writer => writer;

    /// <summary>Whether the conversation was told to this session from an earlier one: calls then carry the ids that we gave them.</summary>
    public bool IsSeeded { get; set; }

    /// <summary>A call's id as a client may give it: the server's own may be longer (PROTOCOL B.5).</summary>
    public static string SeedCallId(string callId) =>
        callId.Length <= RealtimeClientEvents.MaximumClientItemIdLength ? callId : callId[^RealtimeClientEvents.MaximumClientItemIdLength..];

    /// <summary>Configures the session.</summary>
    public void SendSessionUpdate(RealtimeSessionConfig config) =>
        Send(buffer => RealtimeClientEvents.WriteSessionUpdate(buffer, config, SessionUpdateEventId));

    /// <inheritdoc/>
    public void SendResponseCreate(string? instructions, bool speakOnly = false) =>
        Send(buffer =>
        {
            if (speakOnly)
            {
                var config = new RealtimeResponseConfig { Instructions = instructions, ToolChoice = RealtimeToolChoice.None };
                RealtimeClientEvents.WriteResponseCreate(buffer, config, ResponseCreateEventId);
            }
            else
            {
                RealtimeClientEvents.WriteResponseCreate(buffer, instructions, ResponseCreateEventId);
            }
        });

    /// <summary>Cancels the active response.</summary>
    public void SendResponseCancel() => Send(buffer => RealtimeClientEvents.WriteResponseCancel(buffer));

    /// <inheritdoc/>
    public void SendToolOutput(string callId, string output) =>
        Send(buffer => RealtimeClientEvents.WriteFunctionCallOutput(buffer, IsSeeded ? SeedCallId(callId) : callId, output));

    /// <summary>Adds a message of the user.</summary>
    public void SendUserText(string text) => Send(buffer => RealtimeClientEvents.WriteUserText(buffer, text));

    /// <summary>Adds a note of the system.</summary>
    public void SendSystemText(string text) => Send(buffer => RealtimeClientEvents.WriteSystemText(buffer, text));

    /// <summary>Ends the caller's turn by hand, behind the audio that was appended before.</summary>
    public void SendInputCommit() => Send(buffer => RealtimeClientEvents.WriteInputCommit(buffer), WebSocketLane.Media);

    /// <summary>Forgets the caller's audio that no turn has taken yet: no turn comes of it.</summary>
    public void SendInputClear() => Send(buffer => RealtimeClientEvents.WriteInputClear(buffer), WebSocketLane.Media);

    /// <summary>Tells a new session what the agent has said.</summary>
    public void SendAssistantText(string text) => Send(buffer => RealtimeClientEvents.WriteAssistantText(buffer, text));

    /// <summary>Tells a new session of a tool call that was made before.</summary>
    public void SendToolCall(string callId, string name, string arguments) =>
        Send(buffer => RealtimeClientEvents.WriteFunctionCall(buffer, SeedCallId(callId), name, arguments));

    /// <summary>Tells the model how much of an item was heard.</summary>
    public void SendTruncate(string itemId, int contentIndex, int audioEndMs) =>
        Send(buffer => RealtimeClientEvents.WriteTruncate(buffer, itemId, contentIndex, audioEndMs));

    private void Send(Action<IBufferWriter<byte>> write, WebSocketLane lane = WebSocketLane.Control)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        write(buffer);
        if (writer.TrySend(WebSocketOpcode.Text, buffer.WrittenSpan, lane) == WebSocketAppendResult.Full)
        {
            faults.Lose(CallEndReason.ModelDisconnected, "The Realtime API has stopped reading: control messages no longer fit the queue.");
        }
    }
}
