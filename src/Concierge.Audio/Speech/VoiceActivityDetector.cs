namespace Concierge.Audio;

/// <summary>
/// Tells speech from silence by energy: windows of 10 ms, a threshold, an attack that keeps clicks out and a hang-over that bridges the gaps between words.
/// </summary>
/// <remarks>
/// Speech is reported <c>AttackMilliseconds</c> after it began (plus at most one window) and its end <c>HangOverMilliseconds</c> after the last active window; <see cref="SpeechStartedAt"/>
/// and <see cref="SpeechEndedAt"/> are dated back to the true edges. The answer does not depend on how the input is split. Allocation-free after construction; one owner.
/// </remarks>
public sealed class VoiceActivityDetector
{
    private const int WindowsPerSecond = 100;

    private readonly int _window;
    private readonly int _attackWindows;
    private readonly int _hangOverWindows;
    private readonly double _thresholdEnergy;
    private readonly double _marginRatio;
    private readonly double _floorRise;
    private long _energy;
    private int _filled;
    private int _run;
    private double _floorEnergy;
    private long _activeSince;
    private long _lastActiveEnd;

    /// <summary>Makes a detector in silence.</summary>
    /// <param name="sampleRate">8000, 16000, 24000 or 48000 Hz.</param>
    /// <param name="options">How to decide; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An unsupported rate, or an option out of its documented range.</exception>
    public VoiceActivityDetector(int sampleRate, VoiceActivityOptions? options = null)
    {
        options ??= new VoiceActivityOptions();
        if (sampleRate is not (8000 or 16000 or 24000 or 48000))
        {
            throw new ArgumentOutOfRangeException(nameof(sampleRate), sampleRate, "The detector runs at 8000, 16000, 24000 or 48000 Hz.");
        }

        CheckRange(options.ThresholdDbfs, -90, 0, nameof(options.ThresholdDbfs));
        CheckRange(options.MarginDb, 0, 40, nameof(options.MarginDb));
        CheckRange(options.AttackMilliseconds, 10, 1000, nameof(options.AttackMilliseconds));
        CheckRange(options.HangOverMilliseconds, 10, 5000, nameof(options.HangOverMilliseconds));
        SampleRate = sampleRate;
        _window = sampleRate / WindowsPerSecond;
        _attackWindows = (options.AttackMilliseconds + 9) / 10;
        _hangOverWindows = (options.HangOverMilliseconds + 9) / 10;
        double fullScale = 32768.0 * 32768.0 * _window;
        _thresholdEnergy = Math.Pow(10, options.ThresholdDbfs / 10) * fullScale;
        _marginRatio = Math.Pow(10, options.MarginDb / 10);
        _floorRise = Math.Pow(10, 3.0 / 10 / WindowsPerSecond);
        Reset();
    }

    /// <summary>The rate that the detector was made for, in Hz.</summary>
    public int SampleRate { get; }

    /// <summary>True from the reported start of speech to its reported end.</summary>
    public bool IsSpeech { get; private set; }

    /// <summary>Samples seen since construction or <see cref="Reset"/>.</summary>
    public long SamplesProcessed { get; private set; }

    /// <summary>Where the present or last stretch of speech began, in samples since the start; -1 before the first.</summary>
    public long SpeechStartedAt { get; private set; }

    /// <summary>Where the last finished stretch of speech ended (the end of its last active window), in samples since the start; -1 before the first.</summary>
    public long SpeechEndedAt { get; private set; }

    /// <summary>The level of the last whole window in dBFS; negative infinity before the first and in digital silence.</summary>
    public double WindowDbfs { get; private set; }

    /// <summary>Takes the next samples, any number of them.</summary>
    /// <param name="samples">Mono samples at <see cref="SampleRate"/>.</param>
    /// <returns><see cref="IsSpeech"/> after the last whole window.</returns>
    public bool Process(ReadOnlySpan<short> samples)
    {
        while (!samples.IsEmpty)
        {
            int take = Math.Min(samples.Length, _window - _filled);
            _energy += PcmLevel.SumOfSquares(samples[..take]);
            _filled += take;
            SamplesProcessed += take;
            samples = samples[take..];
            if (_filled == _window)
            {
                EndWindow();
            }
        }

        return IsSpeech;
    }

    /// <summary>Back to silence at sample 0, the noise floor forgotten.</summary>
    public void Reset()
    {
        _energy = 0;
        _filled = 0;
        _run = 0;
        _floorEnergy = double.PositiveInfinity;
        _activeSince = 0;
        _lastActiveEnd = 0;
        IsSpeech = false;
        SamplesProcessed = 0;
        SpeechStartedAt = -1;
        SpeechEndedAt = -1;
        WindowDbfs = double.NegativeInfinity;
    }

    private void EndWindow()
    {
        double energy = _energy;
        _energy = 0;
        _filled = 0;
        WindowDbfs = PcmLevel.ToDecibels(Math.Sqrt(energy / _window) / 32768.0);
        bool active = energy >= _thresholdEnergy && (_marginRatio == 1 || double.IsPositiveInfinity(_floorEnergy) || energy >= _floorEnergy * _marginRatio);
        if (!active || energy < _floorEnergy)
        {
            // The smallest floor is one LSB: digital silence must not pull it to zero, from where it could never rise.
            _floorEnergy = Math.Max(_window, Math.Min(energy, _floorEnergy * _floorRise));
        }

        if (active)
        {
            _lastActiveEnd = SamplesProcessed;
        }

        if (active == IsSpeech)
        {
            _run = 0;
            return;
        }

        // Against the present state: count the run; the attack or the hang-over decides when it flips.
        if (_run++ == 0 && active)
        {
            _activeSince = SamplesProcessed - _window;
        }

        if (active && _run >= _attackWindows)
        {
            IsSpeech = true;
            SpeechStartedAt = _activeSince;
            _run = 0;
        }
        else if (!active && _run >= _hangOverWindows)
        {
            IsSpeech = false;
            SpeechEndedAt = _lastActiveEnd;
            _run = 0;
        }
    }

    private static void CheckRange(double value, double minimum, double maximum, string name)
    {
        if (!(value >= minimum && value <= maximum))
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} must lie between {minimum} and {maximum}.");
        }
    }
}
