namespace Concierge.Simulation.Speech;

/// <summary>
/// Tells speech from silence by the energy of 10 ms blocks: 50 ms above the threshold begin speech, a stretch of silence ends it. Counts the samples it is
/// given, so its clock is the audio's own. Allocates nothing per block.
/// </summary>
internal sealed class SpeechDetector
{
    private const int AttackBlocks = 5;

    private readonly int _blockSamples;
    private double _sum;
    private int _filled;
    private int _speechBlocks;
    private long _runStart;
    private long _lastSpeechEnd;

    public SpeechDetector(int sampleRate)
    {
        SampleRate = sampleRate;
        _blockSamples = sampleRate / 100;
    }

    public int SampleRate { get; }

    public double ThresholdDb { get; set; } = -40;

    public int SilenceMs { get; set; } = 500;

    /// <summary>Samples processed.</summary>
    public long Position { get; private set; }

    public double PositionMs => ToMs(Position);

    public bool IsSpeech { get; private set; }

    /// <summary>Where the present or last speech began, in milliseconds.</summary>
    public double SpeechStartMs => ToMs(_runStart);

    /// <summary>Where the last block above the threshold ended, in milliseconds.</summary>
    public double SpeechEndMs => ToMs(_lastSpeechEnd);

    /// <summary>Called at the block that begins speech.</summary>
    public Action? Started { get; set; }

    /// <summary>Called at the block that ends it.</summary>
    public Action? Stopped { get; set; }

    public void Process(ReadOnlySpan<short> samples)
    {
        while (!samples.IsEmpty)
        {
            int count = Math.Min(samples.Length, _blockSamples - _filled);
            long sum = 0;
            foreach (short sample in samples[..count])
            {
                sum += sample * sample;
            }

            _sum += sum;
            _filled += count;
            Position += count;
            samples = samples[count..];
            if (_filled == _blockSamples)
            {
                EndBlock();
            }
        }
    }

    /// <summary>Forgets speech in progress; the clock goes on.</summary>
    public void Forget()
    {
        IsSpeech = false;
        _speechBlocks = 0;
    }

    private void EndBlock()
    {
        bool loud = Loudness.FromPower(_sum / _filled) > ThresholdDb;
        _sum = 0;
        _filled = 0;
        if (loud)
        {
            _lastSpeechEnd = Position;
        }

        if (IsSpeech)
        {
            if (!loud && ToMs(Position - _lastSpeechEnd) >= SilenceMs)
            {
                IsSpeech = false;
                _speechBlocks = 0;
                Stopped?.Invoke();
            }

            return;
        }

        if (loud && _speechBlocks++ == 0)
        {
            _runStart = Position - _blockSamples;
        }
        else if (!loud && _speechBlocks > 0)
        {
            _speechBlocks--;
        }

        if (_speechBlocks >= AttackBlocks)
        {
            IsSpeech = true;
            Started?.Invoke();
        }
    }

    private double ToMs(long samples) => samples * 1000.0 / SampleRate;
}
