using Concierge.Server.Load;
using Concierge.Server.Node;

namespace Concierge.Server.Tests.Load;

public class CountedWindowTests
{
    [Fact]
    public async Task The_bridge_is_asked_for_nothing_while_frames_count()
    {
        List<string> steps = [];
        long allocated = 0;
        TaskCompletionSource arrived = new();
        CountedWindow window = await CountedWindow.RunAsync(
            TimeSpan.FromMilliseconds(50),
            () =>
            {
                steps.Add("counters");
                arrived.TrySetResult(); // those that count may be under way still: nothing waits for them first
                return Task.FromResult<RuntimeCounters?>(new RuntimeCounters(allocated += 10, 0, 0, 0, 0, 0, 0, 0, 0, 1));
            },
            () =>
            {
                steps.Add("usage");
                return null;
            },
            () => null,
            () =>
            {
                arrived = new TaskCompletionSource();
                steps.Add("start");
            },
            () =>
            {
                steps.Add("stop");
                return arrived.Task;
            },
            default);
        Assert.Equal(["counters", "counters", "counters", "usage", "start", "usage", "stop", "counters"], steps);
        Assert.Equal((20L, 30L, 40L), (window.CountersEarlier!.AllocatedBytes, window.CountersBefore!.AllocatedBytes, window.CountersAfter!.AllocatedBytes));
        Assert.True(window.Seconds > 0.04);
    }
}
