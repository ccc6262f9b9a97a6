using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace Concierge.WebSockets;

/// <content>The two directions' waiting.</content>
public sealed partial class LoopStream
{
    /// <summary>One direction's waiting, for any thread against the loop's: idle, told (something has come since the last attempt), or waiting to be told.</summary>
    private abstract class Waiting(Connection connection)
    {
        protected const int Idle = 0;
        protected const int Told = 1;
        private const int Waits = 2;

        private int _state;
        private CancellationToken _token;
        private CancellationTokenRegistration _registration;

        protected Connection Connection => connection;

        /// <summary>The kernel has news: whoever waits tries again.</summary>
        public void OnReady()
        {
            if (Volatile.Read(ref _state) == Told)
            {
                return; // nobody has looked since; whoever does will find this too
            }

            if (Interlocked.Exchange(ref _state, Told) == Waits)
            {
                _registration.Dispose();
                _registration = default;
                _token = default;
                Retry();
            }
        }

        /// <summary>Before an attempt: what comes from here on is told anew.</summary>
        protected void Begin() => Interlocked.Exchange(ref _state, Idle);

        protected void SetTold() => Volatile.Write(ref _state, Told);

        protected bool IsTold => Volatile.Read(ref _state) == Told;

        /// <summary>Begins to wait without a token; false when there is news already.</summary>
        protected bool TryWait() => Interlocked.CompareExchange(ref _state, Waits, Idle) == Idle;

        /// <summary>Ends a wait; false when there is none, or news has ended it.</summary>
        protected bool TryEndWait() => Interlocked.CompareExchange(ref _state, Idle, Waits) == Waits;

        /// <summary>Begins to wait; false when there is news already.</summary>
        protected bool TryWait(CancellationToken ct)
        {
            if (ct.CanBeCanceled)
            {
                _token = ct;
                _registration = ct.UnsafeRegister(static state => ((Waiting)state!).Cancel(), this);
            }

            if (TryWait())
            {
                // Cancelled between the registration and here: nobody else would say so.
                if (ct.IsCancellationRequested)
                {
                    Cancel();
                }

                return true;
            }

            _registration.Dispose();
            _registration = default;
            return false;
        }

        /// <summary>Tries again, on the thread that brought the news.</summary>
        protected abstract void Retry();

        protected abstract void Fail(Exception exception);

        public static IOException Lost(SocketException exception) => new($"The connection failed: {exception.Message}", exception);

        private void Cancel()
        {
            if (TryEndWait())
            {
                Fail(new OperationCanceledException(_token));
            }
        }
    }

    private sealed class ReadSource(Connection connection) : Waiting(connection), IValueTaskSource<int>
    {
        private ManualResetValueTaskSourceCore<int> _core;
        private Memory<byte> _buffer;
        private CancellationToken _ct;
        private ILoopReader? _reader; // the last that waited instead of a task
        private bool _tellsReader;

        public bool IsReadable => IsTold || Connection.Ended;

        public int TryReceive(Span<byte> buffer)
        {
            ObjectDisposedException.ThrowIf(Connection.IsDisposed, typeof(LoopStream));
            try
            {
                return Receive(buffer);
            }
            catch (SocketException exception)
            {
                throw Lost(exception);
            }
        }

        public bool TryWait(ILoopReader reader)
        {
            if (_reader != reader)
            {
                _reader = reader; // once: a reference is dearer to write than a flag
            }

            _tellsReader = true;
            if (TryWait())
            {
                return true;
            }

            _tellsReader = false;
            return false;
        }

        public bool TryStop()
        {
            if (!TryEndWait())
            {
                return false;
            }

            _tellsReader = false;
            return true;
        }

        public ValueTask<int> Start(Memory<byte> buffer, CancellationToken ct)
        {
            if (ct.IsCancellationRequested)
            {
                return ValueTask.FromCanceled<int>(ct);
            }

            _buffer = buffer;
            _ct = ct;
            _core.Reset();
            ValueTask<int> pending = new(this, _core.Version);
            try
            {
                while (true)
                {
                    if (TryComplete(out int count))
                    {
                        _buffer = default;
                        return new(count);
                    }

                    if (TryWait(ct))
                    {
                        return pending;
                    }
                }
            }
            catch (SocketException exception)
            {
                return ValueTask.FromException<int>(Lost(exception));
            }
            catch (ObjectDisposedException exception)
            {
                return ValueTask.FromException<int>(exception);
            }
        }

