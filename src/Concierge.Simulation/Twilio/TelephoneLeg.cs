using Concierge.Simulation.Scenarios;
using Concierge.Simulation.Speech;
using Concierge.Simulation.Time;

namespace Concierge.Simulation.Twilio;

/// <summary>
/// The person's end of a call from answer to hang-up: the callee, the line's noise and echo, and whoever listens in. A bidirectional stream drives it while it
/// runs; between streams it ticks by itself, so that the person's time goes on during Say, Pause or a slow webhook.
/// </summary>
internal sealed class TelephoneLeg : IDisposable
{
    public const int FrameMs = 20;
    public const int FrameSamples = 160;

    private readonly Lock _gate = new();
    private readonly TelephoneLine _line;
    private readonly short[] _heard = new short[FrameSamples];
    private readonly short[] _said = new short[FrameSamples];
    private readonly byte[] _sent = new byte[FrameSamples];
    private readonly List<Action<ReadOnlyMemory<byte>, ReadOnlyMemory<short>>> _listeners = [];
    private Agenda? _agenda;
    private ReadOnlyMemory<short> _sound;
    private TaskCompletionSource? _soundEnded;
    private long _due;
    private bool _driven;
    private bool _over;

    public TelephoneLeg(Scenario scenario, TwilioTwinRecord record, bool keepAudio = false)
    {
        Callee = new ScriptedCallee(scenario, record);
        _line = new TelephoneLine(scenario.Line, scenario.Seed);
        Said = keepAudio ? new AudioTrack(8000) : null;
        Heard = keepAudio ? new AudioTrack(8000) : null;
    }

    public ScriptedCallee Callee { get; }

    /// <summary>All that the person said since the answer, when it is kept.</summary>
    public AudioTrack? Said { get; }

    /// <summary>All that the person heard since the answer, when it is kept.</summary>
    public AudioTrack? Heard { get; }

    /// <summary>Called when the person hangs up between streams, on the clock's thread.</summary>
    public Action<TwilioTwinEnd>? HungUp { get; set; }

    /// <summary>Called for digits pressed between streams.</summary>
    public Action<string>? Pressed { get; set; }

    /// <summary>Begins to tick by itself.</summary>
    public void Start(TimeProvider time)
    {
        _agenda = new Agenda(time, _gate, static () => { }, static _ => { });
        lock (_gate)
        {
            _due = FrameMs;
            _agenda.At(TimeSpan.FromMilliseconds(_due), Tick);
        }
    }

    /// <summary>A stream takes over (true) or lets go: by itself the leg ticks only between.</summary>
    public void SetDriven(bool driven)
    {
        lock (_gate)
        {
            _driven = driven;
            if (!driven && _agenda is { } agenda && !_over)
            {
                _due = (long)agenda.Now.TotalMilliseconds + FrameMs;
                agenda.At(TimeSpan.FromMilliseconds(_due), Tick);
            }
        }
    }

    /// <summary>Lets the person hear something. Ends when it was heard, or when <see cref="Silence"/> cut it off.</summary>
    public Task HearAsync(ReadOnlyMemory<short> sound)
    {
        lock (_gate)
        {
            _sound = sound;
            _soundEnded?.TrySetResult();
            _soundEnded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (sound.IsEmpty || _over)
            {
                _soundEnded.SetResult();
            }

            return _soundEnded.Task;
        }
    }

    /// <summary>Drops what is being heard.</summary>
    public void Silence()
    {
        lock (_gate)
        {
            _sound = default;
            _soundEnded?.TrySetResult();
        }
    }

    /// <summary>Listens to both sides, frame by frame: mu-law of the person, samples heard by it.</summary>
    public void Listen(Action<ReadOnlyMemory<byte>, ReadOnlyMemory<short>> listener)
    {
        lock (_gate)
        {
            _listeners.Add(listener);
        }
    }

    public void Unlisten(Action<ReadOnlyMemory<byte>, ReadOnlyMemory<short>> listener)
    {
        lock (_gate)
        {
            _listeners.Remove(listener);
        }
    }

    /// <summary>One frame of the call.</summary>
    /// <param name="heard">160 samples that the person hears.</param>
    /// <param name="said">160 samples, filled with what leaves its line, after G.711.</param>
    /// <param name="sent">The same as 160 bytes of mu-law.</param>
    /// <returns>Level of what was heard, in dBFS.</returns>
    public double Frame(Memory<short> heard, Span<short> said, Memory<byte> sent)
    {
        double level = Callee.Frame(heard.Span, said);
        _line.Apply(said, heard.Span);
        Span<byte> bytes = sent.Span;
        for (int i = 0; i < said.Length; i++)
        {
            bytes[i] = TelephoneCodec.ToMuLaw(said[i]);
            said[i] = TelephoneCodec.FromMuLaw(bytes[i]);
        }

        Said?.Append(said);
        Heard?.Append(heard.Span);
        if (_listeners.Count > 0)
        {
            foreach (Action<ReadOnlyMemory<byte>, ReadOnlyMemory<short>> listener in _listeners.ToArray())
            {
                listener(sent, heard);
            }
        }

        return level;
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _over = true;
            _sound = default;
            _soundEnded?.TrySetResult();
        }

        _agenda?.Dispose();
    }

    private void Tick()
    {
        if (_driven || _over)
        {
            return;
        }

        _due += FrameMs;
        _agenda!.At(TimeSpan.FromMilliseconds(_due), Tick);
        int length = Math.Min(FrameSamples, _sound.Length);
        _sound.Span[..length].CopyTo(_heard);
        _heard.AsSpan(length).Clear();
        _sound = _sound[length..];
        Frame(_heard, _said, _sent);
        if (Callee.Digits is { } digits)
        {
            Pressed?.Invoke(digits);
        }

        if (_sound.IsEmpty)
        {
            _soundEnded?.TrySetResult();
        }

        if (Callee.HangsUp is { } end)
        {
            _over = true;
            _soundEnded?.TrySetResult();
            HungUp?.Invoke(end);
        }
    }
}
