using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Concierge.Simulation.Time;

namespace Concierge.Simulation.Realtime;

/// <summary>What each client event does, once its fields are right (PROTOCOL B.5), and the idle time-out.</summary>
internal sealed class RealtimeCommands
{
    private readonly RealtimeEventWriter _events;
    private readonly RealtimeSessionState _session;
    private readonly RealtimeConversation _conversation;
    private readonly RealtimeHearing _hearing;
    private readonly RealtimeSpeaking _speaking;
    private readonly RealtimeMcp _mcp;
    private readonly RealtimeTwinRecord _record;
    private readonly Agenda _agenda;
    private long _idleGeneration;

    public RealtimeCommands(
        RealtimeEventWriter events,
        RealtimeSessionState session,
        RealtimeConversation conversation,
        RealtimeHearing hearing,
        RealtimeSpeaking speaking,
        RealtimeMcp mcp,
        RealtimeTwinRecord record,
        Agenda agenda)
    {
        _events = events;
        _session = session;
        _conversation = conversation;
        _hearing = hearing;
        _speaking = speaking;
        _mcp = mcp;
        _record = record;
        _agenda = agenda;
        hearing.Interrupted = () => speaking.Cancel("turn_detected");
        hearing.SpeechStarted = () => _idleGeneration++;
        hearing.ResponseWanted = () =>
        {
            if (!speaking.IsActive && !session.IsTranscription)
            {
                speaking.Begin(null);
            }
        };
        speaking.Ended = ArmIdleTimeout;
    }

    public RealtimeTwinError? Execute(string type, JsonObject command)
    {
        if (_session.IsTranscription && type.StartsWith("response.", StringComparison.Ordinal))
        {
            return new RealtimeTwinError("invalid_event", $"'{type}' is not allowed in a transcription session.", "type");
        }

        switch (type)
        {
            case "session.update":
                if (_session.TryUpdate((JsonObject)command["session"]!, _speaking.HasSpoken) is { } refused)
                {
                    return refused;
                }

                _hearing.Configure();
                TellSession("session.updated");
                _mcp.ListTools();
                return null;
            case "input_audio_buffer.append":
                return _hearing.Append(Encoding.UTF8.GetBytes(command["audio"]!.GetValue<string>()));
            case "input_audio_buffer.clear":
                _hearing.Clear();
                return null;
            case "input_audio_buffer.commit":
                return _hearing.Commit();
            case "conversation.item.create":
                RealtimeTwinError? failed = _conversation.Create(command);
                if (failed is null && command["item"]!["type"]!.ToString() == "function_call_output")
                {
                    _record.FunctionOutputs.Add((command["item"]!["call_id"]!.ToString(), command["item"]!["output"]!.ToString()));
                }

                if (failed is null && command["item"]!["type"]!.ToString() == "mcp_approval_response")
                {
                    _mcp.Answer((JsonObject)command["item"]!);
                }

                return failed;
            case "conversation.item.delete":
                return _conversation.Delete(command["item_id"]!.ToString());
            case "conversation.item.retrieve":
                return _conversation.Retrieve(command["item_id"]!.ToString());
            case "conversation.item.truncate":
                return _conversation.Truncate(
                    command["item_id"]!.ToString(),
                    (long)RealtimeTurnDetection.Number(command["content_index"], 0),
                    (long)RealtimeTurnDetection.Number(command["audio_end_ms"], 0),
                    _record,
                    _agenda.Now);
            case "response.create":
                var overrides = command["response"] as JsonObject;
                if (_speaking.IsActive && overrides?["conversation"]?.ToString() != "none")
                {
                    return new RealtimeTwinError("conversation_already_has_active_response", $"Conversation already has an active response in progress: {_speaking.ActiveId}. Wait until the response is finished before creating a new one.");
                }

                foreach (JsonNode? item in overrides?["input"] as JsonArray ?? [])
                {
                    if (item!["type"]!.ToString() == "item_reference" && _conversation.Find(item["id"]!.ToString()) is null)
                    {
                        return new RealtimeTwinError("invalid_value", $"Item with item_id not found: {item["id"]}.", "response.input");
                    }
                }

                _idleGeneration++;
                _speaking.Begin(overrides);
                return null;
            case "response.cancel":
                if (!_speaking.IsActive || (command["response_id"]?.ToString() is { } id && id != _speaking.ActiveId))
                {
                    return new RealtimeTwinError("response_cancel_not_active", "Cancellation failed: no active response found");
                }

                _speaking.Cancel("client_cancelled");
                return null;
            default:
                return new RealtimeTwinError("invalid_event", $"Invalid event: '{type}' is not valid on this connection.", "type");
        }
    }

    /// <summary>Lists the tools of the session's MCP servers, those of a client secret too.</summary>
    public void ListTools() => _mcp.ListTools();

    public void TellSession(string type)
    {
        Utf8JsonWriter json = _events.Begin(type);
        json.WritePropertyName("session");
        _session.Effective.WriteTo(json);
        _events.End();
    }

    // The service waits until it believes that its last response has been played.
    private void ArmIdleTimeout(double audioMs)
    {
        long generation = ++_idleGeneration;
        if (_session.TurnDetection?.IdleTimeoutMs is { } idle)
        {
            _agenda.After(TimeSpan.FromMilliseconds(audioMs + idle), () =>
            {
                if (generation == _idleGeneration && !_hearing.IsSpeech && !_speaking.IsActive)
                {
                    _hearing.TimeOut();
                }
            });
        }
    }
}
