using System.Net;
using System.Net.Sockets;
using Concierge.Simulation.Load;
using Concierge.WebSockets;

namespace Concierge.Simulation.Tests.Load;

/// <summary>The generator's plain sockets against a far end that is slow, strange, or not there.</summary>
public sealed class LoadSocketTests
{
    [Fact]
    public async Task Octets_come_whole_however_they_are_cut_and_go_out_whole_when_the_far_end_reads_late()
    {
        Assert.SkipUnless(EventLoop.IsSupported, "The event loop needs 64-bit Linux.");
        using EventLoop loop = new();
        (Socket near, Socket far) = Pair();
        using Socket _ = far;
        Lines lines = new();
        LoadSocket wire = new(loop, near, new byte[LoadSocket.BufferLength], lines);
        wire.Start();
        foreach (string piece in (string[])["on", "e;tw", "o;three;", ";four"])
        {
            far.Send(System.Text.Encoding.ASCII.GetBytes(piece));
            await Task.Delay(5);
        }

        far.Send(";"u8);
        Assert.Equal((string[])["one", "two", "three", "", "four"], await lines.TakeAsync(5));

        // More than the kernel holds; what may be dropped is dropped whole, what may not is not.
        byte[] must = new byte[8 * 1024 * 1024];
        new Random(1).NextBytes(must);
        loop.Post(new Work(() =>
        {
            wire.Send(must);
            wire.Send("dropped"u8, mayDrop: true);
            wire.Send("kept"u8);
            wire.Close();
        }));
        List<byte> got = [];
        byte[] room = new byte[64 * 1024];
        for (int count; (count = await far.ReceiveAsync(room).WaitAsync(TimeSpan.FromSeconds(30))) > 0;)
        {
            got.AddRange(room.AsSpan(0, count));
        }

        byte[] expected = [.. must, .. "kept"u8];
        Assert.True(expected.AsSpan().SequenceEqual(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(got)));
        Assert.Null(await lines.EndedAsync());
    }

    [Fact]
    public async Task A_connection_that_nobody_takes_is_a_failure_told_once()
    {
        Assert.SkipUnless(EventLoop.IsSupported, "The event loop needs 64-bit Linux.");
        using EventLoop loop = new();
        using Socket closed = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0)); // and does not listen
        Lines lines = new();
        LoadSocket wire = new(loop, new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp), new byte[LoadSocket.BufferLength], lines);
        loop.Post(new Work(() =>
        {
            try
            {
                wire.Connect((IPEndPoint)closed.LocalEndPoint!, () => Assert.Fail());
            }
            catch (SocketException exception)
            {
                lines.OnEnded(exception);
            }
        }));
        Assert.IsType<SocketException>(await lines.EndedAsync());
    }

    private static (Socket Near, Socket Far) Pair()
    {
        using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        Socket far = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        far.Connect(listener.LocalEndPoint!);
        return (listener.Accept(), far);
    }

    private sealed class Work(Action action) : IEventLoopWork
    {
        public void Run() => action();
    }

    /// <summary>Takes what ends with a semicolon.</summary>
    private sealed class Lines : ILoadReceiver
    {
        private readonly System.Threading.Channels.Channel<string> _lines = System.Threading.Channels.Channel.CreateUnbounded<string>();
        private readonly TaskCompletionSource<Exception?> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int OnOctets(Span<byte> octets)
        {
            int end = octets.IndexOf((byte)';');
            if (end < 0)
            {
                return 0;
            }

            _lines.Writer.TryWrite(System.Text.Encoding.ASCII.GetString(octets[..end]));
            octets[..end].Clear(); // a receiver may write there
            return end + 1;
        }

        public void OnEnded(Exception? failure) => _ended.SetResult(failure);

        public async Task<string[]> TakeAsync(int count)
        {
            string[] lines = new string[count];
            for (int i = 0; i < count; i++)
            {
                lines[i] = await _lines.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));
            }

            return lines;
        }

        public Task<Exception?> EndedAsync() => _ended.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }
}
