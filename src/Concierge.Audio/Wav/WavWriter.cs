using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Concierge.Audio;

/// <summary>
/// Writes 16-bit PCM WAV (RIFF/WAVE, Microsoft "Multimedia Programming Interface and Data Specifications 1.0"; RF64 per EBU Tech 3306 above 4 GiB) as a stream.
/// </summary>
/// <remarks>
/// The header first claims "as much as there is", then is corrected about once per second of audio and on <see cref="Dispose"/>, so a recording cut short by a crash still plays:
/// readers stop at the end of the file. On a stream that cannot seek the first header stays. Not thread-safe: one owner.
/// </remarks>
public sealed class WavWriter : IDisposable
{
    // RIFF(12) + JUNK/ds64(8+28) + fmt(8+16) + data(8)
    internal const int HeaderLength = 80;

    private readonly Stream _stream;
    private readonly bool _leaveOpen;
    private readonly long _start;
    private readonly byte[] _buffer;
    private readonly int _patchInterval;
    private int _buffered;
    private long _dataBytes;
    private long _unpatched;
    private bool _disposed;

    /// <summary>Writes the header; samples follow.</summary>
    /// <param name="stream">Where to write, from its present position.</param>
    /// <param name="sampleRate">Frames per second, 1 to 768,000.</param>
    /// <param name="channels">Interleaved channels, 1 to 64.</param>
    /// <param name="leaveOpen">True: <see cref="Dispose"/> leaves the stream open.</param>
    /// <exception cref="ArgumentException">The stream cannot be written, or a number is out of its range.</exception>
    public WavWriter(Stream stream, int sampleRate, int channels, bool leaveOpen = false)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfLessThan(sampleRate, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sampleRate, 768_000);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(channels, 64);
        if (!stream.CanWrite)
        {
            throw new ArgumentException("The stream cannot be written.", nameof(stream));
        }

