using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Concierge.WebSockets;

/// <summary>A connected socket on an <see cref="EventLoop"/> as a stream. One reader and one writer at a time, on any thread; what waited continues inline on the loop's thread.</summary>
/// <remarks>
/// A read of no octets waits until there are some and costs no system call, so that a buffer need not be held while nothing comes. Nothing is allocated per read or write.
/// </remarks>
public sealed partial class LoopStream : Stream
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

    /// <summary>Whether an attempt to receive may bring something: octets, the end, an error.</summary>
    internal bool IsReadable => _reading.IsReadable;

    /// <summary>Receives what is there: octets; 0 at the end; -1 when there is nothing.</summary>
    /// <exception cref="IOException">The connection failed.</exception>
    /// <exception cref="ObjectDisposedException">The stream was closed.</exception>
    internal int TryReceive(Span<byte> buffer) => _reading.TryReceive(buffer);

    /// <summary>Sends what there is room for, without waiting: before a <see cref="WriteAsync(ReadOnlyMemory{byte}, CancellationToken)"/> of the rest, by whoever may write now.</summary>
    /// <returns>Octets sent; 0 when there is no room.</returns>
    /// <exception cref="IOException">The connection failed.</exception>
    /// <exception cref="ObjectDisposedException">The stream was closed.</exception>
    internal int TrySend(ReadOnlySpan<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_connection.IsDisposed, typeof(LoopStream));
        try
        {
            return _connection.TrySend(buffer);
        }
        catch (SocketException exception)
        {
            throw Waiting.Lost(exception);
        }
    }

    /// <summary>Has a reader called when there is something; false when there is now. One wait or read at a time.</summary>
    internal bool TryWaitToRead(ILoopReader reader) => _reading.TryWait(reader);

    /// <summary>Ends a reader's wait; false when there is none, or it is being called. Any thread.</summary>
    internal bool TryStopWaiting() => _reading.TryStop();

    /// <summary>What a receive touches.</summary>
    internal void AddReadingTo(WorkingSet set)
    {
        set.Add(_connection);
        set.Add(this);
        set.Add(_reading);
        set.Add(_writing); // the loop tells of room with the octets
        set.Add(_connection.Handle);
    }

    /// <summary>What a send touches.</summary>
    internal void AddWritingTo(WorkingSet set)
    {
        set.Add(this);
        set.Add(_writing);
        set.Add(_connection);
        set.Add(_connection.Handle);
    }

    /// <summary>Has a set fetched ahead of each wake-up.</summary>
    internal void Prepare(WorkingSet set) => Loop.Prepare(_connection, set);

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
}
