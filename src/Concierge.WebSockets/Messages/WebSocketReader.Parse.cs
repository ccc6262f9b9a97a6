using System.Buffers;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Concierge.WebSockets;

/// <content>The parsing half: frames to messages over what is buffered, without I/O.</content>
public sealed partial class WebSocketReader
{
    private const int MaxInPlace = 64 * 1024;

    // The pipe's buffer while it is held, nothing where it is one piece anyway (a ContiguousInput's); _current is its first segment and _offset where parsing stands in it.
    private ReadOnlySequence<byte> _buffer;
    private ReadOnlyMemory<byte> _current;
    private int _offset;
    private bool _held;
    private bool _inputCompleted;

    // The open frame: its header has been consumed and some of its payload has not.
    private bool _inFrame;
    private bool _frameFinal;
    private int _frameLeft;
    private uint _frameKey;

    // The open frame is a whole message in one buffer so far: its payload starts at _offset and stays in the pipe until all of it is there; this much of it has been
    // unmasked and validated where it lies.
    private bool _inPlace;
    private int _inPlaceDone;

    // The open message: it has begun and its final frame's header has not been seen.
    private bool _inMessage;
    private WebSocketOpcode _messageOpcode;
    private int _messageLength;
    private int _fragments;
    private Utf8Checker _utf8;

    private MessageAssembly _assembly;
    private bool _lentAssembly;

    /// <summary>Parses what is held. False when it holds no further message, piece or end: all of it is then examined.</summary>
    private bool Parse(bool pieces, out WebSocketReadStatus status)
    {
        while (true)
        {
            if (_offset == _current.Length && !NextSegment())
            {
                status = default;
                return false;
            }

            if (_inPlace)
            {
                if (!ContinueInPlace(pieces, out bool more, out status))
                {
                    if (more)
                    {
                        continue;
                    }

                    return false;
                }

                return true;
            }

            if (_inFrame)
            {
                if (ContinueFrame(pieces, out status))
                {
                    return true;
                }

                continue;
            }

            OperationStatus parsed = ParseHeader(out WebSocketFrameHeader header, out WebSocketError error);
            if (parsed == OperationStatus.NeedMoreData)
            {
                status = default;
                return false;
            }

            if (parsed == OperationStatus.InvalidData)
            {
                status = Reject(error);
                return true;
            }

            if (header.IsControl)
            {
                if (!HasBuffered(header.HeaderLength + header.PayloadLength))
                {
                    status = default;
                    return false;
                }

                if (TakeControl(in header, out status))
                {
                    return true;
                }

                continue;
            }

            if (!BeginDataFrame(in header, out error))
            {
                status = Reject(error);
                return true;
            }

            // The fast path: a whole message in the first segment is unmasked and lent where it lies.
            int length = (int)header.PayloadLength;
            if (header.IsFinal && _fragments == 1 && _current.Length - _offset - header.HeaderLength >= length)
            {
                status = LendWhole(header.HeaderLength, length, header.MaskKey);
                return true;
            }

            Skip(header.HeaderLength);
            _inFrame = true;
            _frameFinal = header.IsFinal;
            _frameLeft = length;
            _frameKey = header.MaskKey;
            _inMessage = !header.IsFinal;
            if (header.IsFinal && _fragments == 1 && length is > 0 and <= MaxInPlace && !pieces && _buffer.IsSingleSegment)
            {
                _inPlace = true;
                _inPlaceDone = 0;
                continue;
            }

            if (length == 0 && EndFrame(pieces, default, out status))
            {
                return true;
            }
        }
    }

    private OperationStatus ParseHeader(out WebSocketFrameHeader header, out WebSocketError error)
    {
        long messageBytesLeft = _inMessage ? _maxMessageSize - _messageLength : _maxMessageSize;
        OperationStatus status = WebSocketFrameParser.Parse(
            _current.Span[_offset..], _role, _inMessage, _maxFramePayload, messageBytesLeft, out header, out error);
        return status == OperationStatus.NeedMoreData && !_buffer.IsSingleSegment ? ParseHeaderSlow(messageBytesLeft, out header, out error) : status;
    }

