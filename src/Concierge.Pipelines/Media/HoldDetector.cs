using Concierge.Audio;

namespace Concierge.Pipelines.Media;

/// <summary>
/// Tells music that is played to somebody on hold from speech: sound that goes on for seconds with hardly a pause and without the swell of syllables. Steps of
/// 20 ms; allocation-free after construction; the carrier loop's own.
/// </summary>
internal sealed class HoldDetector
{
    private const int Bins = 97;              // of 1 dB, from -96 dBFS to 0
    private const int FloorDb = -96;
    private const int SoundDb = -48;          // quieter steps are pauses
    private const double SoundShare = 0.97;
    private const int MostSwellDb = 15;       // between the 10th and the 90th percentile: speech has 20 and more
    private const int EndSteps = 15;          // 300 ms of pause

    private readonly sbyte[] _levels;
    private readonly int[] _histogram = new int[Bins];
    private int _count;
    private int _next;
    private int _sound;
    private int _pause;

    /// <param name="window">How long sound must go on.</param>
    public HoldDetector(TimeSpan window) => _levels = new sbyte[(int)(window.TotalMilliseconds / 20)];

    /// <summary>Whether music is being played.</summary>
    public bool IsHold { get; private set; }

    /// <summary>Takes one frame of about 20 ms.</summary>
    public bool Process(ReadOnlySpan<short> samples)
    {
        double decibels = PcmLevel.ToDecibels(PcmLevel.Rms(samples));
        int level = (int)Math.Clamp(double.IsNegativeInfinity(decibels) ? FloorDb : decibels, FloorDb, 0);
        if (_count == _levels.Length)
        {
            int old = _levels[_next];
            _histogram[old - FloorDb]--;
            _sound -= old >= SoundDb ? 1 : 0;
        }
        else
        {
            _count++;
        }

        _levels[_next] = (sbyte)level;
        _next = (_next + 1) % _levels.Length;
        _histogram[level - FloorDb]++;
        _sound += level >= SoundDb ? 1 : 0;
        _pause = level >= SoundDb ? 0 : _pause + 1;
        IsHold = IsHold ? _pause < EndSteps : _count == _levels.Length && _sound >= SoundShare * _count && Swell() <= MostSwellDb;
        if (!IsHold && _pause == EndSteps)
        {
            Forget(); // what comes after a pause is judged for itself
        }

        return IsHold;
    }

    private int Swell()
    {
        int seen = 0, low = -1;
        for (int i = 0; i < Bins; i++)
        {
            seen += _histogram[i];
            if (low < 0 && seen * 10 >= _count)
            {
                low = i;
            }

            if (seen * 10 >= _count * 9)
            {
                return i - low;
            }
        }

        return 0;
    }

    private void Forget()
    {
        _count = _next = _sound = 0;
        Array.Clear(_histogram);
    }
}
