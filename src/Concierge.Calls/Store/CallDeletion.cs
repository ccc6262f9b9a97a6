namespace Concierge.Calls.Store;

/// <summary>What a deletion took.</summary>
/// <param name="CallIds">The calls.</param>
/// <param name="Recordings">The paths of their recordings, to be deleted by whoever keeps the files.</param>
public sealed record CallDeletion(IReadOnlyList<string> CallIds, IReadOnlyList<string> Recordings);
