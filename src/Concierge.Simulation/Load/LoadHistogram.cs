using System.Numerics;

namespace Concierge.Simulation.Load;

/// <summary>Counts durations in buckets that grow with them, 64 to each power of two: a percentile is off by at most 1.6 %. 1 ns to 68 s in 16 kB. One writer.</summary>
internal sealed class LoadHistogram
{
    private const int SubBits = 6;
    private const int MaxExponent = 35;

    private readonly long[] _counts = new long[(MaxExponent - SubBits + 2) << SubBits];

    public long Count { get; private set; }

    /// <summary>The longest, exact.</summary>
    public long MaxNanoseconds { get; private set; }

    /// <summary>Records one; negative counts as zero.</summary>
    public void Record(long nanoseconds)
    {
        nanoseconds = Math.Max(0, nanoseconds);
        _counts[Math.Min(Bucket(nanoseconds), _counts.Length - 1)]++;
        Count++;
        MaxNanoseconds = Math.Max(MaxNanoseconds, nanoseconds);
    }

    /// <summary>The duration in nanoseconds that this fraction (0 to 1) of those recorded do not exceed; 0 when there are none.</summary>
    public long Percentile(double fraction)
    {
        long rank = Math.Max(1, (long)Math.Ceiling(fraction * Count));
        long seen = 0;
        for (int i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= rank)
            {
                return Math.Min(UpperBound(i), MaxNanoseconds);
            }
        }

        return MaxNanoseconds;
    }

    /// <summary>The filled buckets, shortest first.</summary>
    public IEnumerable<(long UpperNanoseconds, long Count)> Buckets()
    {
        for (int i = 0; i < _counts.Length; i++)
        {
            if (_counts[i] > 0)
            {
                yield return (UpperBound(i), _counts[i]);
            }
        }
    }

    /// <summary>Takes another's counts in.</summary>
    public void Add(LoadHistogram other)
    {
        for (int i = 0; i < _counts.Length; i++)
        {
            _counts[i] += other._counts[i];
        }

        Count += other.Count;
        MaxNanoseconds = Math.Max(MaxNanoseconds, other.MaxNanoseconds);
    }

    private static int Bucket(long value)
    {
        if (value < 1 << SubBits)
        {
            return (int)value;
        }

        int exponent = BitOperations.Log2((ulong)value);
        return ((exponent - SubBits + 1) << SubBits) + (int)(value >> (exponent - SubBits)) - (1 << SubBits);
    }

    private static long UpperBound(int bucket)
    {
        if (bucket < 1 << SubBits)
        {
            return bucket;
        }

        int exponent = (bucket >> SubBits) + SubBits - 1;
        long mantissa = (bucket & ((1 << SubBits) - 1)) + (1 << SubBits) + 1;
        return (mantissa << (exponent - SubBits)) - 1;
    }
}
