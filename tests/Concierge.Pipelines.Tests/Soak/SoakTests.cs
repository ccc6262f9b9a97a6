using System.Globalization;
using Concierge.Pipelines.Playback;
using Concierge.Simulation.Scenarios;
using Concierge.Simulation.Time;

namespace Concierge.Pipelines.Tests.Soak;

/// <summary>
/// Many scripted calls with seeded faults, twenty at a time on one node's wheel under the virtual clock. CI runs 100; <c>CONCIERGE_SOAK_CALLS=1000</c> runs as
/// many as it says, <c>CONCIERGE_SOAK_SEED</c> others.
/// </summary>
[Collection(SoakCollection.Name)]
public sealed class SoakTests(ITestOutputHelper output)
{
    private const int Together = 20;

    [Fact]
    [Trait("Category", "Soak")]
    public void Calls_with_faults_leave_nothing_behind_and_each_ends_for_a_reason_that_its_fault_explains()
    {
        int calls = Setting("CONCIERGE_SOAK_CALLS", 100);
        int seed = Setting("CONCIERGE_SOAK_SEED", 1);
        RunBatch(seed - 1, []); // fills the pools

        long chunks = OctetChunks.Taken;
        long memory = Settle();
        var ends = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (int batch = 0; batch < (calls + Together - 1) / Together; batch++)
        {
            RunBatch(seed + batch, ends);
            Assert.Equal(chunks, OctetChunks.Taken);
        }

        long grown = Settle() - memory;
        foreach ((string end, int count) in ends)
        {
            output.WriteLine($"{count,5}  {end}");
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{calls} calls; memory grew by {grown / 1024.0:0} KiB"));
        Assert.InRange(grown, long.MinValue, 4 * 1024 * 1024); // one leaked call is some hundred kilobytes with its twins
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value > 0 ? value : otherwise;

    private static long Settle()
    {
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private static void RunBatch(int seed, SortedDictionary<string, int> ends)
    {
        var random = new Random(seed);
        var loop = new VirtualTimeLoop();
        var wheel = new CallWheel(loop.TimeProvider);
        var calls = new List<SoakCall>();
        CallResult[] results = loop.Run(async () =>
        {
            var running = new List<Task<CallResult>>();
            for (int i = 0; i < Together; i++)
            {
                Scenario scenario = ScenarioLibrary.Get(ScenarioLibrary.Names[random.Next(ScenarioLibrary.Names.Count)]) with { Seed = random.Next(1, 1_000_000) };
                var call = new SoakCall(scenario, SoakFault.Draw(random), loop.TimeProvider, wheel);
                calls.Add(call);
                running.Add(call.RunAsync((CallAudioMode)random.Next(3), TimeSpan.FromMilliseconds(random.Next(5_000))));
            }

            return await Task.WhenAll(running);
        });

        Assert.Equal(0, wheel.Count);
        for (int i = 0; i < results.Length; i++)
        {
            string what = $"seed {seed}, call {i}: {calls[i].Scenario} with {calls[i].Fault.Name} ended {results[i].Reason} ({results[i].Detail}) after {results[i].Duration.TotalSeconds:0.0} s";
            Assert.True(calls[i].Fault.Reasons.Contains(results[i].Reason), what);
            Assert.True(calls[i].Ends == (results[i].StreamSid.Length > 0 ? 1 : 0), what);
            Assert.True(results[i].Duration < TimeSpan.FromMinutes(4), what);
            string key = $"{calls[i].Fault.Name} -> {results[i].Reason.Name()}";
            ends[key] = ends.GetValueOrDefault(key) + 1;
        }
    }
}
