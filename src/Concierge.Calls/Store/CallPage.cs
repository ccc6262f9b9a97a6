using Concierge.Calls.Life;

namespace Concierge.Calls.Store;

/// <summary>One page of calls, the newest first.</summary>
/// <param name="Calls">The calls.</param>
/// <param name="Next">The cursor of the next page; null when this is the last.</param>
public sealed record CallPage(IReadOnlyList<CallRecord> Calls, string? Next);
