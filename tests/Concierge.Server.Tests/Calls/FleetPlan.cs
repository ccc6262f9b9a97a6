using Concierge.Calls.Life;
using Concierge.Pipelines;
using Concierge.Protocols.MediaStreams;
using Concierge.Protocols.Realtime;

namespace Concierge.Server.Tests.Calls;

/// <summary>What the calls of a <see cref="TestFleet"/> are about.</summary>
internal sealed record FleetPlan
{
    public Func<RealtimeSessionConfig, CallBook, Func<StreamStart, CancellationToken, ValueTask>, ICallController> CreateController { get; init; } =
        (session, book, admit) => new OutcomeController(session, book, admit);

    public UpstreamOptions Upstream { get; init; } = new() { Attempts = 1, ApologySound = default };
}
