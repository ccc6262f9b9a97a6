using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Concierge.Audio;

/// <summary>The argument checks that the codecs share; the throw stays out of the callers' code.</summary>
internal static class G711Guard
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fits(int source, int destination)
    {
        if (destination < source)
        {
            ThrowTooShort(source, destination);
        }
    }

    [DoesNotReturn]
    private static void ThrowTooShort(int source, int destination) =>
        throw new ArgumentException($"The destination holds {destination} elements, the source {source}: the destination must be at least as long as the source.", nameof(destination));
}
