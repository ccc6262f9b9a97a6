using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Concierge.Simulation.Scenarios;
using Concierge.Simulation.Speech;
using Concierge.Simulation.Time;

namespace Concierge.Simulation.Realtime;

/// <summary>
/// The model's ear: decodes what is appended, detects turns on the clock of the audio itself, commits them, and transcribes them with the scenario's words.
/// </summary>
internal sealed class RealtimeHearing
{
    // PROTOCOL B.9: 15 MiB for one append.
    private const int MostAppendBytes = 15 * 1024 * 1024;

    private const int MostPauseInsideTurnMs = 400;

    private readonly RealtimeEventWriter _events;
    private readonly RealtimeConversation _conversation;
    private readonly RealtimeSessionState _session;
    private readonly RealtimeTwinRecord _record;
    private readonly RealtimeIds _ids;
    private readonly Agenda _agenda;
    private readonly ScenarioProgress _progress;
    private readonly RealtimeTranscriber _transcriber;
    private readonly (string Clip, string Transcript)[] _script;
    private SpeechDetector _detector = new(24000);
    private byte[] _bytes = new byte[1024];
    private int _committed;         // samples of the present track that are out of the buffer
    private double _turnStartMs;    // of the present turn, prefix padding included
    private double _lastTurnEndMs;
    private string _itemId = "";
    private TimeSpan _startedAt;
    private byte _oddByte;          // first half of a PCM sample whose second half has not come
    private bool _hasOddByte;

    public RealtimeHearing(
        RealtimeEventWriter events,
        RealtimeConversation conversation,
        RealtimeSessionState session,
        RealtimeTwinRecord record,
        RealtimeTwinOptions options,
        RealtimeIds ids,
        Agenda agenda,
        ScenarioProgress progress,
        RealtimeFaultPlan faults)
    {
        _events = events;
        _conversation = conversation;
        _session = session;
        _record = record;
        _ids = ids;
        _agenda = agenda;
        _progress = progress;
        _transcriber = new RealtimeTranscriber(events, session, options, ids, agenda, faults);
        _script = Script(progress.Scenario);
        Configure();
    }

    /// <summary>Speech began and the session wants the active response interrupted.</summary>
    public Action? Interrupted { get; set; }

    /// <summary>A turn was committed and the session wants a response.</summary>
    public Action? ResponseWanted { get; set; }

    /// <summary>Speech began: whatever waits for silence need not.</summary>
    public Action? SpeechStarted { get; set; }

    public bool IsSpeech => _detector.IsSpeech;

    /// <summary>Takes over the session's formats and detector settings.</summary>
    public void Configure()
    {
        int rate = _session.InputFormat.Rate();
        if (rate != _detector.SampleRate || _record.Heard.SampleRate != rate)
        {
            _detector = new SpeechDetector(rate);
            _record.Heard = new AudioTrack(rate);
            _committed = 0;
            _hasOddByte = false;
        }

        _detector.Started = OnStarted;
        _detector.Stopped = OnStopped;
        if (_session.TurnDetection is { } detection)
        {
            _detector.ThresholdDb = detection.ThresholdDb;
            _detector.SilenceMs = detection.SilenceMs;
        }
        else
        {
            _detector.Forget();
            _detector.Started = null;
            _detector.Stopped = null;
        }
    }

    /// <summary>Hears one append.</summary>
    /// <param name="base64">The event's audio.</param>
    /// <returns>The refusal, or null.</returns>
    public RealtimeTwinError? Append(ReadOnlySpan<byte> base64)
    {
        if (base64.Length > MostAppendBytes)
        {
            return new RealtimeTwinError("string_above_max_length", $"Invalid 'audio': string too long. Expected a string with maximum length {MostAppendBytes}, but got a string with length {base64.Length} instead.", "audio");
        }

        int most = Base64.GetMaxDecodedFromUtf8Length(base64.Length) + 1;
        if (_bytes.Length < most)
        {
            _bytes = new byte[most];
        }

        int start = _hasOddByte ? 1 : 0;
        _bytes[0] = _oddByte;
        if (Base64.DecodeFromUtf8(base64, _bytes.AsSpan(start), out _, out int written) != OperationStatus.Done)
        {
            return new RealtimeTwinError("invalid_value", "Invalid 'audio'. Expected base64-encoded audio bytes, but got something else.", "audio");
        }

        RealtimeWireFormat format = _session.InputFormat;
        int length = start + written;
        int samples = length / format.BytesPerSample();
        _hasOddByte = length % format.BytesPerSample() != 0;
        if (_hasOddByte)
        {
            _oddByte = _bytes[length - 1];
        }

        int offset = _record.Heard.Length;
        Span<short> heard = _record.Heard.Extend(samples);
        format.Decode(_bytes, heard);
        _record.AddAppend(new RealtimeTwinAppend(_agenda.Now, offset, samples));
        _detector.Process(heard);
        return null;
    }

    /// <summary>input_audio_buffer.clear of the client.</summary>
    public void Clear()
    {
        _committed = _record.Heard.Length;
        _detector.Forget();
        _events.Begin("input_audio_buffer.cleared");
        _events.End();
    }

