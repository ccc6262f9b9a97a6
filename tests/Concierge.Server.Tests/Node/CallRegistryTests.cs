using Concierge.Server.Node;
using Concierge.TestKit;

namespace Concierge.Server.Tests.Node;

public class CallRegistryTests
{
    [Fact]
    public void A_call_that_comes_back_with_another_stream_finds_its_place_and_no_other_call_gets_it()
    {
        var time = new ManualTimeProvider();
        var calls = new CallRegistry(1);
        IDisposable first = calls.TryEnter()!;
        calls.Keep("CA1", TimeSpan.FromSeconds(20), time);
        Assert.True(calls.IsKept("CA1"));
        Assert.False(calls.IsKept("CA2"));

        // Its next stream may come before the first is put away.
        using (IDisposable? early = calls.TryEnter())
        {
            Assert.NotNull(early);
            Assert.Null(calls.TryEnter());
        }

        first.Dispose();
        Assert.False(calls.HasRoom);
        using IDisposable? second = calls.TryEnter();
        Assert.NotNull(second);
        calls.Release("CA1");
        Assert.Equal((1, false, false), (calls.Running, calls.HasRoom, calls.IsKept("CA1")));
        Assert.Null(calls.TryEnter());
    }

    [Fact]
    public void A_place_is_not_kept_for_good_and_not_by_a_node_that_stops()
    {
        var time = new ManualTimeProvider();
        var calls = new CallRegistry(1);
        calls.Keep("CA1", TimeSpan.FromSeconds(20), time);
        Assert.False(calls.HasRoom);
        time.Advance(TimeSpan.FromSeconds(21));
        Assert.True(SpinWait.SpinUntil(() => calls.HasRoom, TimeSpan.FromSeconds(30)));

        calls.Keep("CA1", TimeSpan.FromSeconds(20), time);
        calls.BeginDrain();
        Assert.False(calls.IsKept("CA1"));
        Assert.Null(calls.TryEnter());
    }
}
