using System.Buffers;

namespace Concierge.WebSockets.Tests;

/// <summary>The ways in which one string of octets may arrive: as arrivals one after the other, or at once in several segments.</summary>
internal static class Segmentation
{
    /// <summary>Whole, octet by octet, cut at every offset (when short), and a few random cuts.</summary>
    public static IEnumerable<int[]> Cuts(int length, int seed = 7)
    {
        yield return [];
        if (length <= 4096)
        {
            yield return [.. Enumerable.Range(1, Math.Max(0, length - 1))];
        }

        int step = length <= 300 ? 1 : Math.Max(1, length / 60);
        for (int cut = 1; cut < length; cut += step)
        {
            yield return [cut];
        }

        Random random = new(seed);
        for (int round = 0; round < 6 && length > 1; round++)
        {
            SortedSet<int> cuts = [];
            int count = 1 + random.Next(Math.Min(length, 40));
            for (int i = 0; i < count; i++)
            {
                cuts.Add(random.Next(1, length));
            }

            yield return [.. cuts];
        }
    }

    public static List<byte[]> Split(byte[] data, int[] cuts)
    {
        List<byte[]> parts = [];
        int start = 0;
        foreach (int cut in cuts)
        {
            parts.Add(data[start..cut]);
            start = cut;
        }

        parts.Add(data[start..]);
        return parts;
    }

    /// <summary>One sequence of several segments, with an empty one in between now and then.</summary>
    public static ReadOnlySequence<byte> Sequence(byte[] data, int[] cuts)
    {
        Segment? first = null;
        Segment? last = null;
        int index = 0;
        foreach (byte[] part in Split(data, cuts))
        {
            Add(part);
            if (index++ % 3 == 1)
            {
                Add([]);
            }
        }

        return new ReadOnlySequence<byte>(first!, 0, last!, last!.Memory.Length);

        void Add(byte[] part)
        {
            last = last is null ? first = new Segment(part, 0) : last.Append(part);
        }
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(byte[] data, long index)
        {
            Memory = data;
            RunningIndex = index;
        }

        public Segment Append(byte[] data)
        {
            Segment next = new(data, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
