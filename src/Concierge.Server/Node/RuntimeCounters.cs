using System.Diagnostics;
using System.Runtime;

namespace Concierge.Server.Node;

/// <summary>What the runtime has counted since the start of the process: <c>/runtime</c>, for whoever measures the node.</summary>
/// <param name="AllocatedBytes">Allocated on the managed heap, exactly.</param>
/// <param name="Gen0Collections">Collections of generation 0 and above.</param>
/// <param name="Gen1Collections">Collections of generation 1 and above.</param>
/// <param name="Gen2Collections">Full collections.</param>
/// <param name="GcPauseMilliseconds">All pauses together.</param>
/// <param name="HeapBytes">The managed heap, after the last collection.</param>
/// <param name="CommittedBytes">What the collector has committed.</param>
/// <param name="CompiledMethods">Methods compiled, again ones counted again.</param>
/// <param name="CompileMilliseconds">Time that compiling took, all threads together.</param>
/// <param name="Threads">Threads of the process.</param>
internal sealed record RuntimeCounters(
    long AllocatedBytes,
    int Gen0Collections,
    int Gen1Collections,
    int Gen2Collections,
    double GcPauseMilliseconds,
    long HeapBytes,
    long CommittedBytes,
    long CompiledMethods,
    double CompileMilliseconds,
    int Threads)
{
    public static RuntimeCounters Read()
    {
        GCMemoryInfo memory = GC.GetGCMemoryInfo(GCKind.Any);
        using Process process = Process.GetCurrentProcess();
        return new RuntimeCounters(
            GC.GetTotalAllocatedBytes(precise: true),
            GC.CollectionCount(0),
            GC.CollectionCount(1),
            GC.CollectionCount(2),
            GC.GetTotalPauseDuration().TotalMilliseconds,
            memory.HeapSizeBytes,
            memory.TotalCommittedBytes,
            JitInfo.GetCompiledMethodCount(),
            JitInfo.GetCompilationTime().TotalMilliseconds,
            process.Threads.Count);
    }
}