    /// <summary>A header cut by a segment's border is put together on the stack.</summary>
    private OperationStatus ParseHeaderSlow(long messageBytesLeft, out WebSocketFrameHeader header, out WebSocketError error)
    {
        Span<byte> bytes = stackalloc byte[WebSocketFrameParser.MaxHeaderLength];
        ReadOnlySequence<byte> rest = _buffer.Slice(_offset);
        int available = (int)Math.Min(rest.Length, bytes.Length);
        rest.Slice(0, available).CopyTo(bytes);
        return WebSocketFrameParser.Parse(bytes[..available], _role, _inMessage, _maxFramePayload, messageBytesLeft, out header, out error);
    }

    private bool HasBuffered(long length) => _current.Length - _offset >= length || _buffer.Length - _offset >= length;

    /// <summary>Books a data frame whose header was accepted; false when the message has too many frames.</summary>
    private bool BeginDataFrame(in WebSocketFrameHeader header, out WebSocketError error)
    {
        error = WebSocketError.None;
        if (header.Opcode != WebSocketOpcode.Continuation)
        {
            _messageOpcode = header.Opcode;
            _messageLength = 0;
            _fragments = 0;
            _utf8.Reset();
        }

        _messageLength += (int)header.PayloadLength;
        _framesReceived++;
        if (++_fragments > _maxFragments)
        {
            error = WebSocketError.TooManyFragments;
            return false;
        }

        return true;
    }

    private WebSocketReadStatus LendWhole(int headerLength, int length, uint key)
    {
        ReadOnlyMemory<byte> payload = _current.Slice(_offset + headerLength, length);
        bool isAscii = false;
        if (_role == WebSocketRole.Server)
        {
            WebSocketMask.Apply(payload.Span, MemoryMarshal.AsMemory(payload).Span, key, out isAscii);
        }

        _offset += headerLength + length;
        if (_messageOpcode == WebSocketOpcode.Text && !isAscii && !Utf8Checker.IsValid(payload.Span))
        {
            return Reject(WebSocketError.InvalidUtf8);
        }

        Opcode = _messageOpcode;
        _payload = payload;
        return WebSocketReadStatus.Message;
    }

    /// <summary>
    /// Goes on with a message that is left in the pipe until it is whole, so that it is lent without a copy. False with <paramref name="more"/> when it went over to
    /// assembly (the pipe's buffer has a second segment, or pieces are wanted), false without when the buffer is used up.
    /// </summary>
    private bool ContinueInPlace(bool pieces, out bool more, out WebSocketReadStatus status)
    {
        status = default;
        if (pieces || !_buffer.IsSingleSegment)
        {
            LeavePlace();
            more = true;
            return false;
        }

        more = false;
        int available = Math.Min(_frameLeft, _current.Length - _offset);
        ReadOnlyMemory<byte> fresh = _current.Slice(_offset + _inPlaceDone, available - _inPlaceDone);
        bool isAscii = false;
        if (_role == WebSocketRole.Server)
        {
            _frameKey = WebSocketMask.Apply(fresh.Span, MemoryMarshal.AsMemory(fresh).Span, _frameKey, out isAscii);
        }

        _inPlaceDone = available;
        if (_messageOpcode == WebSocketOpcode.Text && !(isAscii && _utf8.IsComplete) && !_utf8.Append(fresh.Span))
        {
            status = Reject(WebSocketError.InvalidUtf8);
            return true;
        }

        if (available < _frameLeft)
        {
            return false;
        }

        ReadOnlyMemory<byte> payload = _current.Slice(_offset, available);
        _offset += available;
        _inPlace = false;
        _frameLeft = 0;
        EndFrame(pieces, payload, out status);
        return true;
    }

