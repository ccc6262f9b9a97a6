using System.Runtime.InteropServices;

namespace Concierge.Benchmarks.Harness;

/// <summary>An instruction-set level and the settings that hold the runtime to it. (<c>EnableAVX512F</c> is ignored since .NET 10.)</summary>
internal sealed record IsaLevel(string Name, IReadOnlyList<(string Variable, string Value)> Environment)
{
    /// <summary>Those of this kind of processor: Arm has no AVX2, and a run there must not call itself so.</summary>
    public static IReadOnlyList<IsaLevel> All { get; } =
    [
        new("best", []),
        .. RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? (IsaLevel[])[] : [new("avx2", [("DOTNET_EnableAVX512", "0")])],
        new("vector128", [("DOTNET_EnableAVX2", "0")]),
        new("scalar", [("DOTNET_EnableHWIntrinsic", "0")]),
    ];

    public static IsaLevel? Find(string name) => All.FirstOrDefault(level => level.Name == name);
}
