using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Concierge.Agents.Realtime;
using Concierge.Agents.Telephone;
using Concierge.Pipelines;
using Concierge.Simulation.Time;

namespace Concierge.Agents.Tests.Memory;

/// <summary>
/// What a call holds: many calls at once, each with an agent and its history, in the middle of their conversations, with everything that is garbage collected. Far ends are
/// bare pipes, made before counting begins. Kestrel, the sockets and the store are not in it: docs/performance.md has them.
/// </summary>
[Collection(MemoryCollection.Name)]
public sealed class CallMemoryTests(ITestOutputHelper output)
{
    private const int Calls = 200;
    private const int MostOctets = 22_000;

    private static readonly AgentSet s_agents = AgentSet.Of(new Agent
    {
        Name = "Front desk",
        Instructions = "You are a friendly concierge. Today is {{today}}.",
        Greeting = AgentGreeting.Speak,
        Tools = [TelephoneTools.EndCall],
    });

    [Fact]
    public void A_call_with_an_agent_holds_less_than_twenty_two_kilobytes()
    {
        Measure(Calls); // what the first calls load and the pools keep is not a call's
        long perCall = Measure(Calls);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{perCall} octets per call"));
        Assert.InRange(perCall, 1, MostOctets);
    }

    private static long Measure(int calls)
    {
        var loop = new VirtualTimeLoop();
        return loop.Run(async () =>
        {
            var segments = new Segments(8 * calls);
            var pipes = new PipeOptions(segments, useSynchronizationContext: true, pauseWriterThreshold: 0);
            var lines = new Line[calls];
            for (int i = 0; i < calls; i++)
            {
                lines[i] = new Line(i, pipes);
            }

            long before = GC.GetTotalMemory(forceFullCollection: true);
            var wheel = new CallWheel(loop.TimeProvider);
            var options = new RealtimeRunnerOptions { Time = loop.TimeProvider };
            var running = new Task<CallResult>[calls];
            for (int i = 0; i < calls; i++)
            {
                running[i] = lines[i].Run(new RealtimeRunner(s_agents, options).CreateSession(), loop.TimeProvider, wheel);
            }

            await Task.WhenAll(lines.Select(line => line.TalkAsync(loop.TimeProvider)));
            await Task.Delay(TimeSpan.FromSeconds(3), loop.TimeProvider);
            foreach (Line line in lines)
            {
                line.Drain();
            }

            long held = GC.GetTotalMemory(forceFullCollection: true) - before;
            foreach (Line line in lines)
            {
                line.Stop();
            }

            CallResult[] results = await Task.WhenAll(running);
            Assert.All(results, result => Assert.Equal(CallEndReason.Draining, result.Reason));
            Assert.All(results, result => Assert.Contains(result.Transcript, entry => entry.Text == "Good evening, how can I help?"));
            return held / calls;
        });
    }

    private sealed class Line : IModelConnector
    {
        private const string Format = """{"format":{"type":"audio/pcm","rate":24000}}""";

        private readonly Duplex _carrierHere;
        private readonly Duplex _carrierThere;
        private readonly Duplex _modelHere;
        private readonly Duplex _modelThere;
        private readonly string _id;
        private readonly CancellationTokenSource _stop = new();

        public Line(int number, PipeOptions pipes)
        {
            _id = number.ToString("x8", CultureInfo.InvariantCulture);
            (_carrierHere, _carrierThere) = Duplex.CreatePair(pipes);
            (_modelHere, _modelThere) = Duplex.CreatePair(pipes);
        }

        public Task<CallResult> Run(RealtimeSession session, TimeProvider time, CallWheel wheel) =>
            new CallSession(_carrierHere, this, session, new CallSessionOptions(), time, wheel: wheel).RunAsync(_stop.Token);

        public ValueTask<IDuplexPipe> ConnectAsync(CancellationToken cancellationToken) => ValueTask.FromResult<IDuplexPipe>(_modelHere);

