using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Unicode;

namespace Concierge.WebSockets;

/// <content>The flushing half: one flush in flight at most, which takes along what is appended meanwhile; draining and closing.</content>
public sealed partial class WebSocketWriter
{
    // Cached, so that waiting for a flush allocates nothing.
    private readonly Action _onFlushed;
    private ValueTaskAwaiter<FlushResult> _flush;

    // True from the decision to flush until the last flush has ended: the owner of the pipe's buffer is the flush, not the appenders.
    private bool _flushing;
    private bool _flushAgain;

    // What the flush in flight will have handed over.
    private long _controlStaged;
    private long _mediaStaged;

    private int _pongsUnsent;
    private byte[]? _latePong;
    private int _latePongLength = -1;

    private bool _closePending;
    private int _closeLength;
    private byte[]? _closePayload;

    private DrainWaiter? _waiters;
    private DrainWaiter? _spare;

    /// <summary>Starts a flush if none is in flight; otherwise the one in flight takes along what was appended. Never waits.</summary>
    public void Flush()
    {
        bool flush;
        using (_gate.Enter())
        {
            flush = BeginFlush();
        }

        if (flush)
        {
            RunFlushes(null);
        }
    }

    /// <summary>
    /// Flushes, and completes when all that was appended before the call has been handed to the transport, dropped, or lost with it: look at
    /// <see cref="IsFaulted"/>. Does not throw for a failed transport.
    /// </summary>
    /// <param name="ct">Ends the wait, not the flush.</param>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public ValueTask DrainAsync(CancellationToken ct = default)
    {
        Flush();
        DrainWaiter waiter;
        using (_gate.Enter())
        {
            UpdateHanded();
            if (_faulted || _aborted || (_controlHanded >= _controlAccepted && _mediaHanded >= _mediaAccepted && !_closePending))
            {
                return ValueTask.CompletedTask;
            }

            if (ct.IsCancellationRequested)
            {
                return ValueTask.FromCanceled(ct);
            }

            waiter = _spare ?? new DrainWaiter(this);
            _spare = null;
            waiter.Prepare(_controlAccepted + (_closePending ? 1 : 0), _mediaAccepted);
            waiter.Next = _waiters;
            _waiters = waiter;
        }

        ValueTask task = waiter.Task;
        if (ct.CanBeCanceled)
        {
            waiter.Watch(ct);
        }

        return task;
    }

    /// <summary>
    /// Appends one close frame behind everything already taken (RFC 6455 §5.5.1), flushes and drains. Once only: a second call sends nothing and waits for the
    /// first's frame. Later appends return <see cref="WebSocketAppendResult.Closed"/>.
    /// </summary>
    /// <param name="code">A code that may appear on the wire (<see cref="WebSocketErrors.IsLegalCloseCode"/>), or 1005 for a frame without a body.</param>
    /// <param name="reason">For people; cut at a character's border to 123 octets of UTF-8.</param>
    /// <param name="ct">Ends the wait, not the close.</param>
    /// <exception cref="ArgumentOutOfRangeException">The code must not be sent.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public ValueTask CloseAsync(int code, string reason, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(reason);
        if (!WebSocketErrors.IsLegalCloseCode(code) && code != WebSocketErrors.NoStatusReceived)
        {
            throw new ArgumentOutOfRangeException(nameof(code), code, "This close code must not be sent (RFC 6455 §7.4).");
        }

