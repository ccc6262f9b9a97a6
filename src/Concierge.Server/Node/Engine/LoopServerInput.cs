using System.Buffers;
using System.IO.Pipelines;

namespace Concierge.Server.Node.Engine;

/// <summary>A connection's input as the server sees it: the input itself until it is handed over, an ended one from then on.</summary>
/// <remarks>
/// What the server waited for is worked on by a pool thread and not where the loop woke: a page of the API, a scrape of the metrics or the setting up of a call takes milliseconds, for which every
/// call of the loop would wait.
/// </remarks>
/// <param name="input">The connection's input.</param>
internal sealed class LoopServerInput(PipeReader input) : PipeReader
{
    private PipeReader? _input = input;

    /// <summary>Whether it was handed over.</summary>
    public bool IsDetached => Volatile.Read(ref _input) is null;

    /// <summary>Takes the input away from the server; null when it was taken before.</summary>
    public PipeReader? Detach() => Interlocked.Exchange(ref _input, null);

    public override bool TryRead(out ReadResult result)
    {
        if (_input is { } inner)
        {
            return inner.TryRead(out result);
        }

        result = Ended;
        return true;
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (_input is not { } inner)
        {
            return ValueTask.FromResult(Ended);
        }

        ValueTask<ReadResult> read = inner.ReadAsync(cancellationToken);
        return read.IsCompletedSuccessfully ? read : LeaveLoopAsync(read);
    }

    public override void AdvanceTo(SequencePosition consumed) => _input?.AdvanceTo(consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => _input?.AdvanceTo(consumed, examined);

    public override void CancelPendingRead() => _input?.CancelPendingRead();

    public override void Complete(Exception? exception = null) => _input?.Complete(exception);

    private static async ValueTask<ReadResult> LeaveLoopAsync(ValueTask<ReadResult> read)
    {
        try
        {
            return await read;
        }
        finally
        {
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        }
    }

    private static ReadResult Ended => new(ReadOnlySequence<byte>.Empty, isCanceled: false, isCompleted: true);
}
