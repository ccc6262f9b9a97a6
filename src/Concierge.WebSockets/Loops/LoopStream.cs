using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Threading.Tasks.Sources;

namespace Concierge.WebSockets;

/// <summary>A connected socket on an <see cref="EventLoop"/> as a stream. One reader and one writer at a time, on any thread; what waited continues inline on the loop's thread.</summary>
/// <remarks>
/// A read of no octets waits until there are some and costs no system call, so that a buffer need not be held while nothing comes. Nothing is allocated per read or write.
/// </remarks>
public sealed class LoopStream : Stream
{
    private readonly Connection _connection;
    private readonly ReadSource _reading;
    private readonly WriteSource _writing;

    private LoopStream(EventLoop loop, Socket socket)
    {
        _connection = new Connection(loop, socket, this);
        _reading = new ReadSource(_connection);
        _writing = new WriteSource(_connection);
    }

    /// <summary>Puts a connected socket on a loop.</summary>
    /// <param name="loop">The loop.</param>
    /// <param name="socket">The socket; owned by the stream.</param>
    /// <exception cref="SocketException">The loop could not take it.</exception>
    public static LoopStream Create(EventLoop loop, Socket socket)
    {
        LoopStream stream = new(loop, socket);
        stream._connection.Start();
        return stream;
    }

    /// <summary>The loop.</summary>
    public EventLoop Loop => _connection.Loop;

    /// <summary>The socket, for its options.</summary>
    public Socket Socket => _connection.Socket;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => _reading.Start(buffer, cancellationToken);

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => _writing.Start(buffer, cancellationToken);

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Not supported: only asynchronous reads are.</summary>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read asynchronously.");

    /// <summary>Not supported: only asynchronous writes are.</summary>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Write asynchronously.");

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    internal static async ValueTask<LoopStream> ConnectAsync(EventLoop loop, Socket socket, EndPoint endPoint, CancellationToken ct)
    {
        LoopStream stream = new(loop, socket);
        SocketAddress address = endPoint.Serialize();
        if (LinuxNative.Connect(stream._connection.Handle, ref MemoryMarshal.GetReference(address.Buffer.Span), address.Size) != 0
            && Marshal.GetLastPInvokeError() is var error and not LinuxNative.InProgress)
        {
            throw LoopSocket.Failure(error);
        }

        // Room to write, or an error, is what tells that the attempt has ended.
        stream._connection.Start();
        try
        {
            await stream._writing.WaitAsync(ct);
            int failure = (int)(socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error) ?? 0);
            return failure == 0 ? stream : throw new SocketException(failure);
        }
        catch
        {
            stream._connection.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _connection.Dispose();
        }

        base.Dispose(disposing);
    }

    private sealed class Connection(EventLoop loop, Socket socket, LoopStream stream) : LoopSocket(loop, socket)
    {
        /// <summary>Set once; what is left to receive ends with the stream's end or an error.</summary>
        public volatile bool Ended;

        public void Start() => Register();

        public int TryReceive(Span<byte> buffer) => Receive(buffer);

        public int TrySend(ReadOnlySpan<byte> buffer) => Send(buffer);

        protected internal override void OnReady(bool readable, bool writable, bool ended)
        {
            Ended |= ended;
            if (readable)
            {
                stream._reading.OnReady();
            }

            if (writable)
            {
                stream._writing.OnReady();
            }
        }

        protected override void OnClosed()
        {
            Ended = true;
            stream._reading.OnReady();
            stream._writing.OnReady();
        }
    }

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
            if (Interlocked.Exchange(ref _state, Told) == Waits)
            {
                _registration.Dispose();
                _registration = default;
                Retry();
            }
        }

        /// <summary>Before an attempt: what comes from here on is told anew.</summary>
        protected void Begin() => Volatile.Write(ref _state, Idle);

        protected void SetTold() => Volatile.Write(ref _state, Told);

        protected bool IsTold => Volatile.Read(ref _state) == Told;

        /// <summary>Begins to wait; false when there is news already.</summary>
        protected bool TryWait(CancellationToken ct)
        {
            if (ct.CanBeCanceled)
            {
                _token = ct;
                _registration = ct.UnsafeRegister(static state => ((Waiting)state!).Cancel(), this);
            }

            if (Interlocked.CompareExchange(ref _state, Waits, Idle) == Idle)
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

        protected static IOException Lost(SocketException exception) => new($"The connection failed: {exception.Message}", exception);

        private void Cancel()
        {
            if (Interlocked.CompareExchange(ref _state, Idle, Waits) == Waits)
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
            if (!IsTold && !Connection.Ended)
            {
                return false;
            }

            if (_buffer.IsEmpty)
            {
                return true;
            }

            Begin();
            count = Connection.TryReceive(_buffer.Span);
            if (count == _buffer.Length || count == 0)
            {
                // There may be more, or the end, of which nothing further is told.
                SetTold();
            }

            return count >= 0;
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

        public void GetResult(short token) => _core.GetResult(token);

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
                // Cleared before the attempt: room that comes after it is told.
                Begin();
                int sent = Connection.TrySend(_buffer.Span);
                if (sent == 0)
                {
                    return false;
                }

                _buffer = _buffer[sent..];
            }

            return true;
        }
    }
}
