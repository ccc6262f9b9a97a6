using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Concierge.Audio;

/// <summary>Which rungs this processor (and the runtime's settings) offer. Each test is a constant to the JIT.</summary>
public static class SimdSupport
{
    /// <summary>The highest rung on offer: the one that all public members use.</summary>
    public static SimdLevel Best
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => HasVbmi ? SimdLevel.Vector512Vbmi
            : Has512 ? SimdLevel.Vector512
            : Has256 ? SimdLevel.Vector256
            : Has128 ? SimdLevel.Vector128
            : SimdLevel.Scalar;
    }

    internal static bool HasVbmi
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Has512 && Avx512Vbmi.IsSupported;
    }

    /// <summary>Not <c>Vector512.IsHardwareAccelerated</c>: the runtime answers false there on the first AVX-512 processors, whose clock drops under wide vectors; measured, 512 bits still win.</summary>
    internal static bool Has512
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Avx512BW.IsSupported && Avx512F.VL.IsSupported;
    }

    internal static bool Has256
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Avx2.IsSupported && Fma.IsSupported;
    }

    internal static bool Has128
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector128.IsHardwareAccelerated && (Ssse3.IsSupported || AdvSimd.Arm64.IsSupported);
    }

    /// <summary>Whether a rung can run here.</summary>
    /// <param name="level">The rung.</param>
    public static bool IsSupported(SimdLevel level) => level switch
    {
        SimdLevel.Scalar => true,
        SimdLevel.Vector128 => Has128,
        SimdLevel.Vector256 => Has256,
        SimdLevel.Vector512 => Has512,
        SimdLevel.Vector512Vbmi => HasVbmi,
        _ => false,
    };
}
