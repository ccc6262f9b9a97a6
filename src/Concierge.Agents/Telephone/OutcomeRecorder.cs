using Concierge.Calls.Outcome;

namespace Concierge.Agents.Telephone;

/// <summary>Keeps what a call came to, as its agent records it. One per call, in its <see cref="AgentContext"/>; the last word counts.</summary>
/// <param name="onRecorded">Told each time; null tells nobody.</param>
public sealed class OutcomeRecorder(Action<CallOutcome>? onRecorded = null)
{
    private volatile CallOutcome? _outcome;

    /// <summary>What was recorded last; null when nothing was.</summary>
    public CallOutcome? Outcome => _outcome;

    /// <summary>Records.</summary>
    public void Record(CallOutcome outcome)
    {
        _outcome = outcome;
        onRecorded?.Invoke(outcome);
    }
}
