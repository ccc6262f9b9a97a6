using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Concierge.WebSockets;

/// <summary>Reads whole messages from one pipe: fragments assembled, text validated, pings answered, closes answered, limits held.</summary>
/// <remarks>
/// <para>One consumer. <see cref="Payload"/> is lent until the next read. A message that lies in one buffer is unmasked in place and lent without a copy; one that
/// spans buffers or frames is assembled once in pooled memory. The pipe's memory must therefore be the pipe's own: it is written to.</para>
/// <para>Parsing begins with what is buffered: <see cref="TryRead"/> and a <see cref="ReadAsync"/> that completes at once never touch the transport. Answers (pong, close)
/// are appended to the writer as they arise and flushed before control goes back to the consumer.</para>
/// <para><see cref="ReadResult.IsCanceled"/> (Kestrel cancels pending reads at shutdown) is passed over: only end, close and error end a reader.</para>
/// </remarks>
public sealed partial class WebSocketReader : IDisposable
{
    private readonly PipeReader _input;
    private readonly ContiguousInput? _contiguous;
    private readonly LoopWait? _loop;
    private LoopPump? _pump;
    private readonly WebSocketRole _role;
    private readonly WebSocketWriter? _writer;
    private readonly long _maxFramePayload;
    private readonly int _maxMessageSize;
    private readonly int _maxFragments;

    private ReadOnlyMemory<byte> _payload;
    private bool _ended;
    private WebSocketReadStatus _endStatus;
    private long _framesReceived;

