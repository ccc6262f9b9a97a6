using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Concierge.Audio;

/// <summary>The instruction itself.</summary>
internal readonly struct VbmiPermute : IBytePermute
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Permute(Vector512<byte> lower, Vector512<byte> index, Vector512<byte> upper) => Avx512Vbmi.PermuteVar64x8x2(lower, index, upper);
}
