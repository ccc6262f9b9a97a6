using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Concierge.WebSockets.Tests.Loops;

/// <summary>The event loop over real loopback sockets.</summary>
public sealed class EventLoopTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    public EventLoopTests() => Assert.SkipUnless(EventLoop.IsSupported, "The event loop needs 64-bit Linux.");

    [Fact]
    public async Task Octets_cross_whole_in_both_directions_when_neither_side_can_keep_up()
    {
        using var loop = new EventLoop();
        (LoopStream a, LoopStream b) = await PairAsync(loop);
        byte[] there = Wire.Octets(3_000_000);
        byte[] back = [.. Wire.Octets(2_000_000).Reverse()];
        await using (a)
        await using (b)
        {
            await Task.WhenAll(
                a.WriteAsync(there).AsTask(), b.WriteAsync(back).AsTask(),
                ExpectAsync(b, there), ExpectAsync(a, back)).WaitAsync(s_patience);
        }
    }

    [Fact]
    public async Task The_loop_s_thread_goes_before_the_process_s_others()
    {
        Assert.True(LinuxScheduling.TryGet(out LinuxScheduling.Attributes ordinary));
        Assert.SkipUnless(ordinary.Policy == 0 && ordinary.Turn > 100_000, "Turns are told since Linux 6.12, at the ordinary policy.");
        using var loop = new EventLoop();
        TaskCompletionSource<LinuxScheduling.Attributes> told = new(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(new Teller(told));
        LinuxScheduling.Attributes attributes = await told.Task.WaitAsync(s_patience);
        Assert.Equal(100_000ul, attributes.Turn);
        Assert.Equal(ordinary.Niceness, attributes.Niceness);
        Assert.SkipUnless(ordinary.Niceness >= 0, "Threads that the loop's starts inherit a negative niceness, and its turns with it.");
        TaskCompletionSource<LinuxScheduling.Attributes> ofChild = new(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(new Starter(ofChild));
        Assert.Equal(ordinary.Turn, (await ofChild.Task.WaitAsync(s_patience)).Turn);
    }

    [Fact]
    public async Task What_work_and_handlers_throw_is_told_and_ends_neither_the_loop_nor_the_listener()
    {
        ConcurrentQueue<string> told = new();
        using var loop = new EventLoop(new EventLoopOptions { Faulted = e => told.Enqueue(e.Message) });
        loop.Post(new Thrower("posted"));
        int accepted = 0;
        TaskCompletionSource<LoopStream> second = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using LoopListener listener = LoopListener.Start(loop, new IPEndPoint(IPAddress.Loopback, 0), socket =>
        {
            if (++accepted == 1)
            {
                socket.Dispose();
                throw new InvalidOperationException("accepted");
            }

            second.SetResult(LoopStream.Create(loop, socket));
        });
        using Socket one = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using Socket two = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await one.ConnectAsync(listener.EndPoint);
        await two.ConnectAsync(listener.EndPoint);
        await using LoopStream stream = await second.Task.WaitAsync(s_patience);
        await two.SendAsync(new byte[] { 7 });
        byte[] received = new byte[1];
        Assert.Equal(1, await stream.ReadAsync(received).AsTask().WaitAsync(s_patience));
        TaskCompletionSource after = new(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(new Signal(after)); // a loop runs what is posted in order; sockets may be looked at before or after
        await after.Task.WaitAsync(s_patience);
        Assert.Equal(["accepted", "posted"], told.Order());
    }

    [Fact]
    public async Task An_empty_read_waits_for_octets_and_takes_none()
    {
        using var loop = new EventLoop();
        (LoopStream a, LoopStream b) = await PairAsync(loop);
        await using (a)
        await using (b)
        {
            ValueTask<int> waiting = b.ReadAsync(Memory<byte>.Empty);
            Assert.False(waiting.IsCompleted);
            await a.WriteAsync(new byte[] { 1, 2, 3 });
            Assert.Equal(0, await waiting.AsTask().WaitAsync(s_patience));
            byte[] buffer = new byte[8];
            Assert.Equal(3, await b.ReadAsync(buffer));
        }
    }

    [Fact]
    public async Task The_end_comes_after_the_octets_before_it()
    {
        using var loop = new EventLoop();
        (LoopStream a, LoopStream b) = await PairAsync(loop);
        await using (b)
        {
            await a.WriteAsync(new byte[100]);
            a.Socket.Shutdown(SocketShutdown.Send);
            byte[] buffer = new byte[64];
            Assert.Equal(64, await b.ReadAsync(buffer).AsTask().WaitAsync(s_patience));
            Assert.Equal(36, await b.ReadAsync(buffer).AsTask().WaitAsync(s_patience));
            Assert.Equal(0, await b.ReadAsync(buffer).AsTask().WaitAsync(s_patience));
            Assert.Equal(0, await b.ReadAsync(buffer).AsTask().WaitAsync(s_patience));
            await a.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_cancelled_read_loses_nothing_and_a_later_one_goes_on()
    {
        using var loop = new EventLoop();
        (LoopStream a, LoopStream b) = await PairAsync(loop);
        await using (a)
        await using (b)
        {
            for (int i = 0; i < 200; i++)
            {
                using var cancel = new CancellationTokenSource();
                Task<int> read = b.ReadAsync(new byte[4], cancel.Token).AsTask();
                Task send = Task.Run(() => a.WriteAsync(new byte[] { 1, 2, 3, 4 }).AsTask());
                cancel.Cancel();
                await send;
                int got = 0;
                try
                {
                    got = await read.WaitAsync(s_patience);
                }
                catch (OperationCanceledException)
                {
                }

                await ExpectAsync(b, [.. new byte[] { 1, 2, 3, 4 }.Skip(got)]).WaitAsync(s_patience);
            }
        }
    }

    [Fact]
    public async Task Disposing_ends_what_waits_on_either_side()
    {
        using var loop = new EventLoop();
        (LoopStream a, LoopStream b) = await PairAsync(loop);
        Task<int> own = a.ReadAsync(new byte[4]).AsTask();
        Task<int> far = b.ReadAsync(new byte[4]).AsTask();
        await a.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => own.WaitAsync(s_patience));
        Assert.Equal(0, await far.WaitAsync(s_patience));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => a.WriteAsync(new byte[1]).AsTask());
        await b.DisposeAsync();
    }

    [Fact]
    public async Task A_reset_is_an_IOException()
    {
        using var loop = new EventLoop();
        (LoopStream a, LoopStream b) = await PairAsync(loop);
        await using (b)
        {
            Task<int> far = b.ReadAsync(new byte[4]).AsTask();
            a.Socket.LingerState = new LingerOption(enable: true, 0);
            await a.DisposeAsync();
            await Assert.ThrowsAsync<IOException>(() => far.WaitAsync(s_patience));
        }
    }

    [Fact]
    public async Task A_port_where_nobody_listens_refuses()
    {
        using var loop = new EventLoop();
        int port;
        using (var closed = new Loopback())
        {
            port = closed.Port;
        }

        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        SocketException refused = await Assert.ThrowsAsync<SocketException>(
            () => loop.ConnectAsync(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp), new IPEndPoint(IPAddress.Loopback, port)).AsTask().WaitAsync(s_patience));
        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
    }

    [Fact]
    public async Task Many_connections_come_and_go_and_none_hears_anothers_octets()
    {
        using var loop = new EventLoop();
        ConcurrentBag<Task> echoes = [];
        using LoopListener listener = LoopListener.Start(loop, new IPEndPoint(IPAddress.Loopback, 0), socket => echoes.Add(EchoAsync(LoopStream.Create(loop, socket))));
        await Task.WhenAll(Enumerable.Range(0, 300).Select(async i =>
        {
            byte[] mine = Encoding.ASCII.GetBytes(new string((char)('a' + (i % 26)), 1 + (i * 37 % 5000)));
            LoopStream stream = await loop.ConnectAsync(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp), listener.EndPoint);
            await using (stream)
            {
                await stream.WriteAsync(mine);
                await ExpectAsync(stream, mine);
            }
        })).WaitAsync(s_patience);
        await Task.WhenAll(echoes).WaitAsync(s_patience);
        Assert.Equal(300, echoes.Count);
    }

    [Fact]
    public async Task Continuations_and_posted_work_run_on_the_loops_own_thread_in_order()
    {
        using var loop = new EventLoop(new EventLoopOptions { Name = "the one" });
        var done = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var order = new ConcurrentQueue<int>();
        for (int i = 0; i < 100; i++)
        {
            int n = i;
            loop.Post(new Work(() =>
            {
                order.Enqueue(n);
                if (n == 99)
                {
                    done.SetResult(loop.IsCurrent ? Thread.CurrentThread.Name : null);
                }
            }));
        }

        Assert.Equal("the one", await done.Task.WaitAsync(s_patience));
        Assert.Equal(Enumerable.Range(0, 100), order);
        Assert.False(loop.IsCurrent);
    }

    [Fact]
    public async Task Work_posted_from_many_threads_and_from_the_loop_itself_runs_once_each()
    {
        const int Threads = 4, Each = 5_000;
        using var loop = new EventLoop();
        int posted = 0, again = 0; // the loop's own
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var second = new Work(() =>
        {
            if (++again == Threads * Each)
            {
                done.SetResult();
            }
        });
        var first = new Work(() =>
        {
            posted++;
            loop.Post(second);
        });
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < Each; i++)
            {
                loop.Post(first);
            }
        })));
        await done.Task.WaitAsync(s_patience);
        Assert.Equal((Threads * Each, Threads * Each), (posted, again));
    }

    [Fact]
    public async Task Timed_work_runs_when_it_is_due_and_not_before()
    {
        using var loop = new EventLoop();
        var ran = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        long due = Stopwatch.GetTimestamp() + (Stopwatch.Frequency / 20);
        loop.Post(new Work(() => loop.RunAt(new Work(() => ran.SetResult(Stopwatch.GetTimestamp())), due)));
        Assert.True(await ran.Task.WaitAsync(s_patience) >= due);
    }

    [Fact]
    public async Task Usage_counts_rounds_and_says_how_long_the_longest_was()
    {
        using var loop = new EventLoop();
        loop.TakeUsage();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(new Work(() =>
        {
            Thread.Sleep(30);
            done.SetResult();
        }));
        await done.Task.WaitAsync(s_patience);
        EventLoopUsage usage = loop.TakeUsage();
        Assert.True(usage.LongestRound >= TimeSpan.FromMilliseconds(25), $"{usage}");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Coalescing_and_tls_change_nothing_but_time(bool tls)
    {
        using var loop = new EventLoop(new EventLoopOptions { Coalesce = TimeSpan.FromMilliseconds(1) });
        using X509Certificate2? certificate = tls ? Certificate() : null;
        using LoopListener listener = LoopListener.Start(loop, new IPEndPoint(IPAddress.Loopback, 0), socket => _ = ServeAsync(loop, socket, certificate));
        var connector = new WebSocketClientConnector(Loopback.Direct with { ConfigureTls = options => options.RemoteCertificateValidationCallback = (_, _, _, _) => true });
        await using WebSocketTransport transport = await connector.ConnectAsync(new WebSocketClientRequest(new Uri($"{(tls ? "wss" : "ws")}://127.0.0.1:{listener.EndPoint.Port}/")), loop);
        var writer = new WebSocketWriter(transport.Output, WebSocketRole.Client, new WebSocketWriterOptions { ControlBudget = 1 << 20 });
        var reader = new WebSocketReader(transport.Input, WebSocketRole.Client, WebSocketLimits.Default, writer);
        foreach (int size in (int[])[0, 1, 400, 4096, 70_000, 300_000, 5])
        {
            byte[] message = Encoding.ASCII.GetBytes(new string('x', size));
            writer.TryAppend(WebSocketOpcode.Text, message);
            writer.Flush();
            Assert.Equal(WebSocketReadStatus.Message, await reader.ReadAsync().AsTask().WaitAsync(s_patience));
            Assert.Equal(message, reader.Payload.ToArray());
        }

        await writer.CloseAsync(1000, "");
        Assert.Equal(WebSocketReadStatus.Close, await reader.ReadAsync().AsTask().WaitAsync(s_patience));
    }

    [Fact]
    public async Task A_busy_loop_that_coalesces_sleeps_between_looks_and_wakes_for_what_is_due()
    {
        var pause = TimeSpan.FromMilliseconds(20);
        using var loop = new EventLoop(new EventLoopOptions { Coalesce = pause });
        long before = 0;
        for (int round = 0; round < 3; round++)
        {
            var ran = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
            long posted = Stopwatch.GetTimestamp();
            loop.Post(new Work(() => ran.SetResult(Stopwatch.GetTimestamp())));
            long now = await ran.Task.WaitAsync(s_patience);
            Assert.True(round == 0 || Stopwatch.GetElapsedTime(before, now) >= pause, $"round {round} came {Stopwatch.GetElapsedTime(before, now)} after what the one before brought was posted");
            before = posted;
        }

        // Due earlier than the sleep would end, and not run before it is due.
        var timed = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        long due = 0;
        loop.Post(new Work(() => loop.RunAt(new Work(() => timed.SetResult(Stopwatch.GetTimestamp())), due = Stopwatch.GetTimestamp() + (Stopwatch.Frequency / 1000))));
        Assert.True(await timed.Task.WaitAsync(s_patience) >= due);
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new EventLoop(new EventLoopOptions { Coalesce = TimeSpan.FromSeconds(1) }));
        Assert.Throws<ArgumentOutOfRangeException>(() => EventLoop.PinThread(-1));
    }

    private static async Task ServeAsync(EventLoop loop, Socket socket, X509Certificate2? certificate)
    {
        WebSocketTransport transport;
        if (certificate is null)
        {
            transport = WebSocketTransport.FromSocket(loop, socket);
        }
        else
        {
            var tls = new SslStream(LoopStream.Create(loop, socket));
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate });
            transport = WebSocketTransport.FromStream(socket, tls);
        }

        await using (transport)
        {
            await WebSocketServerHandshake.RunAsync(transport);
            var writer = new WebSocketWriter(transport.Output, WebSocketRole.Server, new WebSocketWriterOptions { ControlBudget = 1 << 20 });
            var reader = new WebSocketReader(transport.Input, WebSocketRole.Server, WebSocketLimits.Default, writer);
            while (await reader.ReadAsync() == WebSocketReadStatus.Message)
            {
                writer.TryAppend(reader.Opcode, reader.Payload);
                writer.Flush();
            }

            await writer.DrainAsync();
        }
    }

    private static X509Certificate2 Certificate()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private static async Task<(LoopStream A, LoopStream B)> PairAsync(EventLoop loop)
    {
        using var listener = new Loopback();
        Task<Socket> accepting = listener.AcceptSocketAsync();
        LoopStream a = await loop.ConnectAsync(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp), new IPEndPoint(IPAddress.Loopback, listener.Port));
        return (a, LoopStream.Create(loop, await accepting));
    }

    private static async Task ExpectAsync(Stream stream, byte[] expected)
    {
        byte[] buffer = new byte[10_000];
        int at = 0;
        while (at < expected.Length)
        {
            int read = await stream.ReadAsync(buffer.AsMemory(0, Math.Min(buffer.Length, expected.Length - at)));
            Assert.NotEqual(0, read);
            Assert.Equal(expected.AsSpan(at, read), buffer.AsSpan(0, read));
            at += read;
        }
    }

    private static async Task EchoAsync(LoopStream stream)
    {
        await using (stream)
        {
            byte[] buffer = new byte[2048];
            while (await stream.ReadAsync(buffer) is > 0 and int read)
            {
                await stream.WriteAsync(buffer.AsMemory(0, read));
            }
        }
    }

    private sealed class Work(Action action) : IEventLoopWork
    {
        public void Run() => action();
    }

    private sealed class Signal(TaskCompletionSource done) : IEventLoopWork
    {
        public void Run() => done.SetResult();
    }

    private sealed class Teller(TaskCompletionSource<LinuxScheduling.Attributes> told) : IEventLoopWork
    {
        public void Run()
        {
            LinuxScheduling.TryGet(out LinuxScheduling.Attributes attributes);
            told.SetResult(attributes);
        }
    }

    private sealed class Starter(TaskCompletionSource<LinuxScheduling.Attributes> told) : IEventLoopWork
    {
        public void Run() => new Thread(new Teller(told).Run) { IsBackground = true }.Start();
    }

    private sealed class Thrower(string message) : IEventLoopWork
    {
        public void Run() => throw new InvalidOperationException(message);
    }
}