        public int GetResult(short token) => _core.GetResult(token);

        public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _core.OnCompleted(continuation, state, token, flags);

        protected override void Retry()
        {
            if (_tellsReader)
            {
                _tellsReader = false;
                _reader!.OnReadable();
                return;
            }

            int count;
            try
            {
                do
                {
                    if (TryComplete(out count))
                    {
                        _buffer = default;
                        _core.SetResult(count);
                        return;
                    }
                }
                while (!TryWait(_ct));
            }
            catch (SocketException exception)
            {
                Fail(Lost(exception));
            }
            catch (ObjectDisposedException exception)
            {
                Fail(exception);
            }
        }

        protected override void Fail(Exception exception)
        {
            _buffer = default;
            _core.SetException(exception);
        }

        private bool TryComplete(out int count)
        {
            count = 0;
            ObjectDisposedException.ThrowIf(Connection.IsDisposed, typeof(LoopStream));
            if (!IsReadable)
            {
                return false;
            }

            if (_buffer.IsEmpty)
            {
                return true;
            }

            count = Receive(_buffer.Span);
            return count >= 0;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private int Receive(Span<byte> buffer)
        {
            Begin();
            int count = Connection.TryReceive(buffer);
            if (count == buffer.Length || count == 0)
            {
                // There may be more, or the end, of which nothing further is told.
                SetTold();
            }

            return count;
        }
    }

    private sealed class WriteSource(Connection connection) : Waiting(connection), IValueTaskSource
    {
        private ManualResetValueTaskSourceCore<bool> _core;
        private ReadOnlyMemory<byte> _buffer;
        private CancellationToken _ct;

        public ValueTask Start(ReadOnlyMemory<byte> buffer, CancellationToken ct)
        {
            if (ct.IsCancellationRequested)
            {
                return ValueTask.FromCanceled(ct);
            }

            try
            {
                _buffer = buffer;
                if (TryComplete())
                {
                    return ValueTask.CompletedTask;
                }

                return Pend(ct);
            }
            catch (SocketException exception)
            {
                _buffer = default;
                return ValueTask.FromException(Lost(exception));
            }
            catch (ObjectDisposedException exception)
            {
                _buffer = default;
                return ValueTask.FromException(exception);
            }
        }

        /// <summary>Waits for room without writing: for the end of a connection attempt.</summary>
        public ValueTask WaitAsync(CancellationToken ct)
        {
            if (ct.IsCancellationRequested)
            {
                return ValueTask.FromCanceled(ct);
            }

            _core.Reset();
            _ct = ct;
            _buffer = default;
            ValueTask pending = new(this, _core.Version);
            return TryWait(ct) ? pending : ValueTask.CompletedTask;
        }

        public void GetResult(short token)
        {
            try
            {
                _core.GetResult(token);
            }
            finally
            {
                // Hardly any write waits, the connection attempt did: it would be kept as long as the connection.
                _core.Reset();
                _ct = default;
            }
        }

        public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _core.OnCompleted(continuation, state, token, flags);

        protected override void Retry()
        {
            try
            {
                do
                {
                    if (TryComplete())
                    {
                        _core.SetResult(true);
                        return;
                    }
                }
                while (!TryWait(_ct));
            }
            catch (SocketException exception)
            {
                Fail(Lost(exception));
            }
            catch (ObjectDisposedException exception)
            {
                Fail(exception);
            }
        }

        protected override void Fail(Exception exception)
        {
            _buffer = default;
            _core.SetException(exception);
        }

        private ValueTask Pend(CancellationToken ct)
        {
            _core.Reset();
            _ct = ct;
            ValueTask pending = new(this, _core.Version);
            while (!TryWait(ct))
            {
                if (TryComplete())
                {
                    return ValueTask.CompletedTask;
                }
            }

            return pending;
        }

        private bool TryComplete()
        {
            ObjectDisposedException.ThrowIf(Connection.IsDisposed, typeof(LoopStream));
            while (!_buffer.IsEmpty)
            {
                int sent = Connection.TrySend(_buffer.Span);
                if (sent == 0)
                {
                    // Full. Once more with a clean slate: room that came before it is found, room that comes after it is told.
                    Begin();
                    sent = Connection.TrySend(_buffer.Span);
                    if (sent == 0)
                    {
                        return false;
                    }
                }

                _buffer = _buffer[sent..];
            }

            _buffer = default;
            return true;
        }
    }
}
