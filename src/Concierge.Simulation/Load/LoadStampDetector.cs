namespace Concierge.Simulation.Load;

/// <summary>Finds stamps in a stream of samples that comes in pieces of any size.</summary>
internal sealed class LoadStampDetector
{
    private const short Threshold = LoadStamp.Amplitude * 3 / 10;

    private readonly int _half;     // samples per half bit
    private readonly int _quietDue; // samples of silence before a stamp

    private int _quiet;
    private int _position = -1;     // into the stamp, in samples; -1 outside one
    private int _sum;
    private uint _bits;

    /// <param name="sampleRate">8000 or 24000.</param>
    public LoadStampDetector(int sampleRate)
    {
        _half = sampleRate / LoadStamp.BitsPerSecond / 2;
        _quietDue = sampleRate / 500;
        _quiet = _quietDue;
    }

    /// <summary>Stamps that began and could not be read.</summary>
    public long Broken { get; private set; }

    /// <summary>Takes samples up to the end of the first stamp in them, or all.</summary>
    /// <returns>Whether a stamp was completed; what is left of <paramref name="samples"/> is to be given again.</returns>
    public bool TryRead(ref ReadOnlySpan<short> samples, out int value, out bool isId)
    {
        while (!samples.IsEmpty)
        {
            if (_position < 0 && !FindStart(ref samples))
            {
                continue;
            }

            if (Collect(ref samples))
            {
                _position = -1;
                _quiet = 0;
                if (LoadStamp.TryUnpack(_bits, out value, out isId))
                {
                    return true;
                }

                Broken++;
            }
        }

        value = 0;
        isId = false;
        return false;
    }

    /// <summary>Passes over silence; true when a stamp begins at the first sample left.</summary>
    private bool FindStart(ref ReadOnlySpan<short> samples)
    {
        int loud = samples.IndexOfAnyExceptInRange((short)-Threshold, Threshold);
        if (loud < 0)
        {
            _quiet += samples.Length;
            samples = default;
            return false;
        }

        _quiet += loud;
        bool starts = _quiet >= _quietDue;
        samples = samples[loud..];
        _quiet = 0;
        if (!starts)
        {
            samples = samples[1..];
            return false;
        }

        _position = 0;
        _bits = 0;
        _sum = 0;
        return true;
    }

    /// <summary>Takes samples of the open stamp; true when it is complete.</summary>
    private bool Collect(ref ReadOnlySpan<short> samples)
    {
        int bit = 2 * _half;
        int whole = LoadStamp.Bits * bit;
        while (_position < whole && samples.Length >= bit && _position % bit == 0)
        {
            // A bit that lies whole in what is there, as nearly all do.
            ReadOnlySpan<short> first = samples[.._half];
            ReadOnlySpan<short> second = samples.Slice(_half, _half);
            int sum = 0;
            for (int i = 0; i < first.Length && i < second.Length; i++)
            {
                sum += first[i] - second[i];
            }

            _bits = (_bits << 1) | (sum > 0 ? 1u : 0u);
            _position += bit;
            samples = samples[bit..];
        }

        while (_position < whole && !samples.IsEmpty)
        {
            int inBit = _position % bit;
            int left = inBit < _half ? _half - inBit : bit - inBit;
            int n = Math.Min(left, samples.Length);
            int sum = 0;
            foreach (short sample in samples[..n])
            {
                sum += sample;
            }

            _sum += inBit < _half ? sum : -sum;
            _position += n;
            samples = samples[n..];
            if (_position % bit == 0)
            {
                _bits = (_bits << 1) | (_sum > 0 ? 1u : 0u);
                _sum = 0;
            }
        }

        return _position == whole;
    }
}
