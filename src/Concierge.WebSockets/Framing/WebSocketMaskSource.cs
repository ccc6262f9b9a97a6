using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Concierge.WebSockets;

/// <summary>Fresh, unpredictable masking keys (RFC 6455 §5.3, §10.3) from the system's cryptographic source, drawn 1,024 at a time per thread: most of a draw's cost does not depend on its size.</summary>
internal static class WebSocketMaskSource
{
    private const int BatchSize = 1024;

    [ThreadStatic]
    private static uint[]? t_batch;

    [ThreadStatic]
    private static int t_left;

    public static uint Next()
    {
        uint[]? batch = t_batch;
        int left = t_left;
        if (batch is null || left == 0)
        {
            batch = t_batch ??= new uint[BatchSize];
            RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(batch.AsSpan()));
            left = BatchSize;
        }

        t_left = --left;
        return batch[left];
    }
}
