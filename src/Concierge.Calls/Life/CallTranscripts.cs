using Concierge.Calls.Outcome;

namespace Concierge.Calls.Life;

/// <summary>Reads a call's transcript off its facts.</summary>
public static class CallTranscripts
{
    /// <summary>The turns in the order in which they were spoken. Of a turn that never came to its end, what there is of it.</summary>
    /// <param name="facts">The call's facts in the order they were written.</param>
    /// <returns>The transcript.</returns>
    public static IReadOnlyList<TranscriptEntry> Read(IEnumerable<CallFact> facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        Dictionary<string, (bool Whole, TranscriptEntry Entry)> turns = new(StringComparer.Ordinal);
        foreach (CallFact fact in facts)
        {
            if (fact is CallFact.Said said)
            {
                turns[said.ItemId ?? said.FactId] = (true, said.Entry);
            }
            else if (fact is CallFact.Saying saying && !(turns.TryGetValue(saying.ItemId, out (bool Whole, TranscriptEntry Entry) known) && known.Whole))
            {
                turns[saying.ItemId] = (false, saying.Entry);
            }
        }

        return [.. turns.Values.Select(t => t.Entry).OrderBy(e => e.StartMs)];
    }
}
