namespace Concierge.Audio.Tests;

public sealed class WavTests
{
    [Theory]
    [InlineData(1, 8000)]
    [InlineData(2, 24000)]
    public void What_is_written_is_read_however_it_is_split(int channels, int rate)
    {
        short[] samples = Signals.Noise(channels * 30011, 9);
        using var stream = new MemoryStream();
        using (var writer = new WavWriter(stream, rate, channels, leaveOpen: true))
        {
            for (int at = 0, step = channels; at < samples.Length; at += step, step = channels * ((step * 5 % 4001) + 1))
            {
                writer.Write(samples.AsSpan(at, Math.Min(step, samples.Length - at)));
            }

            Assert.Equal(30011, writer.FramesWritten);
        }

        stream.Position = 0;
        using var reader = new WavReader(stream);
        Assert.Equal((rate, channels, 30011L, false), (reader.SampleRate, reader.Channels, reader.TotalFrames, reader.IsTruncated));
        var read = new short[samples.Length];
        int got = 0;
        for (int count; (count = reader.Read(read.AsSpan(got, Math.Min(1001 * channels, read.Length - got)))) > 0 && got + count < read.Length;)
        {
            got += count;
        }

        Assert.Equal(samples, read);
    }

    [Fact]
    public void A_recording_cut_short_by_a_crash_still_plays()
    {
        using var stream = new MemoryStream();
        var writer = new WavWriter(stream, 8000, 1); // never disposed
        short[] samples = Signals.Noise(8000 * 3, 5);
        for (int at = 0; at < samples.Length; at += 160)
        {
            writer.Write(samples.AsSpan(at, 160));
        }

        foreach (byte[] file in (byte[][])[stream.ToArray(), stream.ToArray()[..^1001]])
        {
            using var reader = new WavReader(new MemoryStream(file));
            var read = new short[samples.Length];
            int count = reader.Read(read);
            Assert.InRange(count, 8000, samples.Length);
            Assert.True(read.AsSpan(0, count).SequenceEqual(samples.AsSpan(0, count)));
        }
    }

    [Fact]
    public void A_stream_that_cannot_seek_is_written_and_read()
    {
        using var inner = new MemoryStream();
        using (var writer = new WavWriter(new ForwardOnly(inner), 16000, 1, leaveOpen: true))
        {
            writer.Write(Signals.Noise(5000, 3));
        }

        inner.Position = 0;
        using var reader = new WavReader(new ForwardOnly(inner));
        Assert.Equal(-1, reader.TotalFrames);
        Assert.Equal(5000, reader.Read(new short[6000]));
        Assert.Equal(0, reader.Read(new short[10]));
    }

    [Theory]
    [InlineData("not a wav file at all", "byte 0")]
    [InlineData("RIFF", "ends at byte 4")]
    [InlineData("RIFF\0\0\0\0AVI LIST", "byte 8")]
    [InlineData("RIFF\0\0\0\0WAVEdata\0\0\0\0", "before any \"fmt \"")]
    [InlineData("RIFF\0\0\0\0WAVEfmt \u0010\0\0\0\u0007\0\u0001\0\0\0\0\0\0\0\0\0\u0001\0\u0008\0", "mu-law")]
    public void A_wrong_header_says_what_and_where(string file, string expected)
    {
        var stream = new MemoryStream(System.Text.Encoding.Latin1.GetBytes(file));
        Assert.Contains(expected, Assert.Throws<WavFormatException>(() => new WavReader(stream)).Message, StringComparison.Ordinal);
    }

    private sealed class ForwardOnly(Stream inner) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);
    }
}