    /// <summary>Takes the finished part of the payload into the assembly and goes on as any other frame.</summary>
    private void LeavePlace()
    {
        _inPlace = false;
        int done = _inPlaceDone;
        _frameLeft -= done;
        while (done > 0)
        {
            int length = Math.Min(done, _current.Length - _offset);
            _current.Span.Slice(_offset, length).CopyTo(_assembly.Extend(length, _frameLeft + done - length));
            _offset += length;
            done -= length;
            if (_offset == _current.Length && !NextSegment())
            {
                Debug.Assert(done == 0, "the finished part is in the buffer");
                return;
            }
        }
    }

    /// <summary>Takes what the current segment has of the open frame's payload.</summary>
    private bool ContinueFrame(bool pieces, out WebSocketReadStatus status)
    {
        int length = Math.Min(_frameLeft, _current.Length - _offset);
        ReadOnlyMemory<byte> source = _current.Slice(_offset, length);
        ReadOnlyMemory<byte> piece;

        // What a consumer of pieces left unread by going back to whole messages was consumed already: only the rest is assembled.
        bool lend = pieces && _assembly.Length == 0;
        if (lend)
        {
            if (_role == WebSocketRole.Server)
            {
                _frameKey = WebSocketMask.Apply(MemoryMarshal.AsMemory(source).Span, _frameKey);
            }

            piece = source;
        }
        else
        {
            Span<byte> room = _assembly.Extend(length, _frameLeft - length);
            if (_role == WebSocketRole.Server)
            {
                _frameKey = WebSocketMask.Apply(source.Span, room, _frameKey);
            }
            else
            {
                source.Span.CopyTo(room);
            }

            piece = _assembly.Memory[^length..];
        }

        _offset += length;
        _frameLeft -= length;

        // §8.1, fail fast: the first wrong octet fails the connection, however the message goes on.
        if (_messageOpcode == WebSocketOpcode.Text && !_utf8.Append(piece.Span))
        {
            status = Reject(WebSocketError.InvalidUtf8);
            return true;
        }

        if (_frameLeft == 0)
        {
            return EndFrame(pieces, lend ? piece : default, out status);
        }

        return LendPiece(pieces, lend ? piece : default, out status);
    }

    private bool EndFrame(bool pieces, ReadOnlyMemory<byte> piece, out WebSocketReadStatus status)
    {
        _inFrame = false;
        if (!_frameFinal)
        {
            return LendPiece(pieces, piece, out status);
        }

        if (_messageOpcode == WebSocketOpcode.Text && !_utf8.IsComplete)
        {
            status = Reject(WebSocketError.InvalidUtf8);
            return true;
        }

        Opcode = _messageOpcode;
        if (_assembly.Length > 0)
        {
            _lentAssembly = true;
            piece = _assembly.Memory;
        }

        _payload = piece;
        status = WebSocketReadStatus.Message;
        return true;
    }

    /// <summary>Lends a part of an unfinished message to a consumer of pieces: what was assembled before it began to ask for pieces, or the octets where they lie.</summary>
    private bool LendPiece(bool pieces, ReadOnlyMemory<byte> piece, out WebSocketReadStatus status)
    {
        status = WebSocketReadStatus.Piece;
        if (!pieces)
        {
            return false;
        }

        if (_assembly.Length > 0)
        {
            _lentAssembly = true;
            piece = _assembly.Memory;
        }

        Opcode = _messageOpcode;
        _payload = piece;
        return !piece.IsEmpty;
    }

    /// <summary>Moves on by octets that are known to be buffered, over segment borders.</summary>
    private void Skip(int length)
    {
        int left = _current.Length - _offset;
        while (length > left)
        {
            length -= left;
            _offset = _current.Length;
            bool more = NextSegment();
            Debug.Assert(more, "skip beyond the buffer");
            left = _current.Length;
        }

        _offset += length;
    }

    private bool NextSegment()
    {
        do
        {
            if (_buffer.IsSingleSegment)
            {
                return false;
            }

            _buffer = _buffer.Slice(_current.Length);
            _current = _buffer.First;
            _offset = 0;
        }
        while (_current.IsEmpty);

        return true;
    }
}
