using BenchmarkDotNet.Attributes;
using Concierge.Pipelines;

namespace Concierge.Benchmarks.Paths;

/// <summary>
/// Sessions of many calls in turn, per frame: what a frame costs when other calls' frames have come between it and the call's last one. With one call the session's objects stand in the processor's
/// first-level cache; with hundreds they come from further away, and each cache line that a frame touches is waited for. Between two frames a quarter of a megabyte of other memory is read,
/// as the kernel reads its own between two wake-ups. In-memory pipes, one thread, no system call. Baseline: the same reading and no frame.
/// </summary>
[MemoryDiagnoser]
[BenchmarkCategory("Path")]
public class ManyCallsBenchmarks
{
    private byte[] _media = [];
    private byte[] _delta = [];
    private InlineCall[] _calls = [];
    private BenchMarks[] _marks = [];
    private byte[] _other = [];

    /// <summary>How many calls take turns.</summary>
    [Params(1, 100, 400)]
    public int Calls { get; set; }

    /// <summary>Octets read between two frames.</summary>
    [Params(0, 262_144)]
    public int Between { get; set; }

    /// <summary>Brings the calls up.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _media = PathFrames.Frame(PathFrames.RepeatableMedia(PathFrames.MuLaw20Ms()), masked: true);
        _delta = PathFrames.Frame(PathFrames.Delta(PathFrames.ModelAudio20Ms(CallAudioMode.Pcm16)), masked: false);
        _other = new byte[Math.Max(1, Between)];
        _calls = new InlineCall[Calls];
        _marks = new BenchMarks[Calls];
        for (int i = 0; i < Calls; i++)
        {
            _calls[i] = new InlineCall(CallAudioMode.Pcm16);
            _marks[i] = new BenchMarks();
        }

        InlineCall.Begin(_calls);
        for (int i = 0; i < Calls; i++)
        {
            InlineCall.Deliver(_calls[i].FromModel, _delta);
            InlineCall.Deliver(_calls[i].FromModel, _delta);
        }

        for (int i = 0; i < 20; i++)
        {
            Frames();
        }
    }

    /// <summary>Ends the calls.</summary>
    [GlobalCleanup]
    public void Cleanup()
    {
        foreach (InlineCall call in _calls)
        {
            call.End();
        }
    }

    private int _round;

    /// <summary>The baseline.</summary>
    /// <returns>Something of all that was read.</returns>
    [Benchmark(Baseline = true, OperationsPerInvoke = 800)]
    public long Other()
    {
        long sum = 0;
        for (int i = 0; i < 800; i++)
        {
            sum += Touch();
        }

        return sum;
    }

    /// <summary>Two frames, one each way.</summary>
    /// <returns>Octets that have left.</returns>
    [Benchmark(OperationsPerInvoke = 800)]
    public long Frames()
    {
        long octets = 0;
        for (int i = 0; i < 400; i++)
        {
            InlineCall call = _calls[i % Calls];
            octets += Touch();
            InlineCall.Deliver(call.FromCarrier, _media);
            call.Drain();
            octets += Touch();
            InlineCall.Deliver(call.FromModel, _delta);
            if ((i / Calls + _round) % 10 == 9)
            {
                InlineCall.Deliver(call.FromCarrier, _marks[i % Calls].Next().Span);
            }

            call.Drain();
            octets += call.ModelOctets;
        }

        _round += 400 / Calls;
        return octets;
    }

    private long Touch()
    {
        long sum = 0;
        byte[] other = _other;
        for (int i = 0; i < other.Length; i += 64)
        {
            sum += other[i];
        }

        return sum;
    }
}
