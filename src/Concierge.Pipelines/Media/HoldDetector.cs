using Concierge.Audio;

namespace Concierge.Pipelines.Media;

/// <summary>
/// Tells music that is played to somebody on hold from speech: sound that goes on for seconds with hardly a pause and without the swell of syllables. Steps of
/// 20 ms; the carrier loop's own. Speech pauses every few seconds and needs little memory; it grows, in a few steps, where sound goes on.
/// </summary>
internal sealed class HoldDetector
{
    private const int Bins = 97;              // of 1 dB, from -96 dBFS to 0
    private const int FloorDb = -96;
    private const int SoundDb = -48;          // quieter steps are pauses
    private const double SoundShare = 0.97;
    private const int MostSwellDb = 15;       // between the 10th and the 90th percentile: speech has 20 and more
    private const int EndSteps = 15;          // 300 ms of pause

    private const int FirstSteps = 256;       // 5 s

    private readonly int _window;             // steps
    private readonly ushort[] _histogram = new ushort[Bins];
    private sbyte[] _levels;                  // a ring once it is as long as the window
    private int _count;
    private int _next;
    private int _sound;
    private int _pause;

    /// <param name="window">How long sound must go on.</param>
    public HoldDetector(TimeSpan window)
    {
        _window = (int)Math.Clamp(window.TotalMilliseconds / 20, 1, ushort.MaxValue);
        _levels = new sbyte[Math.Min(_window, FirstSteps)];
    }

    /// <summary>Whether music is being played.</summary>
    public bool IsHold { get; private set; }

    /// <summary>Takes one frame of about 20 ms.</summary>
    public bool Process(ReadOnlySpan<short> samples)
    {
        double decibels = PcmLevel.ToDecibels(PcmLevel.Rms(samples));
        int level = (int)Math.Clamp(double.IsNegativeInfinity(decibels) ? FloorDb : decibels, FloorDb, 0);
        if (_count == _window)
        {
            int old = _levels[_next];
            _histogram[old - FloorDb]--;
            _sound -= old >= SoundDb ? 1 : 0;
        }
        else
        {
            if (_count == _levels.Length)
            {
                // Not full, so it has not come round yet: what is there stays in its place.
                Array.Resize(ref _levels, Math.Min(_window, 2 * _levels.Length));
                _next = _count;
            }

            _count++;
        }

        _levels[_next] = (sbyte)level;
        _next = (_next + 1) % _levels.Length;
        _histogram[level - FloorDb]++;
        _sound += level >= SoundDb ? 1 : 0;
        _pause = level >= SoundDb ? 0 : _pause + 1;
        IsHold = IsHold ? _pause < EndSteps : _count == _window && _sound >= SoundShare * _count && Swell() <= MostSwellDb;
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
