using System.IO.Pipelines;
using Concierge.Pipelines;
using Concierge.Protocols.MediaStreams;
using Concierge.Protocols.Realtime;

namespace Concierge.Benchmarks.Paths;

/// <summary>
/// A whole call session between four in-memory pipes whose continuations run inline: everything that the session does for a frame happens inside the flush that delivers it.
/// </summary>
internal sealed class InlineCall : IModelConnector, ICallController
{
    private readonly Pipe _fromCarrier = new(Inline);
    private readonly Pipe _toCarrier = new(Inline);
    private readonly Pipe _fromModel = new(Inline);
    private readonly Pipe _toModel = new(Inline);
    private readonly CallAudioMode _mode;
    private readonly CallSession _session;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task<CallResult>? _running;

    public InlineCall(CallAudioMode mode)
    {
        _mode = mode;
        _session = new CallSession(
            new Duplex(_fromCarrier.Reader, _toCarrier.Writer), this, this, new CallSessionOptions { AudioMode = mode }, TimeProvider.System);
    }

    /// <summary>Pipes that run everything on the thread that delivers.</summary>
    public static PipeOptions Inline { get; } = new(
        readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 0, useSynchronizationContext: false);

    public PipeWriter FromCarrier => _fromCarrier.Writer;

    public PipeWriter FromModel => _fromModel.Writer;

    /// <summary>Octets written to the model so far and drained.</summary>
    public long ModelOctets { get; private set; }

    /// <summary>Octets written to the carrier so far and drained.</summary>
    public long CarrierOctets { get; private set; }

    /// <summary>Brings the call up to where both loops wait for audio.</summary>
    public void Begin() => Begin([this]);

    /// <summary>Brings calls up to where their loops wait for audio.</summary>
    public static void Begin(InlineCall[] calls)
    {
        foreach (InlineCall call in calls)
        {
            call.Open();
        }

        // The session's own start-up passes over the pool. The controller hears that the model is ready before the loops are parked again, so a moment more.
        foreach (InlineCall call in calls)
        {
            PathFrames.Require(call._ready.Task.Wait(TimeSpan.FromSeconds(30)), "the session became ready");
        }

        Thread.Sleep(200);
        foreach (InlineCall call in calls)
        {
            call.Drain();
        }
    }

    private void Open()
    {
        _running = _session.RunAsync();
        foreach (string message in PathFrames.CarrierOpening)
        {
            Deliver(FromCarrier, PathFrames.Frame(message, masked: true));
        }

        foreach (string message in PathFrames.ModelOpening(_mode))
        {
            Deliver(FromModel, PathFrames.Frame(message, masked: false));
        }
    }

    public static void Deliver(PipeWriter writer, ReadOnlySpan<byte> frame)
    {
        frame.CopyTo(writer.GetSpan(frame.Length));
        writer.Advance(frame.Length);
        ValueTask<FlushResult> flush = writer.FlushAsync();
        PathFrames.Require(flush.IsCompletedSuccessfully, "a flush completes at once");
    }

    public void Drain()
    {
        ModelOctets += Drain(_toModel.Reader);
        CarrierOctets += Drain(_toCarrier.Reader);
    }

    /// <summary>Ends the call.</summary>
    public void End()
    {
        _session.TryEnd(CallEndReason.Draining);
        _fromCarrier.Writer.Complete();
        _fromModel.Writer.Complete();
        PathFrames.Require(_running!.Wait(TimeSpan.FromSeconds(30)), "the session ended");
    }

    public ValueTask<IDuplexPipe> ConnectAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult<IDuplexPipe>(new Duplex(_fromModel.Reader, _toModel.Writer));

    public ValueTask<RealtimeSessionConfig> ConfigureAsync(StreamStart start, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new RealtimeSessionConfig());

    public ValueTask OnEventAsync(CallEvent callEvent, ICallControl call, CancellationToken cancellationToken)
    {
        if (callEvent is CallEvent.ModelReady)
        {
            _ready.TrySetResult();
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Takes everything that a pipe holds.</summary>
    public static long Drain(PipeReader reader)
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

    private sealed class Duplex(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }
}