        BeginClose(code, reason, dropMedia: false);
        return DrainAsync(ct);
    }

    /// <summary>Queues the close frame; false when one was before, or nothing can be sent any more. Does not flush.</summary>
    /// <param name="code">A legal code, or 1005 for no body.</param>
    /// <param name="reason">The reason.</param>
    /// <param name="dropMedia">Whether pending media is not worth sending any more.</param>
    internal bool BeginClose(int code, string reason, bool dropMedia)
    {
        using (_gate.Enter())
        {
            if (_closed)
            {
                return false;
            }

            if (dropMedia)
            {
                _dropped += _media.Clear();
            }

            Volatile.Write(ref _closed, true);
            _closePending = true;
            _closeLength = 0;
            if (code != WebSocketErrors.NoStatusReceived)
            {
                byte[] payload = _closePayload = new byte[MaxControlPayload];
                payload[0] = (byte)(code >> 8);
                payload[1] = (byte)code;
                Utf8.FromUtf16(reason, payload.AsSpan(2), out _, out int written);
                _closeLength = 2 + written;
            }

            return true;
        }
    }

    /// <summary>A cancelled waiter leaves the list; false when it was already completed.</summary>
    internal bool Forget(DrainWaiter waiter)
    {
        using (_gate.Enter())
        {
            ref DrainWaiter? link = ref _waiters;
            while (link is not null)
            {
                if (ReferenceEquals(link, waiter))
                {
                    link = waiter.Next;
                    return true;
                }

                link = ref link.Next;
            }

            return false;
        }
    }

    internal void Recycle(DrainWaiter waiter)
    {
        using (_gate.Enter())
        {
            _spare ??= waiter;
        }
    }

    /// <summary>Under the lock: takes the flush over when none is in flight and there is something to flush; the caller then runs it outside the lock.</summary>
    private bool BeginFlush()
    {
        if (_faulted || _aborted)
        {
            return false;
        }

        if (_flushing)
        {
            _flushAgain = true;
            return false;
        }

        return _flushing = Stage();
    }

    /// <summary>Moves pending frames into the pipe's buffer: control first, then media up to the chunk, the close frame when nothing else is left.</summary>
    /// <returns>Whether there is something to flush.</returns>
    private bool Stage()
    {
        _flushAgain = false;
        return _control.Count + _media.Count == 0 && _latePongLength < 0 && !_closePending ? Staged() : StagePending();
    }

    private bool Staged()
    {
        _pongsUnsent = 0;
        _controlStaged = _controlAccepted - _control.Count;
        _mediaStaged = _mediaAccepted - _media.Count;
        return _direct > 0;
    }

    private bool StagePending()
    {
        try
        {
            if (_control.Count > 0)
            {
                Move(ref _control, int.MaxValue);
            }

            if (_latePongLength >= 0)
            {
                _pongsUnsent = 0;
                int length = _latePongLength;
                _latePongLength = -1;
                AppendReserved(WebSocketOpcode.Pong, _latePong.AsSpan(0, length), direct: true);
            }

            while (_media.Count > 0 && _direct < _flushChunk)
            {
                Move(ref _media, _flushChunk - _direct);
            }

            if (_media.Count > 0)
            {
                _flushAgain = true;
            }
            else if (_closePending)
            {
                _closePending = false;
                AppendReserved(WebSocketOpcode.Close, _closePayload.AsSpan(0, _closeLength), direct: true);
                _controlAccepted++;
                _closePayload = null;
            }
        }
        catch (InvalidOperationException exception)
        {
            SetFault(exception);
            return false;
        }

        return Staged();
    }

    private void Move(ref FrameQueue queue, int chunk)
    {
        ReadOnlySpan<byte> frames = queue.Peek(chunk, out int count);
        int length = frames.Length;
        _output.Write(frames);
        _direct += length;
        queue.Take(length, count);
    }

    /// <summary>Flushes until nothing asks for more. Runs outside the lock, on one thread at a time: the owner of <see cref="_flushing"/>.</summary>
    private void RunFlushes(DrainWaiter? ready)
    {
        while (true)
        {
            ValueTaskAwaiter<FlushResult> flush;
            FlushResult result = default;
            bool done;
            try
            {
                flush = _output.FlushAsync().GetAwaiter();
                done = flush.IsCompleted;
                if (done)
                {
                    result = flush.GetResult();
                }
            }
            catch (Exception exception)
            {
                Fail(exception, ready);
                return;
            }

            if (ready is not null)
            {
                Complete(ready);
            }

            if (!done)
            {
                _flush = flush;
                flush.UnsafeOnCompleted(_onFlushed);
                return;
            }

            if (!EndFlush(result, out ready))
            {
                return;
            }
        }
    }

    private void OnFlushed()
    {
        ValueTaskAwaiter<FlushResult> flush = _flush;
        _flush = default;
        FlushResult result;
        try
        {
            result = flush.GetResult();
        }
        catch (Exception exception)
        {
            Fail(exception, null);
            return;
        }

        if (EndFlush(result, out DrainWaiter? ready))
        {
            RunFlushes(ready);
        }
    }

    /// <summary>Takes a flush's result; true when another flush must follow, with the waiters to complete once it has begun.</summary>
    private bool EndFlush(FlushResult result, out DrainWaiter? ready)
    {
        ready = null;
        if (result.IsCanceled && !result.IsCompleted)
        {
            // Somebody called CancelPendingFlush (Kestrel does, at shutdown): what was written is still in the pipe's buffer.
            return true;
        }

        if (Continue(result.IsCompleted, out ready))
        {
            return true;
        }

        Complete(ready);
        return false;
    }

    /// <summary>Books a flush that ended and prepares the next; false when there is none.</summary>
    private bool Continue(bool gone, out DrainWaiter? ready)
    {
        using (_gate.Enter())
        {
            _direct = 0;
            _controlHanded = _controlStaged;
            _mediaHanded = _mediaStaged;
            if (gone)
            {
                // The reading side is gone: nothing that was or will be written arrives.
                SetFault(null);
            }

            bool again = !_faulted && !_aborted && _flushAgain && Stage();
            if (!again)
            {
                _flushing = false;
            }

            ready = _waiters is null ? null : TakeReadyWaiters(_faulted || _aborted);
            return again;
        }
    }

    private void Fail(Exception exception, DrainWaiter? first)
    {
        DrainWaiter? ready;
        using (_gate.Enter())
        {
            _direct = 0;
            SetFault(exception);
            _flushing = false;
            ready = TakeReadyWaiters(all: true);
        }

        Complete(first);
        Complete(ready);
    }

    /// <summary>With no flush in flight and nothing in the pipe's buffer, what is not queued has been handed over or dropped.</summary>
    private void UpdateHanded()
    {
        if (!_flushing && _direct == 0)
        {
            _controlHanded = _controlAccepted - _control.Count;
            _mediaHanded = _mediaAccepted - _media.Count;
        }
    }

    private DrainWaiter? TakeReadyWaiters(bool all)
    {
        DrainWaiter? ready = null;
        UpdateHanded();
        ref DrainWaiter? link = ref _waiters;
        while (link is not null)
        {
            DrainWaiter waiter = link;
            if (all || (waiter.Control <= _controlHanded && waiter.Media <= _mediaHanded))
            {
                link = waiter.Next;
                waiter.Next = ready;
                ready = waiter;
            }
            else
            {
                link = ref waiter.Next;
            }
        }

        return ready;
    }

    private static void Complete(DrainWaiter? ready)
    {
        while (ready is not null)
        {
            DrainWaiter waiter = ready;
            ready = waiter.Next;
            waiter.Next = null;
            waiter.Complete();
        }
    }
}
