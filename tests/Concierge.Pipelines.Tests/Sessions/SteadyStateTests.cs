using System.IO.Pipelines;
using System.Text;
using Concierge.TestKit;

namespace Concierge.Pipelines.Tests.Sessions;

/// <summary>
/// The steady state allocates nothing: a whole session, from the carrier's bytes to the model's bytes and back, on one thread. The pipes
/// run their continuations inline, so everything that the session does for a frame happens inside the flush that delivers it, and this
/// thread's allocation counter sees all of it. Time stands still: on a busy machine a mark would else come too late and end the playback.
/// </summary>
public sealed class SteadyStateTests
{
    private const int WarmUp = 400;
    private const int Measured = 2000;

    [Theory]
    [InlineData(CallAudioMode.Pcm16)]
    [InlineData(CallAudioMode.MuLaw)]
    [InlineData(CallAudioMode.ALaw)]
    public async Task Not_a_byte_is_allocated_per_frame_from_the_carrier_to_the_model_and_back(CallAudioMode mode)
    {
        using var line = new InlineCall(mode);
        line.Begin();

        byte[] media = line.MaskedText($$$"""{"event":"media","sequenceNumber":"2","streamSid":"{{{ScriptedCarrier.StreamSid}}}","media":{"track":"inbound","timestamp":"20","payload":"{{{Convert.ToBase64String(Noise(160))}}}"}}""");
        byte[] delta = InlineCall.PlainText($$"""{"type":"response.output_audio.delta","event_id":"event_1","response_id":"r1","item_id":"a1","output_index":0,"content_index":0,"delta":"{{Convert.ToBase64String(Noise(mode == CallAudioMode.Pcm16 ? 960 : 160))}}"}""");
        var marks = new byte[(WarmUp + Measured) / 8][];
        for (int i = 0; i < marks.Length; i++)
        {
            marks[i] = line.MaskedText($$$"""{"event":"mark","sequenceNumber":"3","streamSid":"{{{ScriptedCarrier.StreamSid}}}","mark":{"name":"0.{{{i}}}"}}""");
        }

        await line.SettleAsync(media);

        // Some audio stays ahead of what is heard, as in any answer: falling silent is an event of the call, not of a frame.
        line.Deliver(line.FromModel, delta);
        line.Deliver(line.FromModel, delta);
        for (int i = 0; i < WarmUp; i++)
        {
            Round(line, media, delta, marks, i);
        }

        long toModel = line.ModelOctets, toCarrier = line.CarrierOctets;
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = WarmUp; i < WarmUp + Measured; i++)
        {
            Round(line, media, delta, marks, i);
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(line.ModelOctets - toModel >= Measured * 250L, "caller audio did not reach the model");
        Assert.True(line.CarrierOctets - toCarrier >= Measured * 200L, "agent audio did not reach the carrier");
        Assert.Equal(0, allocated);
        line.Stop();
    }

    private static void Round(InlineCall line, byte[] media, byte[] delta, byte[][] marks, int round)
    {
        line.Deliver(line.FromCarrier, media);
        line.Deliver(line.FromModel, delta);
        if (round % 10 == 9)
        {
            // Ten frames are 200 ms: a mark has gone out and comes back.
            line.Deliver(line.FromCarrier, marks[round / 10]);
        }

        line.Drain();
    }

    private static byte[] Noise(int octets)
    {
        byte[] noise = new byte[octets];
        new Random(5).NextBytes(noise);
        return noise;
    }

    private sealed class InlineCall : IModelConnector, IDisposable
    {
        private static readonly PipeOptions s_inline = new(
            pool: new SegmentPool(), readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 0, useSynchronizationContext: false);

        private readonly Pipe _fromCarrier = new(s_inline);
        private readonly Pipe _toCarrier = new(s_inline);
        private readonly Pipe _fromModel = new(s_inline);
        private readonly Pipe _toModel = new(s_inline);
        private readonly CallSession _session;
        private Task<CallResult>? _running;

        public InlineCall(CallAudioMode mode)
        {
            Mode = mode;
            _session = new CallSession(
                new Duplex(_fromCarrier.Reader, _toCarrier.Writer), this, new RecordingController(), new CallSessionOptions { AudioMode = mode }, new ManualTimeProvider());
        }

        public CallAudioMode Mode { get; }

        public PipeWriter FromCarrier => _fromCarrier.Writer;

        public PipeWriter FromModel => _fromModel.Writer;

        public long ModelOctets { get; private set; }

        public long CarrierOctets { get; private set; }

        public static byte[] PlainText(string json)
        {
            byte[] payload = Encoding.UTF8.GetBytes(json);
            return payload.Length < 126
                ? [0x81, (byte)payload.Length, .. payload]
                : [0x81, 126, (byte)(payload.Length >> 8), (byte)payload.Length, .. payload];
        }