        /// <summary>The greeting and a second of the caller's voice.</summary>
        public async Task TalkAsync(TimeProvider time)
        {
            await SayAsync(_carrierThere, """{"event":"connected","protocol":"Call","version":"1.0.0"}""", masked: true);
            await SayAsync(_carrierThere, $$$$"""{"event":"start","sequenceNumber":"1","streamSid":"MZ{{{{_id}}}}","start":{"streamSid":"MZ{{{{_id}}}}","accountSid":"AC1","callSid":"CA{{{{_id}}}}","tracks":["inbound"],"mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},"customParameters":{}}}""", masked: true);
            await SayAsync(_modelThere, """{"type":"session.created","event_id":"e","session":{"id":"s","type":"realtime"}}""");
            await SayAsync(_modelThere, $$$$"""{"type":"session.updated","event_id":"e","session":{"id":"s","type":"realtime","audio":{"input":{{{{Format}}}},"output":{{{{Format}}}}}}}""");
            await Task.Delay(TimeSpan.FromMilliseconds(50), time);
            await SayAsync(_modelThere, """{"type":"response.created","event_id":"e","response":{"id":"r1","object":"realtime.response","status":"in_progress","output":[]}}""");
            await SayAsync(_modelThere, """{"type":"response.output_audio_transcript.delta","event_id":"e","response_id":"r1","item_id":"a1","output_index":0,"content_index":0,"delta":"Good evening, how can I help?"}""");
            await SayAsync(_modelThere, $$"""{"type":"response.output_audio.delta","event_id":"e","response_id":"r1","item_id":"a1","output_index":0,"content_index":0,"delta":"{{Convert.ToBase64String(new byte[4800])}}"}""");
            await SayAsync(_modelThere, """{"type":"response.output_audio.done","event_id":"e","response_id":"r1","item_id":"a1","output_index":0,"content_index":0}""");
            await SayAsync(_modelThere, """{"type":"response.done","event_id":"e","response":{"id":"r1","object":"realtime.response","status":"completed","output":[]}}""");
            for (int i = 0; i < 50; i++)
            {
                await SayAsync(_carrierThere, $$$$"""{"event":"media","sequenceNumber":"{{{{i + 2}}}}","streamSid":"MZ{{{{_id}}}}","media":{"track":"inbound","chunk":"{{{{i + 1}}}}","timestamp":"{{{{20 * i}}}}","payload":"{{{{Convert.ToBase64String(new byte[160])}}}}"}}""", masked: true);
                if (i % 10 == 9)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(1), time);
                    Drain();
                }
            }
        }

        public void Drain()
        {
            Drain(_carrierThere.Input);
            Drain(_modelThere.Input);
        }

        public void Stop()
        {
            _stop.Cancel();
            _carrierThere.Output.Complete();
            _modelThere.Output.Complete();
        }

        private static void Drain(PipeReader reader)
        {
            while (reader.TryRead(out ReadResult result))
            {
                reader.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted)
                {
                    return;
                }
            }
        }

        /// <summary>One text frame (RFC 6455 §5.2); a client's mask is 0, which changes nothing.</summary>
        private static async ValueTask SayAsync(IDuplexPipe end, string json, bool masked = false)
        {
            byte[] text = Encoding.UTF8.GetBytes(json);
            byte bit = masked ? (byte)0x80 : (byte)0;
            byte[] head = text.Length < 126 ? [0x81, (byte)(bit | text.Length)] : [0x81, (byte)(bit | 126), (byte)(text.Length >> 8), (byte)text.Length];
            await end.Output.WriteAsync((byte[])[.. head, .. masked ? new byte[4] : [], .. text]);
        }
    }
    private sealed class Duplex(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;

        public static (Duplex Here, Duplex There) CreatePair(PipeOptions options)
        {
            var there = new Pipe(options);
            var back = new Pipe(options);
            return (new Duplex(back.Reader, there.Writer), new Duplex(there.Reader, back.Writer));
        }
    }

    /// <summary>The pipes' own memory, all of it there before counting begins.</summary>
    private sealed class Segments : MemoryPool<byte>
    {
        private const int Size = 4096;

        private readonly Stack<Segment> _free;

        public Segments(int count)
        {
            _free = new Stack<Segment>(2 * count);
            for (int i = 0; i < count; i++)
            {
                _free.Push(new Segment(this));
            }
        }

        public override int MaxBufferSize => Size;

        public override IMemoryOwner<byte> Rent(int minBufferSize = -1) => _free.TryPop(out Segment? segment) ? segment : new Segment(this);

        protected override void Dispose(bool disposing)
        {
        }

        private sealed class Segment(Segments pool) : IMemoryOwner<byte>
        {
            public Memory<byte> Memory { get; } = new byte[Size];

            public void Dispose() => pool._free.Push(this);
        }
    }
}
