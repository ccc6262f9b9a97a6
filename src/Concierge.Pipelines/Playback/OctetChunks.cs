namespace Concierge.Pipelines.Playback;

/// <summary>
/// The node's chunks for queued audio. A call takes one each 256 ms that it queues ahead and gives it back when heard, so the shared array
/// pool, which keeps some dozens per core and drops the rest, would make garbage at a few dozen calls. What has been given back is kept
/// up to a bound; the lock is held for some nanoseconds, a few times a second per call.
/// </summary>
internal static class OctetChunks
{
    /// <summary>Octets per chunk: 64 ms of mu-law at 8 kHz. A call whose agent is silent holds one or two of them.</summary>
    public const int Size = 512;

    private const int Ready = 256;          // made at the start: what one call may queue in 16 s
    private const int Kept = 128 * 1024;    // 64 MiB

    private static readonly Lock s_gate = new();
    private static readonly Stack<byte[]> s_free = Make();
    private static long s_taken;

    /// <summary>Chunks taken and not given back.</summary>
    public static long Taken => Interlocked.Read(ref s_taken);

    /// <summary>Takes a chunk; a new one when none is free.</summary>
    public static byte[] Rent()
    {
        Interlocked.Increment(ref s_taken);
        lock (s_gate)
        {
            if (s_free.TryPop(out byte[]? chunk))
            {
                return chunk;
            }
        }

        return new byte[Size];
    }

    /// <summary>Gives a chunk back.</summary>
    public static void Return(byte[] chunk)
    {
        Interlocked.Decrement(ref s_taken);
        lock (s_gate)
        {
            if (s_free.Count < Kept)
            {
                s_free.Push(chunk);
            }
        }
    }

    private static Stack<byte[]> Make()
    {
        var free = new Stack<byte[]>(2 * Ready);
        for (int i = 0; i < Ready; i++)
        {
            free.Push(new byte[Size]);
        }

        return free;
    }
}