        public byte[] MaskedText(string json)
        {
            byte[] frame = PlainText(json);
            int head = frame[1] == 126 ? 4 : 2;
            frame[1] |= 0x80;
            byte[] mask = [1, 2, 3, 4];
            for (int i = head; i < frame.Length; i++)
            {
                frame[i] ^= mask[(i - head) & 3];
            }

            return [.. frame[..head], .. mask, .. frame[head..]];
        }

        public void Begin()
        {
            _running = _session.RunAsync();
            Deliver(FromCarrier, MaskedText("""{"event":"connected","protocol":"Call","version":"1.0.0"}"""));
            Deliver(FromCarrier, MaskedText($$$$"""{"event":"start","sequenceNumber":"1","streamSid":"{{{{ScriptedCarrier.StreamSid}}}}","start":{"streamSid":"{{{{ScriptedCarrier.StreamSid}}}}","accountSid":"AC1","callSid":"CA1","tracks":["inbound"],"mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},"customParameters":{}}}"""));
            Deliver(FromModel, PlainText("""{"type":"session.created","event_id":"e","session":{"id":"s","type":"realtime"}}"""));
            string format = Mode switch
            {
                CallAudioMode.MuLaw => """{"type":"audio/pcmu"}""",
                CallAudioMode.ALaw => """{"type":"audio/pcma"}""",
                _ => """{"type":"audio/pcm","rate":24000}""",
            };
            Deliver(FromModel, PlainText($$$$$"""{"type":"session.updated","event_id":"e","session":{"id":"s","type":"realtime","audio":{"input":{"format":{{{{{format}}}}}},"output":{"format":{{{{{format}}}}}}}}}"""));

        }

        /// <summary>The session's own start-up passes over the pool: waits until its loops are parked on these pipes again, so that a frame is through when its delivery returns.</summary>
        public async Task SettleAsync(byte[] media)
        {
            int inRow = 0;
            for (int i = 0; i < 3_000 && inRow < 5; i++)
            {
                await Task.Delay(20);
                Drain();
                long before = ModelOctets;
                Deliver(FromCarrier, media);
                Drain();
                inRow = ModelOctets > before ? inRow + 1 : 0;
            }

            Assert.True(inRow == 5, "the session did not get ready");
        }

        public void Deliver(PipeWriter writer, byte[] frame)
        {
            frame.CopyTo(writer.GetSpan(frame.Length));
            writer.Advance(frame.Length);
            ValueTask<FlushResult> flush = writer.FlushAsync();
            Assert.True(flush.IsCompletedSuccessfully);
        }

        public void Drain()
        {
            ModelOctets += Drain(_toModel.Reader);
            CarrierOctets += Drain(_toCarrier.Reader);
        }

        public void Stop() => _session.TryEnd(CallEndReason.Draining);

        public ValueTask<IDuplexPipe> ConnectAsync(CancellationToken cancellationToken) =>
            ValueTask.FromResult<IDuplexPipe>(new Duplex(_fromModel.Reader, _toModel.Writer));

        public void Dispose()
        {
            _session.TryEnd(CallEndReason.Draining);
            _fromCarrier.Writer.Complete();
            _fromModel.Writer.Complete();
        }

        private static long Drain(PipeReader reader)
        {
            long octets = 0;
            while (reader.TryRead(out ReadResult result))
            {
                octets += result.Buffer.Length;
                reader.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted)
                {
                    break;
                }
            }

            return octets;
        }
    }

    /// <summary>The test's own segments: the shared array pool keeps them per core and misses when the thread moves to another.</summary>
    private sealed class SegmentPool : System.Buffers.MemoryPool<byte>
    {
        private readonly Stack<Segment> _free = new(64);

        public override int MaxBufferSize => int.MaxValue;

        public override System.Buffers.IMemoryOwner<byte> Rent(int minBufferSize = -1)
        {
            lock (_free)
            {
                return minBufferSize <= Segment.Size && _free.TryPop(out Segment? segment) ? segment : new Segment(this, Math.Max(minBufferSize, Segment.Size));
            }
        }

        protected override void Dispose(bool disposing)
        {
        }

        private sealed class Segment(SegmentPool pool, int size) : System.Buffers.IMemoryOwner<byte>
        {
            public const int Size = 16 * 1024;

            private readonly byte[] _octets = new byte[size];

            public Memory<byte> Memory => _octets;

            public void Dispose()
            {
                lock (pool._free)
                {
                    pool._free.Push(this);
                }
            }
        }
    }

    private sealed class Duplex(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }
}
