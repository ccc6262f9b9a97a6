using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace Concierge.WebSockets;

/// <summary>A <see cref="ContiguousInput"/> over any stream.</summary>
internal sealed class StreamInput : ContiguousInput, IValueTaskSource<ReadResult>
{
    private readonly Stream _stream;
    private readonly Action _onRead;
    private readonly bool _waitsEmpty;
    private bool _waiting; // the read in flight is the empty one

    private CancellationTokenSource? _cancel;
    private CancellationToken _userToken;
    private CancellationTokenRegistration _registration;
    private ValueTaskAwaiter<int> _read;
    private ManualResetValueTaskSourceCore<ReadResult> _core;

    public StreamInput(Stream stream, int smallest, int largest, bool waitsEmpty)
        : base(smallest, largest, waitsEmpty)
    {
        _stream = stream;
        _waitsEmpty = waitsEmpty;
        _onRead = OnRead;
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (TryRead(out ReadResult result))
        {
            return new(result);
        }

        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<ReadResult>(cancellationToken);
        }

        if (_cancel is null || _cancel.IsCancellationRequested)
        {
            _cancel = new CancellationTokenSource();
        }

        if (IsCancelRequested)
        {
            // Asked for between the look above and here, and cancelled on the source before this one.
            return new(Result());
        }

        ValueTask<int> read;
        try
        {
            if (!TryReadNow(out read))
            {
                return new(Result());
            }
        }
        catch (OperationCanceledException) when (IsCancelRequested)
        {
            return new(Result());
        }
        catch (Exception exception)
        {
            return ValueTask.FromException<ReadResult>(exception);
        }

        _core.Reset();
        IsReading = true;
        _userToken = cancellationToken;
        _read = read.GetAwaiter();
        ValueTask<ReadResult> pending = new(this, _core.Version);
        if (cancellationToken.CanBeCanceled)
        {
            _registration = cancellationToken.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), _cancel);
        }

        _read.UnsafeOnCompleted(_onRead);
        return pending;
    }

    public override void CancelPendingRead()
    {
        base.CancelPendingRead();
        _cancel?.Cancel();
    }

    ReadResult IValueTaskSource<ReadResult>.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<ReadResult>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<ReadResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private void OnRead()
    {
        ValueTaskAwaiter<int> read = _read;
        _read = default;
        try
        {
            int count = read.GetResult();
            if (!_waiting)
            {
                Took(count);
            }
            else if (TryReadNow(out ValueTask<int> next))
            {
                _read = next.GetAwaiter();
                _read.UnsafeOnCompleted(_onRead);
                return;
            }

            EndRead();
        }
        catch (OperationCanceledException) when (_userToken.IsCancellationRequested)
        {
            EndRead();
            _core.SetException(new OperationCanceledException(_userToken));
            return;
        }
        catch (OperationCanceledException) when (IsCancelRequested)
        {
            // CancelPendingRead: reported once, in the result.
            EndRead();
        }
        catch (Exception exception)
        {
            EndRead();
            _core.SetException(exception);
            return;
        }

        _core.SetResult(Result());
    }

    /// <summary>Reads what is there. False when that was enough to complete; true when the stream has to be waited for.</summary>
    private bool TryReadNow(out ValueTask<int> pending)
    {
        if (_waitsEmpty && IsEmpty && !_waiting)
        {
            _waiting = true;
            pending = _stream.ReadAsync(Memory<byte>.Empty, _cancel!.Token);
            if (!pending.IsCompleted)
            {
                return true;
            }

            pending.GetAwaiter().GetResult();
        }

        _waiting = false;
        pending = _stream.ReadAsync(Room(), _cancel!.Token);
        if (!pending.IsCompleted)
        {
            return true;
        }

        Took(pending.GetAwaiter().GetResult());
        return false;
    }

    private void EndRead()
    {
        IsReading = false;
        _waiting = false;
        _registration.Dispose();
        _registration = default;
    }
}
