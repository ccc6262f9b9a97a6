namespace Concierge.Calls.Journal;

/// <summary>How the journal is, for the health page and the metrics.</summary>
/// <param name="StoreAvailable">Whether the last write reached the store.</param>
/// <param name="AwaySince">Since when it has not; null while it does.</param>
/// <param name="Queued">Facts that wait for the writer.</param>
/// <param name="Spilled">Facts in the spill file, to be replayed.</param>
/// <param name="Dropped">Facts lost because queue or disk were full. Anything but 0 wants a look.</param>
/// <param name="Rejected">Facts that the store took exception to one by one; they are in the file beside the spill file.</param>
public sealed record CallJournalHealth(bool StoreAvailable, DateTimeOffset? AwaySince, int Queued, long Spilled, long Dropped, long Rejected);
