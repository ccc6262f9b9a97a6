using System.Text.Json.Nodes;
using Concierge.Simulation.Scenarios;
using Concierge.Simulation.Time;

namespace Concierge.Simulation.Realtime;

/// <summary>
/// The model's mouth: gives the scenario's responses, one at a time, event by event in the documented order (PROTOCOL B.7), audio faster than real time and
/// the transcript ahead of it; ends them early when told to.
/// </summary>
internal sealed class RealtimeSpeaking
{
    // Enough for any client that reads at all; a client that does not is waited for.
    private const long MostUnsentBytes = 1024 * 1024;

    private readonly RealtimeEventWriter _events;
    private readonly RealtimeConversation _conversation;
    private readonly RealtimeSessionState _session;
    private readonly RealtimeTwinRecord _record;
    private readonly RealtimeTwinOptions _options;
    private readonly RealtimeFaultPlan _faults;
    private readonly RealtimeIds _ids;
    private readonly Agenda _agenda;
    private readonly ScenarioProgress _progress;
    private readonly Random _sizes;
    private readonly Func<long> _unsentBytes;
    private readonly RealtimeResponseEvents _write;
    private readonly RealtimeToolCalls _calls;
    private RealtimeActiveResponse? _active;
    private long _deltas;

    public RealtimeSpeaking(
        RealtimeEventWriter events,
        RealtimeConversation conversation,
        RealtimeSessionState session,
        RealtimeTwinRecord record,
        RealtimeTwinOptions options,
        RealtimeFaultPlan faults,
        RealtimeIds ids,
        Agenda agenda,
        ScenarioProgress progress,
        RealtimeMcp mcp,
        Func<long> unsentBytes)
    {
        _events = events;
        _conversation = conversation;
        _session = session;
        _record = record;
        _options = options;
        _faults = faults;
        _ids = ids;
        _agenda = agenda;
        _progress = progress;
        _sizes = new Random(progress.Scenario.Seed ^ 0x51CE);
        _unsentBytes = unsentBytes;
        _write = new RealtimeResponseEvents(events, session, record, ids.Next("conv_"));
        _calls = new RealtimeToolCalls(events, _write, conversation, mcp, ids, _sizes);
    }

    public bool IsActive => _active is not null;

    public string? ActiveId => _active?.Record.Id;

    public bool HasSpoken { get; private set; }

    /// <summary>Called when a response has ended, with the milliseconds of audio it sent.</summary>
    public Action<double>? Ended { get; set; }

    /// <summary>Begins the next response of the script; past its end, one without output.</summary>
    /// <param name="overrides">The <c>response</c> of response.create, or null.</param>
    public void Begin(JsonObject? overrides)
    {
        bool outOfBand = overrides?["conversation"]?.ToString() == "none";
        ScenarioTurn? turn = outOfBand
            ? _progress.NextOutOfBandTurn < _progress.OutOfBandTurns.Length ? _progress.OutOfBandTurns[_progress.NextOutOfBandTurn++] : null
            : _progress.NextAgentTurn < _progress.AgentTurns.Length ? _progress.AgentTurns[_progress.NextAgentTurn++] : null;
        RealtimeWireFormat format = overrides?["audio"]?["output"]?["format"]?["type"]?.ToString() switch
        {
            "audio/pcmu" => RealtimeWireFormat.Pcmu,
            "audio/pcma" => RealtimeWireFormat.Pcma,
            "audio/pcm" => RealtimeWireFormat.Pcm24k,
            _ => _session.OutputFormat,
        };
        var record = new RealtimeTwinResponse(_ids.Next("resp_"), _agenda.Now, format);
        _record.Responses.Add(record);
        var active = new RealtimeActiveResponse(record, turn, outOfBand) { Metadata = overrides?["metadata"]?.DeepClone() };
        active.MaxOutputTokens = (overrides?["max_output_tokens"] ?? _session.Effective["max_output_tokens"]) is JsonValue most && int.TryParse(most.ToJsonString(), out int tokens) ? tokens : null;
        active.IsText = overrides?["output_modalities"] is JsonArray modalities
            ? modalities.Count == 1 && modalities[0]!.ToString() == "text"
            : _session.IsTextOnly;
        if (!outOfBand)
        {
            _active = active;
        }

        _write.Response("response.created", active);
        int think = turn is { AfterMs: > 0 } ? turn.AfterMs : _options.ThinkMs;
        _agenda.After(TimeSpan.FromMilliseconds(turn is null ? 0 : think), () => Speak(active));
    }

