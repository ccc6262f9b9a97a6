using System.Threading.Tasks.Sources;

namespace Concierge.WebSockets;

/// <content>Waiting on an event loop, and reading for a consumer.</content>
public sealed partial class WebSocketReader
{
    /// <summary>
    /// Reads until the connection ends or the consumer stops, and calls it for each message: on an <see cref="EventLoop"/> straight from where the loop woke, which is the cheapest way
    /// to read. There a connection with more to say than others gives way to them after a few messages.
    /// </summary>
    /// <param name="consumer">Gets the messages. What it throws ends the pump.</param>
    /// <param name="ct">Ends the wait for more; the reader stays usable.</param>
    /// <returns>How the connection ended; <see cref="WebSocketReadStatus.Message"/> when the consumer stopped.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Task<WebSocketReadStatus> PumpAsync(WebSocketConsumer consumer, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(consumer);
        if (_loop is null)
        {
            return PumpAnyAsync(consumer, ct);
        }

        _pump = new LoopPump(this, _loop.Input, consumer, ct);
        return _pump.RunAsync();
    }

    /// <summary>
    /// Has the objects that the consumer touches for a message fetched from memory ahead of each wake-up, with what the reader touches itself. For a pump that runs on an
    /// <see cref="EventLoop"/>; elsewhere it does nothing. A later call replaces the set.
    /// </summary>
    /// <param name="set">The consumer's objects; read here and not kept.</param>
    public void Prepare(WorkingSet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        if (_loop is null || !WorkingSet.IsSupported)
        {
            return;
        }

        WorkingSet whole = new();
        whole.Add(_pump);
        whole.Add(this);
        whole.AddAll(set);
        _loop.Input.Prepare(whole);
    }

    private async Task<WebSocketReadStatus> PumpAnyAsync(WebSocketConsumer consumer, CancellationToken ct)
    {
        while (true)
        {
            WebSocketReadStatus status = await ReadAsync(ct);
            do
            {
                if (status != WebSocketReadStatus.Message || !consumer.OnMessage())
                {
                    return status;
                }
            }
            while (TryRead(out status));
            consumer.OnPause();
        }
    }

    /// <summary>
    /// The wait of a reader whose input is on a loop: what came is parsed where the loop woke, and the consumer continues there once there is a message. One call instead of
    /// a state machine per wake-up, and nothing allocated.
    /// </summary>
    private sealed class LoopWait(WebSocketReader reader, LoopInput input) : IInputSink, IValueTaskSource<WebSocketReadStatus>
    {
        private ManualResetValueTaskSourceCore<WebSocketReadStatus> _core;
        private CancellationToken _ct;
        private bool _pieces;

        /// <summary>What is waited for.</summary>
        public LoopInput Input => input;

        public ValueTask<WebSocketReadStatus> Start(bool pieces, CancellationToken ct)
        {
            _pieces = pieces;
            _ct = ct;
            _core.Reset();
            ValueTask<WebSocketReadStatus> pending = new(this, _core.Version);
            try
            {
                if (!TryFinish(out WebSocketReadStatus status))
                {
                    return pending;
                }

                _ct = default;
                return new(status);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return ValueTask.FromCanceled<WebSocketReadStatus>(ct);
            }
        }

        void IInputSink.OnInput(Exception? fault)
        {
            WebSocketReadStatus status;
            try
            {
                if (fault is OperationCanceledException && _ct.IsCancellationRequested)
                {
                    _core.SetException(fault);
                    return;
                }

                if (fault is not null)
                {
                    reader.FailTransport(fault);
                }

                if (!reader.TryReadCore(_pieces, out status) && !TryFinish(out status))
                {
                    return;
                }
            }
            catch (Exception exception)
            {
                _core.SetException(exception);
                return;
            }

            _core.SetResult(status);
        }

        public WebSocketReadStatus GetResult(short token)
        {
            try
            {
                return _core.GetResult(token);
            }
            finally
            {
                // A pump that follows does not wait here: who waited, and for how long, would be kept until the end of the call.
                _core.Reset();
                _ct = default;
            }
        }

        public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _core.OnCompleted(continuation, state, token, flags);

        /// <summary>Waits until there is something to return. False when the loop will tell: from then on this may be running there.</summary>
        private bool TryFinish(out WebSocketReadStatus status)
        {
            do
            {
                try
                {
                    if (input.TryWait(this, _ct))
                    {
                        status = default;
                        return false;
                    }
                }
                catch (Exception exception) when (exception is not OperationCanceledException || !_ct.IsCancellationRequested)
                {
                    reader.FailTransport(exception);
                }
            }
            while (!reader.TryReadCore(_pieces, out status));

            return true;
        }
    }

    /// <summary>Drives a consumer from the loop.</summary>
    private sealed class LoopPump(WebSocketReader reader, LoopInput input, WebSocketConsumer consumer, CancellationToken ct) : IInputSink, IEventLoopWork
    {
        // A frame of 20 ms takes some 10 microseconds: a turn stays well under a millisecond.
        private const int MessagesPerTurn = 32;

        private readonly TaskCompletionSource<WebSocketReadStatus> _done = new();

        public Task<WebSocketReadStatus> RunAsync()
        {
            Run();
            return _done.Task;
        }

        public void OnInput(Exception? fault)
        {
            if (fault is OperationCanceledException && ct.IsCancellationRequested)
            {
                _done.TrySetCanceled(ct);
                return;
            }

            if (fault is not null)
            {
                reader.FailTransport(fault);
            }

            Run();
        }

        public void Run()
        {
            try
            {
                if (TakeTurn() is { } ended)
                {
                    _done.TrySetResult(ended);
                }
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                _done.TrySetCanceled(ct);
            }
            catch (Exception exception)
            {
                _done.TrySetException(exception);
            }
        }

        /// <summary>Takes what is there. Null when the loop goes on with it: from then on this may be running there.</summary>
        private WebSocketReadStatus? TakeTurn()
        {
            int left = MessagesPerTurn;
            while (true)
            {
                bool any = false;
                while (left > 0 && reader.TryReadCore(pieces: false, out WebSocketReadStatus status))
                {
                    if (status != WebSocketReadStatus.Message || !consumer.OnMessage())
                    {
                        return status;
                    }

                    any = true;
                    left--;
                }

                if (any)
                {
                    consumer.OnPause();
                }

                if (left == 0)
                {
                    input.Loop.Post(this);
                    return null;
                }

                try
                {
                    if (input.TryWait(this, ct))
                    {
                        return null;
                    }
                }
                catch (Exception exception) when (exception is not OperationCanceledException || !ct.IsCancellationRequested)
                {
                    reader.FailTransport(exception);
                }
            }
        }
    }
}
