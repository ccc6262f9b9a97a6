using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Concierge.Audio;

/// <summary>Reads 16-bit PCM WAV (RIFF/WAVE, RF64, and WAVE_FORMAT_EXTENSIBLE with the PCM subformat) as a stream; forward only, seekable or not.</summary>
/// <remarks>A file that ends before its data chunk does (a recording cut short) reads to its end. Not thread-safe: one owner.</remarks>
public sealed class WavReader : IDisposable
{
    private readonly Stream _stream;
    private readonly bool _leaveOpen;
    private long _position;
    private long _remaining;

    /// <summary>Reads the header up to the first sample.</summary>
    /// <param name="stream">A readable stream, at the first byte of the file.</param>
    /// <param name="leaveOpen">True: <see cref="Dispose"/> leaves the stream open.</param>
    /// <exception cref="WavFormatException">Not a WAV, not 16-bit PCM, or cut off inside its header.</exception>
    public WavReader(Stream stream, bool leaveOpen = false)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _stream = stream;
        _leaveOpen = leaveOpen;
        ReadHeader();
    }

    /// <summary>Frames per second.</summary>
    public int SampleRate { get; private set; }

    /// <summary>Interleaved channels.</summary>
    public int Channels { get; private set; }

    /// <summary>Frames (one sample per channel) in the file: what the header says, or what the file's length leaves when the header says more. -1 when neither is known.</summary>
    public long TotalFrames { get; private set; }

    /// <summary>True when the header promised more samples than the file holds (known for streams that can seek, else once the end was met).</summary>
    public bool IsTruncated { get; private set; }

    /// <summary>Reads the next samples; always whole frames, as many as fit, fewer only at the end.</summary>
    /// <param name="interleaved">Room for at least one frame.</param>
    /// <returns>The number of samples (not frames) read; 0 at the end.</returns>
    /// <exception cref="ArgumentException">There is no room for one frame.</exception>
    public int Read(Span<short> interleaved)
    {
        int frameBytes = Channels * sizeof(short);
        if (interleaved.Length < Channels)
        {
            throw new ArgumentException($"The destination holds {interleaved.Length} samples; one frame has {Channels}.", nameof(interleaved));
        }

        long want = Math.Min((long)(interleaved.Length / Channels) * frameBytes, _remaining);
        Span<byte> bytes = MemoryMarshal.AsBytes(interleaved)[..(int)want];
        int got = _stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        _position += got;
        if (got < bytes.Length)
        {
            IsTruncated |= _remaining != long.MaxValue;
            _remaining = 0;
            got -= got % frameBytes;
        }
        else if (_remaining != long.MaxValue)
        {
            _remaining -= got;
        }

        if (!BitConverter.IsLittleEndian)
        {
            BinaryPrimitives.ReverseEndianness(interleaved[..(got / sizeof(short))], interleaved);
        }

        return got / sizeof(short);
    }

    /// <summary>Closes the stream unless it was to be left open.</summary>
    public void Dispose()
    {
        if (!_leaveOpen)
        {
            _stream.Dispose();
        }
    }

    private void ReadHeader()
    {
        Span<byte> head = stackalloc byte[12];
        ReadExactly(head, "the RIFF header");
        bool rf64 = head[..4].SequenceEqual("RF64"u8);
        if (!rf64 && !head[..4].SequenceEqual("RIFF"u8))
        {
            throw new WavFormatException($"Not a WAV file: byte 0 starts with {Describe(head[..4])}, expected \"RIFF\" or \"RF64\".");
        }

        if (!head[8..].SequenceEqual("WAVE"u8))
        {
            throw new WavFormatException($"Not a WAV file: byte 8 holds {Describe(head[8..])}, expected \"WAVE\".");
        }

        long largeDataBytes = -1;
        Span<byte> chunk = stackalloc byte[8];
        Span<byte> sizes = stackalloc byte[16];
        while (true)
        {
            long at = _position;
            ReadExactly(chunk, "a chunk header before any \"data\" chunk");
            long length = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
            if (chunk[..4].SequenceEqual("data"u8))
            {
                OpenData(at, length, rf64 ? largeDataBytes : -1);
                return;
            }

            if (chunk[..4].SequenceEqual("fmt "u8))
            {
                ReadFormat(at, length);
            }
            else if (rf64 && chunk[..4].SequenceEqual("ds64"u8))
            {
                if (length < 16)
                {
                    throw new WavFormatException($"The \"ds64\" chunk at byte {at} has {length} bytes, expected at least 16.");
                }

                ReadExactly(sizes, "the \"ds64\" chunk");
                largeDataBytes = BinaryPrimitives.ReadInt64LittleEndian(sizes[8..]);
                Skip(length - 16 + (length & 1), "the \"ds64\" chunk");
            }
            else
            {
                Skip(length + (length & 1), $"the {Describe(chunk[..4])} chunk at byte {at}");
            }
        }
    }

    private void ReadFormat(long at, long length)
    {
        if (length is < 16 or > 4096)
        {
            throw new WavFormatException($"The \"fmt \" chunk at byte {at} has {length} bytes, expected 16, 18 or 40.");
        }

        Span<byte> format = stackalloc byte[40];
        int take = (int)Math.Min(length, 40);
        ReadExactly(format[..take], "the \"fmt \" chunk");
        Skip(length - take + (length & 1), "the \"fmt \" chunk");
        int tag = BinaryPrimitives.ReadUInt16LittleEndian(format);
        if (tag == 0xFFFE && take == 40)
        {
            tag = BinaryPrimitives.ReadUInt16LittleEndian(format[24..]); // the subformat's first two bytes are the tag
        }

        int bits = BinaryPrimitives.ReadUInt16LittleEndian(format[14..]);
        if (tag != 1 || bits != 16)
        {
            throw new WavFormatException($"Only 16-bit PCM is read: the \"fmt \" chunk at byte {at} says format tag 0x{tag:X4} ({TagName(tag)}) with {bits} bits.");
        }

        Channels = BinaryPrimitives.ReadUInt16LittleEndian(format[2..]);
        long rate = BinaryPrimitives.ReadUInt32LittleEndian(format[4..]);
        int align = BinaryPrimitives.ReadUInt16LittleEndian(format[12..]);
        if (Channels == 0 || rate is 0 or > 768_000 || align != Channels * sizeof(short))
        {
            throw new WavFormatException($"The \"fmt \" chunk at byte {at} contradicts itself: {Channels} channels, {rate} Hz, {align} bytes per frame.");
        }

        SampleRate = (int)rate;
    }

    private void OpenData(long at, long length, long largeLength)
    {
        if (Channels == 0)
        {
            throw new WavFormatException($"The \"data\" chunk at byte {at} comes before any \"fmt \" chunk.");
        }

        int frameBytes = Channels * sizeof(short);
        bool open = length == uint.MaxValue && largeLength < 0; // a streamed file whose length was never filled in
        long claimed = open ? long.MaxValue : largeLength >= 0 ? largeLength : length;
        if (_stream.CanSeek)
        {
            long present = Math.Max(0, _stream.Length - _stream.Position);
            IsTruncated = !open && present < claimed;
            claimed = Math.Min(claimed, present);
            claimed -= claimed % frameBytes;
        }

        _remaining = claimed;
        TotalFrames = claimed == long.MaxValue ? -1 : claimed / frameBytes;
    }

    private void ReadExactly(Span<byte> destination, string what)
    {
        int got = _stream.ReadAtLeast(destination, destination.Length, throwOnEndOfStream: false);
        if (got < destination.Length)
        {
            throw new WavFormatException($"The file ends at byte {_position + got}, inside {what}.");
        }

        _position += got;
    }

    private void Skip(long count, string what)
    {
        Span<byte> sink = stackalloc byte[256];
        while (count > 0)
        {
            int take = (int)Math.Min(count, sink.Length);
            ReadExactly(sink[..take], what);
            count -= take;
        }
    }

    private static string TagName(int tag) => tag switch
    {
        1 => "PCM",
        3 => "IEEE float",
        6 => "A-law",
        7 => "mu-law",
        0x11 => "IMA ADPCM",
        0x55 => "MP3",
        _ => "unknown",
    };

    private static string Describe(ReadOnlySpan<byte> tag)
    {
        foreach (byte b in tag)
        {
            if (b is < 0x20 or > 0x7E)
            {
                return $"0x{Convert.ToHexString(tag)}";
            }
        }

        return $"\"{System.Text.Encoding.ASCII.GetString(tag)}\"";
    }
}
