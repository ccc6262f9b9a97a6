using Concierge.Calls.Life;

namespace Concierge.Calls.Store;

/// <summary>A fact with its place in the store.</summary>
/// <param name="Position">Grows from fact to fact over the whole store; the point to read on from.</param>
/// <param name="Fact">The fact.</param>
public sealed record StoredFact(long Position, CallFact Fact);
