using System.Buffers;

namespace Concierge.WebSockets;

/// <summary>
/// The buffers that a connection needs for the length of a wake-up: a thread keeps the last two for the next one, which finds them in its caches. Behind that stands the
/// shared pool, which asks more questions than a frame takes to copy.
/// </summary>
internal static class ThreadBuffers
{
    private const int Largest = 8 * 1024;

    [ThreadStatic]
    private static byte[]? t_first;

    [ThreadStatic]
    private static byte[]? t_second;

    /// <summary>Takes a buffer of at least so many octets.</summary>
    public static byte[] Rent(int octets)
    {
        if (t_first is { } first && Fits(first, octets))
        {
            t_first = null;
            return first;
        }

        if (t_second is { } second && Fits(second, octets))
        {
            t_second = null;
            return second;
        }

        return ArrayPool<byte>.Shared.Rent(octets);
    }

    /// <summary>Gives a buffer back.</summary>
    public static void Return(byte[] buffer)
    {
        if (buffer.Length <= Largest)
        {
            if (t_first is null)
            {
                t_first = buffer;
                return;
            }

            if (t_second is null)
            {
                t_second = buffer;
                return;
            }
        }

        ArrayPool<byte>.Shared.Return(buffer);
    }

    /// <summary>Long enough, and not so long that what is sized by how much comes (an input's buffer) means nothing any more.</summary>
    private static bool Fits(byte[] buffer, int octets) => buffer.Length >= octets && buffer.Length <= 4 * octets;
}
