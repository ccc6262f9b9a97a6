using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Concierge.WebSockets.Tests.Loops;

/// <summary>A reader whose input is on an event loop: waiting, cancelling, and the pump.</summary>
public sealed class LoopReadingTests : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly EventLoop _loop;
    private LoopStream? _near;
    private LoopStream? _far;

    public LoopReadingTests()
    {
        Assert.SkipUnless(EventLoop.IsSupported, "The event loop needs 64-bit Linux.");
        _loop = new EventLoop();
    }

    public async ValueTask DisposeAsync()
    {
        await (_near?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_far?.DisposeAsync() ?? ValueTask.CompletedTask);
        _loop.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task The_pump_gives_each_message_in_order_and_then_the_end()
    {
        (WebSocketReader reader, _) = await OpenAsync();
        var consumer = new Collector(reader);
        Task<WebSocketReadStatus> pump = reader.PumpAsync(consumer, TestContext.Current.CancellationToken);
        string[] texts = [.. Enumerable.Range(0, 300).Select(i => $"{i}:{new string('x', i * 37 % 5000)}")];
        foreach (string text in texts)
        {
            await _far!.WriteAsync(Wire.Text(text), TestContext.Current.CancellationToken);
        }

        await _far!.WriteAsync(Wire.Close(1000, "done"), TestContext.Current.CancellationToken);
        Assert.Equal(WebSocketReadStatus.Close, await pump.WaitAsync(s_patience));
        Assert.Equal(texts, consumer.Texts);
        Assert.InRange(consumer.Pauses, 1, texts.Length);
        Assert.Equal("done", reader.CloseReason);
    }

    [Fact]
    public async Task A_pump_over_any_other_pipe_does_the_same()
    {
        Pipe pipe = new();
        using WebSocketReader reader = new(pipe.Reader, WebSocketRole.Server, new WebSocketLimits(), null);
        var consumer = new Collector(reader);
        Task<WebSocketReadStatus> pump = reader.PumpAsync(consumer, TestContext.Current.CancellationToken);
        await pipe.Writer.WriteAsync(Wire.Join(Wire.Text("one"), Wire.Text("two")), TestContext.Current.CancellationToken);
        await pipe.Writer.WriteAsync(Wire.Join(Wire.Text("three"), Wire.Close(1001)), TestContext.Current.CancellationToken);
        Assert.Equal(WebSocketReadStatus.Close, await pump.WaitAsync(s_patience));
        Assert.Equal(["one", "two", "three"], consumer.Texts);
    }

    [Fact]
    public async Task A_consumer_that_stops_gets_nothing_more_and_the_rest_can_still_be_read()
    {
        (WebSocketReader reader, _) = await OpenAsync();
        var consumer = new Collector(reader) { StopAt = "stop" };
        Task<WebSocketReadStatus> pump = reader.PumpAsync(consumer, TestContext.Current.CancellationToken);
        await _far!.WriteAsync(Wire.Join(Wire.Text("go"), Wire.Text("stop"), Wire.Text("rest")), TestContext.Current.CancellationToken);
        Assert.Equal(WebSocketReadStatus.Message, await pump.WaitAsync(s_patience));
        Assert.Equal(["go", "stop"], consumer.Texts);
        Assert.Equal(WebSocketReadStatus.Message, await reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(s_patience));
        Assert.Equal("rest", Encoding.UTF8.GetString(reader.Payload));
    }

    [Fact]
    public async Task What_a_consumer_throws_ends_the_pump_and_not_the_loop()
    {
        (WebSocketReader reader, _) = await OpenAsync();
        Task<WebSocketReadStatus> pump = reader.PumpAsync(new Collector(reader) { ThrowAt = "bad" }, TestContext.Current.CancellationToken);
        await _far!.WriteAsync(Wire.Text("bad"), TestContext.Current.CancellationToken);
        InvalidOperationException thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => pump.WaitAsync(s_patience));
        Assert.Equal("bad", thrown.Message);
        TaskCompletionSource alive = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _loop.Post(new Work(alive.SetResult));
        await alive.Task.WaitAsync(s_patience);
    }

    [Fact]
    public async Task A_wait_that_is_over_keeps_neither_who_waited_nor_the_token()
    {
        (WebSocketReader reader, _) = await OpenAsync();
        WeakReference[] waited = await WaitOnceAsync(reader);
        Task<WebSocketReadStatus> pump = reader.PumpAsync(new Collector(reader), TestContext.Current.CancellationToken); // as a call goes on after its start message
        for (int look = 0; look < 100 && waited.Any(w => w.IsAlive); look++)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken); // whoever told of the message may still be on a stack
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.DoesNotContain(waited, w => w.IsAlive);
        await _far!.WriteAsync(Wire.Close(1000), TestContext.Current.CancellationToken);
        Assert.Equal(WebSocketReadStatus.Close, await pump.WaitAsync(s_patience));
    }

    [Fact]
    public async Task A_connection_with_much_to_say_gives_way_to_what_else_the_loop_has_to_do()
    {
        (WebSocketReader reader, _) = await OpenAsync();
        const int Messages = 1000;
        int atOther = -1;
        var consumer = new Collector(reader);
        consumer.First = () => _loop.Post(new Work(() => atOther = consumer.Texts.Count));

        // All of it is there before the pump begins, in one buffer or in the socket.
        await _far!.WriteAsync(Wire.Join([.. Enumerable.Range(0, Messages).Select(i => Wire.Text($"{i}"))]), TestContext.Current.CancellationToken);
        await _far.WriteAsync(Wire.Close(1000), TestContext.Current.CancellationToken);
        Task<WebSocketReadStatus>? pump = null;
        TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _loop.Post(new Work(() =>
        {
            pump = reader.PumpAsync(consumer);
            begun.SetResult();
        }));
        await begun.Task.WaitAsync(s_patience);
        Assert.Equal(WebSocketReadStatus.Close, await pump!.WaitAsync(s_patience));
        Assert.Equal(Messages, consumer.Texts.Count);
        Assert.InRange(atOther, 1, 100);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_wait_that_is_cancelled_leaves_the_reader_usable(bool pumping)
    {
        (WebSocketReader reader, _) = await OpenAsync();
        using var cancel = new CancellationTokenSource();
        Task waiting = pumping ? reader.PumpAsync(new Collector(reader), cancel.Token) : reader.ReadAsync(cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(s_patience));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reader.ReadAsync(cancel.Token).AsTask().WaitAsync(s_patience));

        // The token of the wait before has nothing to say about this one.
        ValueTask<WebSocketReadStatus> next = reader.ReadAsync(TestContext.Current.CancellationToken);
        await _far!.WriteAsync(Wire.Text("still here"), TestContext.Current.CancellationToken);
        Assert.Equal(WebSocketReadStatus.Message, await next.AsTask().WaitAsync(s_patience));
        Assert.Equal("still here", Encoding.UTF8.GetString(reader.Payload));
    }

    [Fact]
    public async Task Cancelling_a_pending_read_of_the_pipe_is_told_once()
    {
        (_, PipeReader input) = await OpenAsync();
        ValueTask<ReadResult> waiting = input.ReadAsync(TestContext.Current.CancellationToken);
        input.CancelPendingRead();
        ReadResult cancelled = await waiting.AsTask().WaitAsync(s_patience);
        Assert.True(cancelled.IsCanceled);
        input.AdvanceTo(cancelled.Buffer.End);
        waiting = input.ReadAsync(TestContext.Current.CancellationToken);
        await _far!.WriteAsync("abc"u8.ToArray(), TestContext.Current.CancellationToken);
        ReadResult read = await waiting.AsTask().WaitAsync(s_patience);
        Assert.False(read.IsCanceled);
        Assert.Equal(3, read.Buffer.Length);
        input.AdvanceTo(read.Buffer.End);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Closing_the_stream_ends_a_wait(bool pumping)
    {
        (WebSocketReader reader, _) = await OpenAsync();
        Task<WebSocketReadStatus> waiting = pumping
            ? reader.PumpAsync(new Collector(reader), TestContext.Current.CancellationToken)
            : reader.ReadAsync(TestContext.Current.CancellationToken).AsTask();
        await _near!.DisposeAsync();
        Assert.Equal(WebSocketReadStatus.EndOfStream, await waiting.WaitAsync(s_patience));
        Assert.Equal(WebSocketError.TransportFailed, reader.Error);
    }

    [Fact]
    public async Task Cancelling_and_arriving_together_loses_nothing()
    {
        (WebSocketReader reader, _) = await OpenAsync();
        ConcurrentQueue<string> read = new();
        const int Messages = 400;
        Task writing = Task.Run(async () =>
        {
            for (int i = 0; i < Messages; i++)
            {
                await _far!.WriteAsync(Wire.Text($"{i}"));
            }
        });
        while (read.Count < Messages)
        {
            using var cancel = new CancellationTokenSource();
            Task<WebSocketReadStatus> waiting = reader.ReadAsync(cancel.Token).AsTask();
            Task cancelling = Task.Run(cancel.Cancel);
            try
            {
                Assert.Equal(WebSocketReadStatus.Message, await waiting.WaitAsync(s_patience));
                read.Enqueue(Encoding.UTF8.GetString(reader.Payload));
            }
            catch (OperationCanceledException)
            {
                // The token was first.
            }

            await cancelling.WaitAsync(s_patience);
        }

        await writing.WaitAsync(s_patience);
        Assert.Equal(Enumerable.Range(0, Messages).Select(i => $"{i}"), read);
    }

    /// <summary>One read that must wait; nothing of it is left on the stack or in the state machine that awaits this.</summary>
    private async Task<WeakReference[]> WaitOnceAsync(WebSocketReader reader)
    {
        using var source = new CancellationTokenSource();
        Task<WebSocketReadStatus> waiting = reader.ReadAsync(source.Token).AsTask();
        Assert.False(waiting.IsCompleted);
        WeakReference[] waited = [new(source), new(waiting)];
        await _far!.WriteAsync(Wire.Text("one"), TestContext.Current.CancellationToken);
        Assert.Equal(WebSocketReadStatus.Message, await waiting.WaitAsync(s_patience));
        return waited;
    }

    private async Task<(WebSocketReader Reader, PipeReader Input)> OpenAsync()
    {
        using var listener = new Loopback();
        Task<Socket> accepting = listener.AcceptSocketAsync();
        _far = await _loop.ConnectAsync(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp), new IPEndPoint(IPAddress.Loopback, listener.Port));
        _near = LoopStream.Create(_loop, await accepting);
        PipeReader input = WebSocketStreams.CreateReader(_near);
        return (new WebSocketReader(input, WebSocketRole.Server, new WebSocketLimits(), null), input);
    }

    private sealed class Collector(WebSocketReader reader) : WebSocketConsumer
    {
        public List<string> Texts { get; } = [];

        public int Pauses { get; private set; }

        public string? StopAt { get; init; }

        public string? ThrowAt { get; init; }

        public Action? First { get; set; }

        public override bool OnMessage()
        {
            string text = Encoding.UTF8.GetString(reader.Payload);
            Texts.Add(text);
            First?.Invoke();
            First = null;
            return text == ThrowAt ? throw new InvalidOperationException(text) : text != StopAt;
        }

        public override void OnPause() => Pauses++;
    }

    private sealed class Work(Action action) : IEventLoopWork
    {
        public void Run() => action();
    }
}
