using Concierge.Audio;
using Concierge.Pipelines;
using Concierge.Server.Recording;
using Microsoft.Extensions.Logging.Abstractions;

namespace Concierge.Server.Tests.Recording;

/// <summary>What a recording holds of a call, and what a disk that fails does to it.</summary>
public sealed class RecordingTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), "concierge-recording-" + Guid.NewGuid().ToString("N"));

    public void Dispose()
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    [Fact]
    public async Task Both_voices_lie_where_they_were_heard()
    {
        CallRecording recording = await RecordAsync(recorder =>
        {
            for (int frame = 0; frame < 150; frame++)
            {
                TimeSpan now = Ms(500 + (frame * 20));
                recorder.OnCaller(now, 94 + (frame * 20), Codes(frame is >= 50 and < 60 ? (byte)0x10 : (byte)0xFF));
                if (frame == 40)
                {
                    // A second of the agent at once: heard from 1,300 ms of the session on, which is 820 ms of the recording.
                    for (int ahead = 0; ahead < 50; ahead++)
                    {
                        recorder.OnAgent(now, Ms(1_300 + (ahead * 20)), Codes(0x20));
                    }
                }
            }

            return Ms(500 + (149 * 20));
        });

        (short[] caller, short[] agent) = Read(recording.Path);
        Assert.False(recording.Truncated);
        Assert.Equal(150 * 160, caller.Length);
        Assert.Equal((50 * 160, 60 * 160), Extent(caller));
        Assert.Equal((820 * 8, 1_820 * 8), Extent(agent));
    }

    [Fact]
    public async Task What_a_clear_took_back_was_not_heard_and_is_not_recorded()
    {
        CallRecording recording = await RecordAsync(recorder =>
        {
            for (int frame = 0; frame < 100; frame++)
            {
                TimeSpan now = Ms(20 + (frame * 20));
                recorder.OnCaller(now, frame * 20, Codes(0xFF));
                if (frame == 10)
                {
                    for (int ahead = 0; ahead < 50; ahead++)
                    {
                        recorder.OnAgent(now, now + Ms(ahead * 20), Codes(0x20));
                    }
                }
                else if (frame == 30)
                {
                    recorder.OnCleared(now);
                }
            }

            return Ms(2_000);
        });
        Assert.Equal((220 * 8, 620 * 8), Extent(Read(recording.Path).Agent));
    }

    [Fact]
    public async Task A_gap_in_the_carriers_timestamps_is_a_gap_in_the_recording()
    {
        CallRecording recording = await RecordAsync(recorder =>
        {
            recorder.OnCaller(Ms(20), 100, Codes(0x10));
            recorder.OnTime(Ms(500));
            recorder.OnCaller(Ms(1_025), 1_100, Codes(0x10)); // five milliseconds late on the wire
            return Ms(1_100);
        });
        short[] caller = Read(recording.Path).Caller;
        Assert.Equal((0, (1_000 * 8) + 160), Extent(caller));
        Assert.Equal(0, caller[200]);
        Assert.NotEqual(0, caller[8_000]);
        Assert.Equal(0, caller[7_999]);
    }

    [Fact]
    public async Task A_start_that_was_late_leaves_both_voices_where_they_were_heard()
    {
        // The node was busy for 400 ms: the caller's first frames come at once. What the agent then says at 1,000 ms of the session is 1,400 ms after the caller's first word.
        CallRecording recording = await RecordAsync(recorder =>
        {
            for (int frame = 0; frame < 100; frame++)
            {
                TimeSpan now = Ms(Math.Max(20, 20 + ((frame - 20) * 20)));
                recorder.OnCaller(now, frame * 20, Codes(frame == 0 ? (byte)0x10 : (byte)0xFF));
                if (frame == 60)
                {
                    recorder.OnAgent(now, Ms(1_000), Codes(0x20));
                }
            }

            return Ms(1_600);
        });
        (short[] caller, short[] agent) = Read(recording.Path);
        Assert.Equal((0, 160), Extent(caller));
        Assert.Equal((1_400 * 8, 1_420 * 8), Extent(agent));
    }

    [Fact]
    public async Task A_full_disk_truncates_the_recording_once_and_leaves_everything_else_alone()
    {
        var log = new CountingLog();
        using var writer = new RecordingWriter(_folder, log, path => new FullDisk(20_000));
        CallRecording?[] recordings = new CallRecording?[3];
        for (int call = 0; call < recordings.Length; call++)
        {
            var recorder = new CallRecorder(writer, $"call{call}", TimeSpan.FromSeconds(1));
            for (int frame = 0; frame < 500; frame++)
            {
                recorder.OnCaller(Ms(20 + (frame * 20)), frame * 20, Codes(0x10));
            }

            recordings[call] = await recorder.CompleteAsync(Ms(10_000), CancellationToken.None);
        }

        Assert.All(recordings, r => Assert.True(r!.Truncated));
        Assert.All(recordings, r => Assert.Contains("no space", r!.Detail));
        Assert.Equal(1, log.Errors); // one alert, no storm
    }

    [Fact]
    public async Task A_disk_that_is_too_slow_loses_blocks_and_keeps_the_time()
    {
        using var gate = new ManualResetEventSlim();
        using var writer = new RecordingWriter(_folder, NullLogger.Instance, path => new SlowDisk(File.Create(Prepare(path)), gate), capacity: 4);
        var recorder = new CallRecorder(writer, "slow", TimeSpan.FromSeconds(1));
        for (int frame = 0; frame < 500; frame++)
        {
            recorder.OnCaller(Ms(20 + (frame * 20)), frame * 20, Codes(0x10));
        }

        Task<CallRecording?> closing = recorder.CompleteAsync(Ms(10_000), CancellationToken.None);
        gate.Set();
        CallRecording recording = (await closing)!;
        Assert.True(recording.Truncated);
        Assert.Contains("too slow", recording.Detail);
        Assert.True(writer.Lost > 30);
        Assert.Equal(TimeSpan.FromSeconds(10), recording.Duration);
        Assert.Equal(80_000, Read(recording.Path).Caller.Length);
    }

    [Fact]
    public async Task A_recording_that_a_crash_cut_short_is_repaired_at_the_next_start()
    {
        CallRecording whole = await RecordAsync(recorder =>
        {
            for (int frame = 0; frame < 100; frame++)
            {
                recorder.OnCaller(Ms(20 + (frame * 20)), frame * 20, Codes(0x10));
            }

            return Ms(2_000);
        });

        // As a killed process leaves it: the header of a second ago, half a block behind it, no name.
        byte[] bytes = await File.ReadAllBytesAsync(whole.Path);
        BitConverter.TryWriteBytes(bytes.AsSpan(76), 16_000);
        string part = Path.Combine(_folder, "killed.wav.part");
        await File.WriteAllBytesAsync(part, bytes[..(80 + 40_001)]);
        await File.WriteAllTextAsync(Path.Combine(_folder, "foreign.wav.part"), "not ours");

        Assert.Equal(1, RecordingRepair.Run(_folder, NullLogger.Instance));
        Assert.False(File.Exists(part));
        Assert.True(File.Exists(Path.Combine(_folder, "foreign.wav.part")));
        Assert.Equal(10_000, Read(Path.Combine(_folder, "killed-recovered.wav")).Caller.Length);
        Assert.Equal(0, RecordingRepair.Run(Path.Combine(_folder, "missing"), NullLogger.Instance));
    }

    [Fact]
    public void Recording_a_frame_allocates_nothing()
    {
        using var writer = new RecordingWriter(_folder, NullLogger.Instance);
        var recorder = new CallRecorder(writer, "steady", TimeSpan.FromSeconds(1));
        byte[] frame = Codes(0x10);
        long allocated = 0;
        for (int i = 0; i < 12; i++)
        {
            // Less than what settles in this time: blocks are the pool's, and the writer's thread gives them back when it pleases.
            long before = GC.GetAllocatedBytesForCurrentThread();
            recorder.OnCaller(Ms(20 + (i * 20)), i * 20, frame);
            recorder.OnAgent(Ms(20 + (i * 20)), Ms(20 + (i * 20)), frame);
            allocated += i is < 3 or > 11 ? 0 : GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(0, allocated);
    }

    private static TimeSpan Ms(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    private static byte[] Codes(byte code)
    {
        byte[] frame = new byte[160];
        frame.AsSpan().Fill(code);
        return frame;
    }

    private static (int From, int To) Extent(short[] samples) => (Array.FindIndex(samples, s => s != 0), Array.FindLastIndex(samples, s => s != 0) + 1);

    private static (short[] Caller, short[] Agent) Read(string path)
    {
        using FileStream file = File.OpenRead(path);
        using var reader = new WavReader(file);
        short[] all = new short[10_000_000];
        int n = reader.Read(all);
        short[] caller = new short[n / 2], agent = new short[n / 2];
        for (int i = 0; i < n / 2; i++)
        {
            (caller[i], agent[i]) = (all[2 * i], all[(2 * i) + 1]);
        }

        return (caller, agent);
    }

    private string Prepare(string path)
    {
        Directory.CreateDirectory(_folder);
        return path;
    }

    private async Task<CallRecording> RecordAsync(Func<CallRecorder, TimeSpan> call)
    {
        using var writer = new RecordingWriter(_folder, NullLogger.Instance);
        var recorder = new CallRecorder(writer, "call", TimeSpan.FromSeconds(1));
        TimeSpan ended = call(recorder);
        return (await recorder.CompleteAsync(ended, CancellationToken.None))!;
    }

    private sealed class FullDisk(int room) : MemoryStream
    {
        public override void Write(byte[] buffer, int offset, int count)
        {
            if (Position + count > room)
            {
                throw new IOException("There is no space left on the disk.");
            }

            base.Write(buffer, offset, count);
        }
    }

    private sealed class SlowDisk(FileStream file, ManualResetEventSlim gate) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => true;

        public override bool CanWrite => true;

        public override long Length => file.Length;

        public override long Position
        {
            get => file.Position;
            set => file.Position = value;
        }

        public override void Flush() => file.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => file.Seek(offset, origin);

        public override void SetLength(long value) => file.SetLength(value);

        public override void Write(byte[] buffer, int offset, int count)
        {
            gate.Wait();
            file.Write(buffer, offset, count);
        }

        protected override void Dispose(bool disposing)
        {
            file.Dispose();
            base.Dispose(disposing);
        }
    }

    private sealed class CountingLog : Microsoft.Extensions.Logging.ILogger
    {
        public int Errors { get; private set; }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(Microsoft.Extensions.Logging.LogLevel logLevel) => true;

        public void Log<TState>(
            Microsoft.Extensions.Logging.LogLevel logLevel, Microsoft.Extensions.Logging.EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Errors += logLevel >= Microsoft.Extensions.Logging.LogLevel.Error ? 1 : 0;
        }
    }
}
