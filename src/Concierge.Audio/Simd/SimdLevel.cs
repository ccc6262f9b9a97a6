namespace Concierge.Audio;

/// <summary>The rungs of the vector ladder, slowest first. Which one runs is fixed by the processor; tests and benches may force a lower one.</summary>
public enum SimdLevel
{
    /// <summary>Plain loops and tables: the oracle of all others.</summary>
    Scalar,

    /// <summary>128-bit vectors: SSSE3 on x86, AdvSimd on Arm.</summary>
    Vector128,

    /// <summary>256-bit vectors: AVX2 with FMA.</summary>
    Vector256,

    /// <summary>512-bit vectors: AVX-512 F, BW and VL.</summary>
    Vector512,

    /// <summary>512-bit vectors with byte permutes over tables held in registers: AVX-512 VBMI.</summary>
    Vector512Vbmi,
}