    /// <summary>Ends the active response before its time.</summary>
    /// <param name="reason">turn_detected or client_cancelled.</param>
    public void Cancel(string reason)
    {
        if (_active is not { } active)
        {
            return;
        }

        if (active.Item is { } item)
        {
            if (!active.IsText)
            {
                int late = _faults.Current.LateDeltas ?? _sizes.Next(3);
                for (int i = 0; i < late && active.Sent < active.Audio.Length; i++)
                {
                    SendAudio(active, _options.MinDeltaMs);
                }
            }

            FinishMessage(active, item, "incomplete");
        }
        else if (active.Turn is not null && active.Record.Calls.Count == 0 && active.Output.Count == 0)
        {
            // Nothing of it was said: it is said at the next occasion.
            _progress.NextAgentTurn--;
        }

        End(active, "cancelled", reason);
    }

    /// <summary>The connection is gone: what was not begun is said on the next one.</summary>
    public void Forget()
    {
        if (_active is { Done: false, Item: null, Turn: not null } active && active.Record.Calls.Count == 0 && active.Output.Count == 0)
        {
            _progress.NextAgentTurn--;
        }

        _active = null;
    }

    private void Speak(RealtimeActiveResponse active)
    {
        if (active.Done)
        {
            return;
        }

        ScenarioTurn? turn = active.Turn;
        if (_faults.TakeResponseFailure() is { } code)
        {
            End(active, "failed", null, (code, "The server had an error while processing your request. Sorry about that!"));
            if (turn is not null)
            {
                // Nothing of it was said: it is said at the next occasion.
                _progress.NextAgentTurn--;
            }

            return;
        }

        if (turn?.End is ScenarioResponseEnd.Failed or ScenarioResponseEnd.RateLimited)
        {
            End(active, "failed", null, turn.End == ScenarioResponseEnd.RateLimited
                ? ("rate_limit_exceeded", "Rate limit reached for this model. Please try again in 1s.")
                : ("server_error", "The server had an error while processing your request. Sorry about that!"));
            return;
        }

        _calls.CallApproved(active);
        if (turn is null || (turn.Clip is null && !(active.IsText && turn.Transcript.Length > 0)))
        {
            CallFunctions(active);
            return;
        }

        active.Words = turn.Transcript.Split(' ');
        active.Record.Clip = turn.Clip;
        active.Record.ItemId = _ids.Next("item_");
        active.Audio = active.IsText ? default : active.Record.Format.Encode(turn.Clip!);
        active.Cut(turn.End);
        var item = new RealtimeItem(active.Record.ItemId, new JsonObject
        {
            ["id"] = active.Record.ItemId,
            ["object"] = "realtime.item",
            ["type"] = "message",
            ["status"] = "in_progress",
            ["role"] = "assistant",
            ["content"] = new JsonArray(),
        })
        { Response = active.IsText ? null : active.Record };
        active.Item = item;
        _write.Item("response.output_item.added", active, item);
        Enter(active, item);
        _write.Part("response.content_part.added", active, "");
        if (active.IsText)
        {
            SendWords(active, active.WordLimit);
            FinishMessage(active, item, active.CutReason is null ? "completed" : "incomplete");
            Conclude(active);
            return;
        }

        HasSpoken = true;
        SendNext(active);
    }

    private void SendNext(RealtimeActiveResponse active)
    {
        if (active.Done)
        {
            return;
        }

        if (_unsentBytes() > MostUnsentBytes)
        {
            _agenda.After(TimeSpan.FromMilliseconds(20), () => SendNext(active));
            return;
        }

        // Words first: the transcript runs half as far again ahead of the sound.
        int chunk = _sizes.Next(_options.MinDeltaMs, _options.MaxDeltaMs + 1);
        double heard = (double)(active.Sent + (chunk * active.Record.Format.BytesPerMs())) / Math.Max(1, active.Audio.Length);
        SendWords(active, Math.Min(active.WordLimit, (int)Math.Ceiling(active.Words.Length * Math.Min(1, heard * 1.5))));
        double sentMs = SendAudio(active, chunk);
        if (active.Sent < active.Limit)
        {
            if (_options.AudioSpeed > 0)
            {
                _agenda.After(TimeSpan.FromMilliseconds(sentMs / _options.AudioSpeed), active.Next ??= () => SendNext(active));
            }
            else
            {
                _agenda.After(TimeSpan.Zero, active.Next ??= () => SendNext(active));
            }

            return;
        }

        SendWords(active, active.WordLimit);
        FinishMessage(active, active.Item!, active.CutReason is null ? "completed" : "incomplete");
        Conclude(active);
    }

