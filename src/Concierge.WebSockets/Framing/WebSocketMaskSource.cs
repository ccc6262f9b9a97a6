using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Concierge.WebSockets;

/// <summary>Fresh, unpredictable masking keys (RFC 6455 §5.3, §10.3) from the system's cryptographic source, drawn 1,024 at a time per thread: most of a draw's cost does not depend on its size.</summary>
internal static class WebSocketMaskSource
{
    private const int BatchSize = 1024;

    // The last element counts the keys that are left: one thread-local look-up serves both.
    [ThreadStatic]
    private static uint[]? t_batch;

    public static uint Next()
    {
        uint[] batch = t_batch ??= new uint[BatchSize + 1];
        ref uint left = ref batch[BatchSize];
        if (left == 0)
        {
            RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(batch.AsSpan(0, BatchSize)));
            left = BatchSize;
        }

        return batch[--left];
    }
}
