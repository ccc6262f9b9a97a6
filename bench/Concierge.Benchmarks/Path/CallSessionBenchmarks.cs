using System.IO.Pipelines;
using BenchmarkDotNet.Attributes;
using Concierge.Pipelines;

namespace Concierge.Benchmarks.Paths;

/// <summary>
/// A whole call session in its steady state, per 20 ms: one carrier frame in and to the model, one model delta in and to the carrier, every tenth time a mark back. In-memory pipes, one
/// thread, no system call: what a call costs besides its sockets. Baseline: the same frames relayed as bytes over the same four pipes, with no session in between.
/// </summary>
[MemoryDiagnoser]
[BenchmarkCategory("Path")]
public class CallSessionBenchmarks
{
    private const int FramesPerOperation = 100;

    private readonly Pipe _near = new(InlineCall.Inline);
    private readonly Pipe _far = new(InlineCall.Inline);
    private readonly BenchMarks _marks = new();
    private byte[] _media = [];
    private byte[] _delta = [];
    private InlineCall? _call;

    /// <summary>What the model is given and gives.</summary>
    [Params(CallAudioMode.Pcm16, CallAudioMode.MuLaw, CallAudioMode.ALaw)]
    public CallAudioMode Mode { get; set; }

    /// <summary>Brings a call up, and checks that audio goes through both ways.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _media = PathFrames.Frame(PathFrames.RepeatableMedia(PathFrames.MuLaw20Ms()), masked: true);
        _delta = PathFrames.Frame(PathFrames.Delta(PathFrames.ModelAudio20Ms(Mode)), masked: false);
        _call = new InlineCall(Mode);
        _call.Begin();

        // Some audio stays ahead of what is heard, as in any answer: falling silent is an event of the call, not of a frame.
        InlineCall.Deliver(_call.FromModel, _delta);
        InlineCall.Deliver(_call.FromModel, _delta);
        long toModel = _call.ModelOctets, toCarrier = _call.CarrierOctets;
        Session();
        PathFrames.Require(_call.ModelOctets - toModel >= FramesPerOperation * 250, "caller audio reaches the model");
        PathFrames.Require(_call.CarrierOctets - toCarrier >= FramesPerOperation * 250, "agent audio reaches the carrier");
    }

    /// <summary>Ends the call.</summary>
    [GlobalCleanup]
    public void Cleanup() => _call?.End();

    /// <summary>The baseline.</summary>
    /// <returns>Octets relayed.</returns>
    [Benchmark(Baseline = true, OperationsPerInvoke = FramesPerOperation)]
    public long Relay()
    {
        long octets = 0;
        for (int i = 0; i < FramesPerOperation; i++)
        {
            octets += Relay(_media) + Relay(_delta);
        }

        return octets;
    }

    /// <summary>The session.</summary>
    /// <returns>Octets that have left it.</returns>
    [Benchmark(OperationsPerInvoke = FramesPerOperation)]
    public long Session()
    {
        InlineCall call = _call!;
        for (int i = 0; i < FramesPerOperation; i++)
        {
            InlineCall.Deliver(call.FromCarrier, _media);
            InlineCall.Deliver(call.FromModel, _delta);
            if (i % 10 == 9)
            {
                InlineCall.Deliver(call.FromCarrier, _marks.Next().Span);
            }

            call.Drain();
        }

        return call.ModelOctets + call.CarrierOctets;
    }

    private long Relay(byte[] frame)
    {
        InlineCall.Deliver(_near.Writer, frame);
        _near.Reader.TryRead(out ReadResult read);
        InlineCall.Deliver(_far.Writer, read.Buffer.FirstSpan);
        _near.Reader.AdvanceTo(read.Buffer.End);
        return InlineCall.Drain(_far.Reader);
    }
}
