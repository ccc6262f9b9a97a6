using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Concierge.WebSockets.Tests.Loops;

/// <summary>What a wake-up will touch, fetched ahead: a hint, so that what can be tested is that it is there when it should be and harms nothing.</summary>
public sealed class WorkingSetTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Fact]
    public void Objects_are_counted_and_nothing_is_added_for_null()
    {
        WorkingSet set = new();
        set.Add(null);
        Assert.Equal(0, set.Count);
        for (int i = 0; i < 20; i++)
        {
            set.Add(new object(), 1 + (i * 50));
        }

        WorkingSet other = new();
        other.Add("one more");
        other.AddAll(set);
        Assert.Equal(20, set.Count);
        Assert.Equal(21, other.Count);
    }

    [Fact]
    public void An_object_that_is_added_again_is_asked_for_once_as_far_as_the_farther_of_the_two()
    {
        // Made far apart, so that they are not asked for together.
        object first = new();
        byte[] between = new byte[4096];
        object second = new();
        WorkingSet set = new();
        set.Add(first, 128);
        set.Add(second);
        set.Add(first, 320);
        WorkingSet more = new();
        more.Add(first, 64);
        more.Add(second, 192);
        set.AddAll(more);
        Assert.Equal(2, set.Count);
        Assert.Equal([(first, 320), (second, 192)], set.ToEntries().Select(e => (e.Target, e.Octets)).OrderByDescending(e => e.Octets));
        GC.KeepAlive(between);
    }

    [Fact]
    public void An_object_is_taken_whole_whatever_it_is()
    {
        // The type's pointer, the length, the elements; from the header of the next object on it is another's.
        Assert.Equal(8 + 8 + 100, WorkingSet.SizeOf(new byte[100]));
        Assert.Equal(8 + 8 + (40 * 8), WorkingSet.SizeOf(new long[40]));
        Assert.InRange(WorkingSet.SizeOf(new object()), 8, 16);
        Assert.InRange(WorkingSet.SizeOf(new FourWords()), 8 + 32, 8 + 32 + 8);
        WorkingSet set = new();
        set.Add(new byte[100]);
        set.Add(new byte[100_000]);
        set.Add(new Lock());
        Assert.Equal([116, 1024], set.ToEntries().Where(e => e.Target is byte[]).Select(e => e.Octets).Order());
        Assert.Equal(3, set.Count);
    }

    [Fact]
    public void Objects_that_stand_side_by_side_are_asked_for_by_the_first_of_them()
    {
        WorkingSet set = new();
        byte[][] parts = GC.AllocateUninitializedArray<byte[]>(10);
        for (int i = 0; i < parts.Length; i++)
        {
            parts[i] = new byte[40];
        }

        for (int i = parts.Length; i-- > 0;)
        {
            set.Add(parts[i]);
        }

        // A thread's allocations follow each other, but for where its piece of the heap ends.
        WorkingSet.Entry[] entries = set.ToEntries();
        Assert.InRange(entries.Length, 1, 5);
        Assert.True(entries.Sum(e => e.Octets) >= 10 * 56);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1025)]
    public void An_extent_that_is_none_is_refused(int octets) => Assert.Throws<ArgumentOutOfRangeException>(() => new WorkingSet().Add("text", octets));

    [Fact]
    public void Fetching_allocates_nothing()
    {
        WorkingSet.Entry[] entries = Many();
        WorkingSet set = new();
        set.Add(this);
        set.Fetch();
        WorkingSet.Fetch(entries);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            set.Fetch();
            WorkingSet.Fetch(entries);
            WorkingSet.Fetch(entries[i % entries.Length].Target, 1024);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public async Task Fetching_does_no_harm_while_the_collector_moves_everything()
    {
        WorkingSet.Entry[] entries = Many();
        Task collecting = Task.Run(() =>
        {
            for (int i = 0; i < 3; i++)
            {
                GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
            }
        });
        do
        {
            WorkingSet.Fetch(entries);
            entries = Many();
        }
        while (!collecting.IsCompleted);

        await collecting;
        Assert.All(entries, e => Assert.InRange(((byte[])e.Target).Length, 1, 200));
    }

    [Fact]
    public async Task A_pump_s_set_stands_ready_while_its_socket_is_open_and_keeps_nobody_after()
    {
        Assert.SkipUnless(EventLoop.IsSupported && WorkingSet.IsSupported, "Sets are fetched by the event loop, on processors with a prefetch instruction.");
        using EventLoop loop = new();
        WeakReference prepared = await PumpAsync(loop);
        for (int look = 0; look < 100 && prepared.IsAlive; look++)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(prepared.IsAlive);
        Assert.Equal(0, loop.PreparedObjects);
    }

    private static WorkingSet.Entry[] Many()
    {
        WorkingSet set = new();
        for (int i = 0; i < 200; i++)
        {
            set.Add(new byte[i + 1], 1024);
        }

        return set.ToEntries();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<WeakReference> PumpAsync(EventLoop loop)
    {
        using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        using Socket far = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await far.ConnectAsync(listener.LocalEndPoint!);
        await using WebSocketTransport near = WebSocketTransport.FromSocket(loop, await listener.AcceptAsync());
        using WebSocketReader reader = new(near.Input, WebSocketRole.Server, new WebSocketLimits(), null);
        Preparer consumer = new(reader);
        Task<WebSocketReadStatus> pump = reader.PumpAsync(consumer, TestContext.Current.CancellationToken);
        for (int i = 0; i < 10; i++)
        {
            await far.SendAsync(Wire.Text($"message {i}"));
            await consumer.Taken.WaitAsync(s_patience);
        }

        // The consumer's, the pump, the reader, the input, the stream's parts and its handle; some stand side by side.
        Assert.InRange(loop.PreparedObjects, 3, 9);
        await far.SendAsync(Wire.Close(1000));
        Assert.Equal(WebSocketReadStatus.Close, await pump.WaitAsync(s_patience));
        return new WeakReference(consumer);
    }

    private sealed class Preparer(WebSocketReader reader) : WebSocketConsumer
    {
        private int _messages;

        public SemaphoreSlim Taken { get; } = new(0);

        public override bool OnMessage()
        {
            if (++_messages == 3)
            {
                WorkingSet set = new();
                set.Add(this);
                reader.Prepare(set);
            }

            Taken.Release();
            return true;
        }
    }

    private sealed class FourWords
    {
        public long First { get; set; }

        public long Second { get; set; }

        public long Third { get; set; }

        public long Fourth { get; set; }
    }
}
