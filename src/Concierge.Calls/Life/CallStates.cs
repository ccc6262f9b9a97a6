using System.Diagnostics.CodeAnalysis;

namespace Concierge.Calls.Life;

/// <summary>
/// The state machine's rules. A call's state is the greatest of all states reported for it. Taking a maximum does not care for order or repetition, so late,
/// doubled and swapped reports come to the same end, and a failed call can never turn completed.
/// </summary>
public static class CallStates
{
    /// <summary>Whether the call is over.</summary>
    /// <param name="state">The state.</param>
    /// <returns>True from <see cref="CallState.Completed"/> on.</returns>
    public static bool IsFinal(this CallState state) => state >= CallState.Completed;

    /// <summary>Whether a report moves a call.</summary>
    /// <param name="from">Where the call is.</param>
    /// <param name="to">What is reported.</param>
    /// <returns>True when <paramref name="to"/> is further on.</returns>
    public static bool CanMove(CallState from, CallState to) => to > from;

    /// <summary>The state's name in JSON, in the store and on the command line, for instance <c>in_progress</c>.</summary>
    /// <param name="state">The state.</param>
    /// <returns>Its name.</returns>
    public static string Name(this CallState state) => state switch
    {
        CallState.Initiated => "initiated",
        CallState.Ringing => "ringing",
        CallState.InProgress => "in_progress",
        CallState.Completed => "completed",
        CallState.Canceled => "canceled",
        CallState.NoAnswer => "no_answer",
        CallState.Busy => "busy",
        _ => "failed",
    };

    /// <summary>Reads a name of <see cref="Name"/> or a <c>CallStatus</c> of Twilio (<c>queued</c>, <c>in-progress</c>, <c>no-answer</c>).</summary>
    /// <param name="text">The name, or null.</param>
    /// <param name="state">The state.</param>
    /// <returns>False for anything else.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out CallState state)
    {
        (bool known, state) = text switch
        {
            "queued" or "initiated" => (true, CallState.Initiated),
            "ringing" => (true, CallState.Ringing),
            "in_progress" or "in-progress" or "answered" => (true, CallState.InProgress),
            "completed" => (true, CallState.Completed),
            "canceled" => (true, CallState.Canceled),
            "no_answer" or "no-answer" => (true, CallState.NoAnswer),
            "busy" => (true, CallState.Busy),
            "failed" => (true, CallState.Failed),
            _ => (false, default),
        };
        return known;
    }
}
