using System.IO.Pipelines;
using System.Threading.Tasks.Sources;

namespace Concierge.WebSockets;

/// <summary>A <see cref="ContiguousInput"/> over a <see cref="LoopStream"/>: what wakes the loop is received and handed on by plain calls, and a token is registered once, not once a read.</summary>
internal sealed class LoopInput(LoopStream stream, int smallest, int largest)
    : ContiguousInput(smallest, largest, returnsEmpty: true), ILoopReader, IInputSink, IValueTaskSource<ReadResult>
{
    private IInputSink? _sink; // of this wait or the last one: it is the same all the time, and writing it for each would be the dearer part
    private volatile bool _cancelled;
    private CancellationToken _watched;
    private CancellationTokenRegistration _watch;
    private ManualResetValueTaskSourceCore<ReadResult> _core;

    /// <summary>The loop that wakes.</summary>
    public EventLoop Loop => stream.Loop;

    /// <summary>Has a set fetched ahead of each wake-up, with what receiving touches.</summary>
    public void Prepare(WorkingSet set)
    {
        WorkingSet whole = new();
        stream.AddReadingTo(whole);
        whole.Add(this);
        whole.AddAll(set);
        stream.Prepare(whole);
    }

    /// <summary>Waits for more than <see cref="PipeReader.TryRead"/> has shown. False when it is there already.</summary>
    /// <param name="sink">Told once, when this returns true.</param>
    /// <param name="ct">Ends the wait with an <see cref="OperationCanceledException"/>, thrown here or given to the sink.</param>
    /// <exception cref="IOException">The connection failed.</exception>
    /// <exception cref="ObjectDisposedException">The stream was closed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public bool TryWait(IInputSink sink, CancellationToken ct)
    {
        ThrowIfUnusable();
        Watch(ct);
        if (_cancelled)
        {
            throw new OperationCanceledException(ct);
        }

        while (!TryReceive())
        {
            // From here on the wait may end on another thread at any moment.
            if (_sink != sink)
            {
                _sink = sink;
            }

            IsReading = true;
            if (stream.TryWaitToRead(this))
            {
                if ((_cancelled || IsCancelRequested) && TakeBack() is not null)
                {
                    return _cancelled ? throw new OperationCanceledException(ct) : false;
                }

                return true;
            }

            IsReading = false;
        }

        return false;
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (TryRead(out ReadResult result))
        {
            return new(result);
        }

        _core.Reset();
        ValueTask<ReadResult> pending = new(this, _core.Version);
        try
        {
            return TryWait(this, cancellationToken) ? pending : new(Result());
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<ReadResult>(cancellationToken);
        }
        catch (Exception exception)
        {
            return ValueTask.FromException<ReadResult>(exception);
        }
    }

    public override void CancelPendingRead()
    {
        base.CancelPendingRead();
        Stop(null);
    }

    public override void Complete(Exception? exception = null)
    {
        _watch.Unregister();
        base.Complete(exception);
    }

    void ILoopReader.OnReadable()
    {
        IsReading = false;
        IInputSink sink = _sink!;
        try
        {
            // Told of what another look has taken already: the wait goes on.
            if (!TryReceive() && TryWait(sink, _watched))
            {
                return;
            }
        }
        catch (Exception exception)
        {
            sink.OnInput(exception);
            return;
        }

        sink.OnInput(null);
    }

    void IInputSink.OnInput(Exception? fault)
    {
        if (fault is null)
        {
            _core.SetResult(Result());
        }
        else
        {
            _core.SetException(fault);
        }
    }

    ReadResult IValueTaskSource<ReadResult>.GetResult(short token)
    {
        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            _core.Reset(); // it would keep whoever waited, and what came of that: the handshake, for as long as the call lasts
        }
    }

    ValueTaskSourceStatus IValueTaskSource<ReadResult>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<ReadResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    /// <summary>Receives what is there, in one system call; none when the loop has told of nothing.</summary>
    private bool TryReceive()
    {
        if (!stream.IsReadable)
        {
            return false;
        }

        int count = stream.TryReceive(Room().Span);
        if (count < 0)
        {
            TookNothing();
            return false;
        }

        Took(count);
        return true;
    }

    /// <summary>One registration for as long as the same token comes with the reads, which for a connection is its life.</summary>
    private void Watch(CancellationToken ct)
    {
        if (ct == _watched)
        {
            return;
        }

        _watch.Dispose();
        _watched = ct;
        _cancelled = false;
        _watch = ct.UnsafeRegister(static (state, token) => ((LoopInput)state!).OnCancelled(token), this);
    }

    /// <summary>Noted here, so that a wait need not ask the token: it stands elsewhere in memory.</summary>
    private void OnCancelled(CancellationToken ct)
    {
        _cancelled = true;
        Stop(new OperationCanceledException(ct));
    }

    private void Stop(Exception? fault) => TakeBack()?.OnInput(fault);

    /// <summary>Ends the wait; null when there is none, or the sink is being told.</summary>
    private IInputSink? TakeBack()
    {
        if (!stream.TryStopWaiting())
        {
            return null;
        }

        IsReading = false;
        return _sink;
    }
}
