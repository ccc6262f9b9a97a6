using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Concierge.Audio;

/// <summary>Chooses the rung. With the processor's own level, each test below is a constant to the JIT and one call remains.</summary>
internal static class G711Dispatch
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Decode<TLaw>(SimdLevel level, ReadOnlySpan<byte> source, Span<short> destination)
        where TLaw : struct, IG711Law
    {
        G711Guard.Fits(source.Length, destination.Length);
        ref byte from = ref MemoryMarshal.GetReference(source);
        ref short to = ref MemoryMarshal.GetReference(destination);
        nuint count = (nuint)(uint)source.Length;
        if (Overlap(ref from, count, ref Unsafe.As<short, byte>(ref to), 2 * count))
        {
            return DecodeOverlapping<TLaw>(level, source, destination);
        }

        if (level >= SimdLevel.Vector512Vbmi && SimdSupport.HasVbmi && source.Length >= G711Vbmi.Block)
        {
            G711Vbmi.Decode<TLaw, VbmiPermute>(ref from, ref to, count);
        }
        else if (level >= SimdLevel.Vector512 && SimdSupport.Has512 && source.Length >= G711Vector512.Block)
        {
            G711Vector512.Decode<TLaw>(ref from, ref to, count);
        }
        else if (level >= SimdLevel.Vector256 && SimdSupport.Has256 && source.Length >= G711Vector256.Block)
        {
            G711Vector256.Decode<TLaw>(ref from, ref to, count);
        }
        else if (level >= SimdLevel.Vector128 && SimdSupport.Has128 && source.Length >= G711Vector128.Block)
        {
            G711Vector128.Decode<TLaw>(ref from, ref to, count);
        }
        else
        {
            G711Scalar.Decode(source, destination, TLaw.Table);
        }

        return source.Length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Encode<TLaw>(SimdLevel level, ReadOnlySpan<short> source, Span<byte> destination)
        where TLaw : struct, IG711Law
    {
        G711Guard.Fits(source.Length, destination.Length);
        ref short from = ref MemoryMarshal.GetReference(source);
        ref byte to = ref MemoryMarshal.GetReference(destination);
        nuint count = (nuint)(uint)source.Length;
        if (Overlap(ref Unsafe.As<short, byte>(ref from), 2 * count, ref to, count))
        {
            return EncodeOverlapping<TLaw>(level, source, destination);
        }

        if (level >= SimdLevel.Vector512Vbmi && SimdSupport.HasVbmi && source.Length >= G711Vbmi.Block)
        {
            G711Vbmi.Encode<TLaw, VbmiPermute>(ref from, ref to, count);
        }
        else if (level >= SimdLevel.Vector512 && SimdSupport.Has512 && source.Length >= G711Vector512.Block)
        {
            G711Vector512.Encode<TLaw>(ref from, ref to, count);
        }
        else if (level >= SimdLevel.Vector256 && SimdSupport.Has256 && source.Length >= G711Vector256.Block)
        {
            G711Vector256.Encode<TLaw>(ref from, ref to, count);
        }
        else if (level >= SimdLevel.Vector128 && SimdSupport.Has128 && source.Length >= G711Vector128.Block)
        {
            G711Vector128.Encode<TLaw>(ref from, ref to, count);
        }
        else
        {
            G711Scalar.Encode<TLaw>(source, destination);
        }

        return source.Length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Overlap(ref byte first, nuint firstBytes, ref byte second, nuint secondBytes)
    {
        nint apart = Unsafe.ByteOffset(ref first, ref second);
        return (nuint)apart < firstBytes || (nuint)(-apart) < secondBytes;
    }

    /// <summary>The result is as if the source had been copied away first, which is what happens.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int DecodeOverlapping<TLaw>(SimdLevel level, ReadOnlySpan<byte> source, Span<short> destination)
        where TLaw : struct, IG711Law
    {
        byte[] copy = ArrayPool<byte>.Shared.Rent(source.Length);
        source.CopyTo(copy);
        int count = Decode<TLaw>(level, copy.AsSpan(0, source.Length), destination);
        ArrayPool<byte>.Shared.Return(copy);
        return count;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int EncodeOverlapping<TLaw>(SimdLevel level, ReadOnlySpan<short> source, Span<byte> destination)
        where TLaw : struct, IG711Law
    {
        short[] copy = ArrayPool<short>.Shared.Rent(source.Length);
        source.CopyTo(copy);
        int count = Encode<TLaw>(level, copy.AsSpan(0, source.Length), destination);
        ArrayPool<short>.Shared.Return(copy);
        return count;
    }
}