        _stream = stream;
        _leaveOpen = leaveOpen;
        _start = stream.CanSeek ? stream.Position : 0;
        _buffer = new byte[16 * 1024];
        _patchInterval = sampleRate * channels * sizeof(short);
        SampleRate = sampleRate;
        Channels = channels;
        Span<byte> header = stackalloc byte[HeaderLength];
        FormatHeader(header, uint.MaxValue, SampleRate, Channels);
        _stream.Write(header);
    }

    /// <summary>Frames per second.</summary>
    public int SampleRate { get; }

    /// <summary>Interleaved channels.</summary>
    public int Channels { get; }

    /// <summary>Whole frames (one sample per channel) given to <see cref="Write"/> so far.</summary>
    public long FramesWritten => _dataBytes / (Channels * sizeof(short));

    /// <summary>
    /// Corrects the header of a recording that was cut short by a crash, from the file's length: readers then find what came after the last correction too.
    /// </summary>
    /// <param name="stream">A file that this class wrote, from its beginning; readable, writable and seekable.</param>
    /// <exception cref="InvalidDataException">This class did not write it.</exception>
    public static void Repair(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Span<byte> header = stackalloc byte[HeaderLength];
        stream.Position = 0;
        if (stream.ReadAtLeast(header, HeaderLength, throwOnEndOfStream: false) < HeaderLength
            || !(header.StartsWith("RIFF"u8) || header.StartsWith("RF64"u8)) || !header[72..].StartsWith("data"u8) || !header[48..].StartsWith("fmt "u8))
        {
            throw new InvalidDataException("The file is no recording of this program.");
        }

        int channels = BinaryPrimitives.ReadUInt16LittleEndian(header[58..]);
        int frame = Math.Max(2, channels * sizeof(short));
        FormatHeader(header, (stream.Length - HeaderLength) / frame * frame, (int)BinaryPrimitives.ReadUInt32LittleEndian(header[60..]), Math.Max(1, channels));
        stream.Position = 0;
        stream.Write(header);
        stream.Flush();
    }

    /// <summary>Appends samples; any split will do. Allocation-free.</summary>
    /// <param name="interleaved">Samples, channels interleaved.</param>
    /// <exception cref="ObjectDisposedException">The writer is disposed.</exception>
    /// <exception cref="IOException">The stream failed.</exception>
    public void Write(ReadOnlySpan<short> interleaved)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        while (!interleaved.IsEmpty)
        {
            int take = Math.Min((_buffer.Length - _buffered) / sizeof(short), interleaved.Length);
            CopyLittleEndian(interleaved[..take], _buffer.AsSpan(_buffered));
            interleaved = interleaved[take..];
            _buffered += take * sizeof(short);
            _dataBytes += take * sizeof(short);
            _unpatched += take * sizeof(short);
            if (_buffered == _buffer.Length)
            {
                FlushBuffer();
            }
        }

        if (_unpatched >= _patchInterval)
        {
            Flush();
        }
    }

    /// <summary>Hands everything to the stream and leaves the header for later: after a crash <see cref="Repair"/> finds all of it.</summary>
    /// <exception cref="ObjectDisposedException">The writer is disposed.</exception>
    /// <exception cref="IOException">The stream failed.</exception>
    public void FlushSamples()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        FlushBuffer();
    }

    /// <summary>Hands everything to the stream and corrects the header, where the stream can seek.</summary>
    /// <exception cref="ObjectDisposedException">The writer is disposed.</exception>
    public void Flush()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        FlushBuffer();
        PatchHeader();
        _stream.Flush();
        _unpatched = 0;
    }

    /// <summary>Writes what is left, corrects the header and closes the stream unless it was to be left open.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        try
        {
            Flush();
        }
        finally
        {
            _disposed = true;
            if (!_leaveOpen)
            {
                _stream.Dispose();
            }
        }
    }

    internal static void CopyLittleEndian(ReadOnlySpan<short> source, Span<byte> destination)
    {
        if (BitConverter.IsLittleEndian)
        {
            MemoryMarshal.AsBytes(source).CopyTo(destination);
        }
        else
        {
            BinaryPrimitives.ReverseEndianness(source, MemoryMarshal.Cast<byte, short>(destination));
        }
    }

    private void FlushBuffer()
    {
        if (_buffered > 0)
        {
            _stream.Write(_buffer, 0, _buffered);
            _buffered = 0;
        }
    }

    private void PatchHeader()
    {
        if (!_stream.CanSeek)
        {
            return;
        }

        Span<byte> header = stackalloc byte[HeaderLength];
        FormatHeader(header, _dataBytes, SampleRate, Channels);
        long end = _stream.Position;
        _stream.Position = _start;
        _stream.Write(header);
        _stream.Position = end;
    }

    /// <summary>Below 4 GiB: RIFF with a JUNK chunk that keeps the room; above: RF64, whose ds64 chunk (EBU Tech 3306 §3) takes that room.</summary>
    private static void FormatHeader(Span<byte> header, long dataBytes, int sampleRate, int channels)
    {
        header.Clear();
        long riffBytes = HeaderLength - 8 + dataBytes;
        bool large = riffBytes > uint.MaxValue && dataBytes != uint.MaxValue;
        (large ? "RF64"u8 : "RIFF"u8).CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], (uint)Math.Min(riffBytes, uint.MaxValue));
        "WAVE"u8.CopyTo(header[8..]);
        (large ? "ds64"u8 : "JUNK"u8).CopyTo(header[12..]);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], 28);
        if (large)
        {
            BinaryPrimitives.WriteInt64LittleEndian(header[20..], riffBytes);
            BinaryPrimitives.WriteInt64LittleEndian(header[28..], dataBytes);
            BinaryPrimitives.WriteInt64LittleEndian(header[36..], dataBytes / (channels * sizeof(short)));
        }

        "fmt "u8.CopyTo(header[48..]);
        BinaryPrimitives.WriteUInt32LittleEndian(header[52..], 16);
        BinaryPrimitives.WriteUInt16LittleEndian(header[56..], 1); // WAVE_FORMAT_PCM
        BinaryPrimitives.WriteUInt16LittleEndian(header[58..], (ushort)channels);
        BinaryPrimitives.WriteUInt32LittleEndian(header[60..], (uint)sampleRate);
        BinaryPrimitives.WriteUInt32LittleEndian(header[64..], (uint)(sampleRate * channels * sizeof(short)));
        BinaryPrimitives.WriteUInt16LittleEndian(header[68..], (ushort)(channels * sizeof(short)));
        BinaryPrimitives.WriteUInt16LittleEndian(header[70..], 16);
        "data"u8.CopyTo(header[72..]);
        BinaryPrimitives.WriteUInt32LittleEndian(header[76..], (uint)Math.Min(dataBytes, uint.MaxValue));
    }
}