    /// <summary>Creates the reader of one connection.</summary>
    /// <param name="input">The pipe to read; completed by its owner, not by the reader.</param>
    /// <param name="role">This side's role.</param>
    /// <param name="limits">Hard caps.</param>
    /// <param name="writer">Where pongs and close answers go; null answers nothing.</param>
    public WebSocketReader(PipeReader input, WebSocketRole role, WebSocketLimits limits, WebSocketWriter? writer)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(limits);
        _input = input;
        _contiguous = input as ContiguousInput;
        _loop = input is LoopInput loop ? new LoopWait(this, loop) : null;
        _role = role;
        _writer = writer;
        _maxFramePayload = limits.MaxFramePayload;
        _maxMessageSize = limits.MaxMessageSize;
        _maxFragments = limits.MaxFragmentsPerMessage;
    }

    /// <summary>Text or binary: the kind of the message that the last read returned (also of a piece).</summary>
    public WebSocketOpcode Opcode { get; private set; }

    /// <summary>The message, or its piece; contiguous, unmasked, valid until the next read. A whole text message is valid UTF-8; a piece may end inside a character.</summary>
    public ReadOnlySpan<byte> Payload => _payload.Span;

    /// <summary>The same as <see cref="Payload"/>, for consumers that cannot hold a span; no longer valid than it.</summary>
    public ReadOnlyMemory<byte> PayloadMemory => _payload;

    /// <summary>What ended the connection, when a read returned Error or EndOfStream.</summary>
    public WebSocketError Error { get; private set; }

    /// <summary>The peer's close code, 1005 when its close frame had none; 1006 before or without one.</summary>
    public int CloseCode { get; private set; } = WebSocketErrors.AbnormalClosure;

    /// <summary>The peer's close reason; empty when it gave none.</summary>
    public string CloseReason { get; private set; } = "";

    /// <summary>The transport's exception behind <see cref="WebSocketError.TransportFailed"/>.</summary>
    public Exception? Fault { get; private set; }

    /// <summary>Frames parsed so far, control frames included: a sign of life that any thread may compare with an earlier value.</summary>
    public long FramesReceived => Volatile.Read(ref _framesReceived);

    /// <summary>Releases the previous message and looks for the next in what is already buffered.</summary>
    /// <param name="status">What was found, when the result is true.</param>
    /// <returns>False when a whole message is not there yet: nothing is lent then.</returns>
    public bool TryRead(out WebSocketReadStatus status) => TryReadCore(pieces: false, out status);

    /// <summary>As <see cref="TryRead"/>, but also returns what there is of an unfinished message (<see cref="WebSocketReadStatus.Piece"/>).</summary>
    /// <param name="status">What was found, when the result is true.</param>
    public bool TryReadPiece(out WebSocketReadStatus status) => TryReadCore(pieces: true, out status);

    /// <summary>Releases the previous message and waits for the next.</summary>
    /// <param name="ct">Ends the wait; the reader stays usable.</param>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public ValueTask<WebSocketReadStatus> ReadAsync(CancellationToken ct = default) =>
        TryReadCore(pieces: false, out WebSocketReadStatus status) ? new(status) : WaitForInput(pieces: false, ct);

    /// <summary>
    /// Releases what was lent and waits for more: a whole message, or what has arrived of one, without copying it together. Pieces of a message come in order,
    /// across frame borders; its last one, possibly empty, is returned as <see cref="WebSocketReadStatus.Message"/>. A plain read in the middle assembles the rest.
    /// </summary>
    /// <param name="ct">Ends the wait; the reader stays usable.</param>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public ValueTask<WebSocketReadStatus> ReadPieceAsync(CancellationToken ct = default) =>
        TryReadCore(pieces: true, out WebSocketReadStatus status) ? new(status) : WaitForInput(pieces: true, ct);

    /// <summary>Gives back pooled memory and what is held of the pipe's buffer; does not complete the pipe. The last payload is no longer valid.</summary>
    public void Dispose()
    {
        if (!_ended)
        {
            End(WebSocketReadStatus.EndOfStream, WebSocketError.None);
        }

        _payload = default;
        _assembly.Release();
        if (_held)
        {
            _held = false;
            if (_contiguous is null)
            {
                _input.AdvanceTo(_buffer.GetPosition(_offset));
            }
            else
            {
                _contiguous.Release(_offset, examined: false);
            }
        }
    }

    private bool TryReadCore(bool pieces, out WebSocketReadStatus status)
    {
        _payload = default;
        if (_lentAssembly)
        {
            _lentAssembly = false;
            _assembly.Release();
        }

        while (true)
        {
            if (_ended)
            {
                status = _endStatus;
                return true;
            }

            if (_held)
            {
                if (Parse(pieces, out status))
                {
                    FlushAnswers();
                    return true;
                }

                if (_inputCompleted)
                {
                    FinishInput();
                    continue;
                }

                ReleaseBuffer();
            }

            try
            {
                if (!TryHold())
                {
                    break;
                }
            }
            catch (Exception exception)
            {
                FailTransport(exception);
            }
        }

        FlushAnswers();
        status = default;
        return false;
    }

    private ValueTask<WebSocketReadStatus> WaitForInput(bool pieces, CancellationToken ct) => _loop is null ? WaitAsync(pieces, ct) : _loop.Start(pieces, ct);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<WebSocketReadStatus> WaitAsync(bool pieces, CancellationToken ct)
    {
        WebSocketReadStatus status;
        do
        {
            ReadResult result;
            try
            {
                result = await _input.ReadAsync(ct);
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !ct.IsCancellationRequested)
            {
                FailTransport(exception);
                return _endStatus;
            }

            Hold(in result);
        }
        while (!TryReadCore(pieces, out status));

        return status;
    }

    /// <summary>Takes what is buffered; false when there is nothing new.</summary>
    private bool TryHold()
    {
        if (_contiguous is null)
        {
            return _input.TryRead(out ReadResult result) && Hold(in result);
        }

        _held = _contiguous.TryTake(out _current, out _inputCompleted);
        return _held;
    }

    /// <summary>Takes a read's buffer; false when there is nothing new in it (a cancelled read).</summary>
    private bool Hold(in ReadResult result)
    {
        if (result.IsCanceled && result.Buffer.IsEmpty && !result.IsCompleted)
        {
            _input.AdvanceTo(result.Buffer.End);
            return false;
        }

        _held = true;
        _inputCompleted = result.IsCompleted;
        _current = result.Buffer.First;
        _offset = 0;
        if (_contiguous is null)
        {
            _buffer = result.Buffer;
        }

        return true;
    }

    private void ReleaseBuffer()
    {
        _held = false;
        if (_contiguous is null)
        {
            _input.AdvanceTo(_buffer.GetPosition(_offset), _buffer.End);
            _buffer = default;
        }
        else
        {
            _contiguous.Release(_offset, examined: true);
            if (_inPlace)
            {
                _contiguous.Expect(_frameLeft - _inPlaceDone);
            }
        }

        _current = default;
        _offset = 0;
    }

    private void FinishInput()
    {
        bool inside = _inFrame || _inMessage || HasBuffered(1);
        End(WebSocketReadStatus.EndOfStream, inside ? WebSocketError.Truncated : WebSocketError.None);
    }

    private void FailTransport(Exception exception)
    {
        Fault = exception;
        End(WebSocketReadStatus.EndOfStream, WebSocketError.TransportFailed);
    }

    private WebSocketReadStatus End(WebSocketReadStatus status, WebSocketError error)
    {
        _ended = true;
        _endStatus = status;
        Error = error;
        _assembly.Release();
        return status;
    }

    private void FlushAnswers()
    {
        if (_owesFlush)
        {
            _owesFlush = false;
            _writer?.Flush();
        }
    }
}