    /// <summary>input_audio_buffer.commit of the client.</summary>
    /// <returns>The refusal, or null.</returns>
    public RealtimeTwinError? Commit()
    {
        double buffered = (_record.Heard.Length - _committed) * 1000.0 / _record.Heard.SampleRate;
        if (buffered < 100)
        {
            return new RealtimeTwinError(
                "input_audio_buffer_commit_empty",
                string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Error committing input audio buffer: buffer too small. Expected at least 100ms of audio, but buffer only has {buffered:0.00}ms of audio."));
        }

        bool speaking = _detector.IsSpeech;
        string item = speaking ? _itemId : _ids.Next("item_");
        double start = _committed * 1000.0 / _record.Heard.SampleRate;
        CommitTurn(item, speaking ? _detector.SpeechStartMs : start, _detector.PositionMs, speaking ? _startedAt : null);
        _detector.Forget();
        return null;
    }

    /// <summary>The idle time-out: commits what silence there is, and wants a response.</summary>
    public void TimeOut()
    {
        string item = _ids.Next("item_");
        double start = _lastTurnEndMs;
        Utf8JsonWriter json = _events.Begin("input_audio_buffer.timeout_triggered");
        json.WriteNumber("audio_start_ms", (long)start);
        json.WriteNumber("audio_end_ms", (long)_detector.PositionMs);
        json.WriteString("item_id", item);
        _events.End();
        CommitTurn(item, start, _detector.PositionMs, null, isSilence: true);
        ResponseWanted?.Invoke();
    }

    private void OnStarted()
    {
        RealtimeTurnDetection detection = _session.TurnDetection!;
        _itemId = _ids.Next("item_");
        _startedAt = _agenda.Now;
        _turnStartMs = Math.Max(_lastTurnEndMs, Math.Max(0, _detector.SpeechStartMs - detection.PrefixMs));
        Utf8JsonWriter json = _events.Begin("input_audio_buffer.speech_started");
        json.WriteNumber("audio_start_ms", (long)_turnStartMs);
        json.WriteString("item_id", _itemId);
        _events.End();
        SpeechStarted?.Invoke();
        if (detection.Interrupts)
        {
            Interrupted?.Invoke();
        }
    }

    private void OnStopped()
    {
        Utf8JsonWriter json = _events.Begin("input_audio_buffer.speech_stopped");
        json.WriteNumber("audio_end_ms", (long)_detector.PositionMs);
        json.WriteString("item_id", _itemId);
        _events.End();
        CommitTurn(_itemId, _detector.SpeechStartMs, _detector.SpeechEndMs, _startedAt);
        if (_session.TurnDetection!.CreatesResponse)
        {
            ResponseWanted?.Invoke();
        }
    }

    private void CommitTurn(string itemId, double startMs, double endMs, TimeSpan? startedAt, bool isSilence = false)
    {
        int from = Math.Clamp((int)((startedAt is null ? startMs : _turnStartMs) * _record.Heard.SampleRate / 1000), _committed, _record.Heard.Length);
        _committed = _record.Heard.Length;
        _lastTurnEndMs = _detector.PositionMs;

        (string? clip, string transcript) = !isSilence && _progress.HeardTurns < _script.Length ? _script[_progress.HeardTurns++] : (null, "");
        _record.UserTurns.Add(new RealtimeTwinUserTurn
        {
            ItemId = itemId,
            SpeechStartMs = startMs,
            SpeechEndMs = endMs,
            StartedAt = startedAt,
            CommittedAt = _agenda.Now,
            Transcript = transcript,
            Clip = clip,
        });

        Utf8JsonWriter json = _events.Begin("input_audio_buffer.committed");
        json.WriteString("previous_item_id", _conversation.LastId);
        json.WriteString("item_id", itemId);
        _events.End();

        var item = new RealtimeItem(itemId, new JsonObject
        {
            ["id"] = itemId,
            ["object"] = "realtime.item",
            ["type"] = "message",
            ["status"] = "completed",
            ["role"] = "user",
            ["content"] = new JsonArray(new JsonObject { ["type"] = "input_audio", ["transcript"] = null }),
        })
        {
            UserAudio = (_record.Heard, from, _record.Heard.Length),
        };
        _conversation.Append(item);
        _conversation.Finish(item);
        if (_session.TranscribesInput)
        {
            _transcriber.Transcribe(item, transcript, endMs - startMs);
        }
    }

    // What follows the callee's own words without a pause is heard as one turn with them; tones have no words.
    private static (string Clip, string Transcript)[] Script(Scenario scenario)
    {
        var script = new List<(string Clip, string Transcript)>();
        foreach (ScenarioTurn turn in scenario.CalleeTurns.Where(t => t.Clip is not null))
        {
            if (turn is { When: ScenarioTrigger.Elapsed, AfterMs: < MostPauseInsideTurnMs } && script.Count > 0)
            {
                script[^1] = (script[^1].Clip, script[^1].Transcript + " " + turn.Transcript);
            }
            else
            {
                script.Add((turn.Clip!.Name, turn.Transcript));
            }
        }

        return [.. script];
    }
}
