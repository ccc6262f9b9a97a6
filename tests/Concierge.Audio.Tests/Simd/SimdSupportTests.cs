using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Concierge.Audio.Tests;

/// <summary>Which rung a run of these tests was about: it says so, and may be told what it must be.</summary>
public sealed class SimdSupportTests(ITestOutputHelper output)
{
    /// <summary>The rung that must be the best here; <c>tests/run-arm64.sh</c> asks for Vector128.</summary>
    private const string Wanted = "CONCIERGE_RUNG";

    [Fact]
    public void The_best_rung_is_what_the_processors_instructions_allow()
    {
        output.WriteLine(
            $"rung {SimdSupport.Best}: AdvSimd {AdvSimd.IsSupported}, AdvSimd.Arm64 {AdvSimd.Arm64.IsSupported}, Dp {Dp.IsSupported}; "
            + $"Ssse3 {Ssse3.IsSupported}, Avx2 {Avx2.IsSupported}, Avx512BW {Avx512BW.IsSupported}, Avx512Vbmi {Avx512Vbmi.IsSupported}");
        Assert.Equal(Vector128.IsHardwareAccelerated && (AdvSimd.Arm64.IsSupported || Ssse3.IsSupported), SimdSupport.Best >= SimdLevel.Vector128);
        Assert.Equal(SimdSupport.Best >= SimdLevel.Vector128, FirKernel128.IsSupported);
        if (AdvSimd.Arm64.IsSupported)
        {
            Assert.Equal(SimdLevel.Vector128, SimdSupport.Best);
        }

        if (Environment.GetEnvironmentVariable(Wanted) is { Length: > 0 } wanted)
        {
            Assert.Equal(wanted, SimdSupport.Best.ToString());
        }
    }
}