    // A response that was cut calls nothing any more.
    private void Conclude(RealtimeActiveResponse active)
    {
        if (active.CutReason is { } reason)
        {
            End(active, "incomplete", reason);
        }
        else
        {
            CallFunctions(active);
        }
    }

    // Items of a response out of band are not the conversation's.
    private void Enter(RealtimeActiveResponse active, RealtimeItem item)
    {
        if (!active.OutOfBand)
        {
            _conversation.Append(item);
        }
    }

    private void Leave(RealtimeActiveResponse active, RealtimeItem item)
    {
        if (!active.OutOfBand)
        {
            _conversation.Finish(item);
        }
    }

    // Sizes are whole samples, and no multiple of anything else: a few samples more or less than the milliseconds say.
    private double SendAudio(RealtimeActiveResponse active, int milliseconds)
    {
        RealtimeTwinFaults faults = _faults.Current;
        int sample = active.Record.Format.BytesPerSample();
        int length = (milliseconds * active.Record.Format.BytesPerMs()) + (_sizes.Next(-7, 8) * sample);
        length = Math.Clamp(length, sample, active.Limit - active.Sent);
        _deltas++;
        if (Every(faults.HugeEveryDeltas))
        {
            length = active.Limit - active.Sent;
        }

        if (Every(faults.OddEveryDeltas) && length > 1 && active.Sent + length < active.Limit)
        {
            length -= active.Sent % sample == 0 ? 1 : 0;
        }
        else if (active.Sent % sample != 0 && length > 1)
        {
            length -= 1;
        }

        if (Every(faults.EmptyEveryDeltas))
        {
            SendDelta(active, default);
        }

        ReadOnlyMemory<byte> audio = active.Audio.Slice(active.Sent, length);
        bool spoiled = Every(faults.BadBase64EveryDeltas);
        SendDelta(active, audio.Span, spoiled);
        if (Every(faults.DuplicateEveryDeltas))
        {
            SendDelta(active, audio.Span);
        }

        active.Sent += length;
        active.Record.FirstAudioAt ??= _agenda.Now;
        active.Record.Audio = active.Audio[..active.Sent];
        return (double)length / active.Record.Format.BytesPerMs();

        bool Every(int n) => n > 0 && _deltas % n == 0;
    }

    private void SendDelta(RealtimeActiveResponse active, ReadOnlySpan<byte> audio, bool spoiled = false)
    {
        _write.BeginPart("response.output_audio.delta", active);
        _events.WriteBase64("delta"u8, audio, spoiled);
        _events.End();
    }

    private void SendWords(RealtimeActiveResponse active, int upTo)
    {
        if (upTo <= active.WordsSent)
        {
            return;
        }

        string text = (active.WordsSent > 0 ? " " : "") + string.Join(' ', active.Words[active.WordsSent..upTo]);
        active.WordsSent = upTo;
        active.Record.Transcript += text;
        _write.BeginPart(active.IsText ? "response.output_text.delta" : "response.output_audio_transcript.delta", active).WriteString("delta", text);
        _events.End();
    }

    private void FinishMessage(RealtimeActiveResponse active, RealtimeItem item, string status)
    {
        if (active.IsText)
        {
            _write.BeginPart("response.output_text.done", active).WriteString("text", active.Record.Transcript);
            _events.End();
        }
        else
        {
            _write.BeginPart("response.output_audio.done", active);
            _events.End();
            _write.BeginPart("response.output_audio_transcript.done", active).WriteString("transcript", active.Record.Transcript);
            _events.End();
        }

        _write.Part("response.content_part.done", active, active.Record.Transcript);
        item.Body["status"] = status;
        item.Body["content"] = new JsonArray(active.IsText
            ? new JsonObject { ["type"] = "output_text", ["text"] = active.Record.Transcript }
            : new JsonObject { ["type"] = "output_audio", ["transcript"] = active.Record.Transcript });
        _write.Item("response.output_item.done", active, item);
        Leave(active, item);
        active.Output.Add(item.Body.DeepClone());
        active.OutputIndex++;
        active.Item = null;
    }

    private void CallFunctions(RealtimeActiveResponse active)
    {
        _calls.Call(active);
        End(active, "completed", null);
    }

    private void End(RealtimeActiveResponse active, string status, string? reason, (string Code, string Message)? failure = null)
    {
        active.Done = true;
        active.Record.Status = status;
        active.Record.Reason = reason;
        active.Record.DoneAt = _agenda.Now;
        active.Failure = failure;
        if (active == _active)
        {
            _active = null;
        }

        _write.Response("response.done", active);
        _write.RateLimits(_record.Responses.Count);
        if (!active.OutOfBand)
        {
            Ended?.Invoke(active.Record.AudioMs);
        }
    }
}
