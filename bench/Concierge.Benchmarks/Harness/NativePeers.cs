using System.Reflection;
using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using Concierge.Benchmarks.Audio;

namespace Concierge.Benchmarks.Harness;

/// <summary>Native libraries that benches compare with where a distribution has them installed. A bench names its peer as a category: "libspeexdsp.so.1".</summary>
internal static class NativePeers
{
    public const string Speex = SpeexResampler.Library;
    public const string Soxr = SoxrResampler.Library;

    private static readonly Dictionary<string, bool> s_present = new()
    {
        [Speex] = IsPresent(Speex),
        [Soxr] = IsPresent(Soxr),
    };

    /// <summary>The peers that are not here.</summary>
    public static IEnumerable<string> Missing() => s_present.Where(peer => !peer.Value).Select(peer => peer.Key);

    /// <summary>True when a peer is here.</summary>
    public static bool IsInstalled(string peer) => s_present[peer];

    /// <summary>False when a bench needs a peer that is not here.</summary>
    public static bool Available(MethodInfo method) =>
        method.GetCustomAttributes<BenchmarkCategoryAttribute>().SelectMany(attribute => attribute.Categories).All(category => s_present.GetValueOrDefault(category, true));

    private static bool IsPresent(string library)
    {
        if (!NativeLibrary.TryLoad(library, out nint handle))
        {
            return false;
        }

        NativeLibrary.Free(handle);
        return true;
    }
}
