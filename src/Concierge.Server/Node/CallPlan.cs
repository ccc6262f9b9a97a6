using Concierge.Pipelines;

namespace Concierge.Server.Node;

/// <summary>What one call gets besides its two far ends.</summary>
/// <param name="Controller">Decides what the call is about.</param>
internal sealed record CallPlan(ICallController Controller)
{
    /// <summary>Who sees the call's events.</summary>
    public IReadOnlyList<ICallObserver> Observers { get; init; } = [];

    /// <summary>Told what remains of the call, once, when both far ends are closed.</summary>
    public Action<CallResult>? OnEnded { get; init; }
}
