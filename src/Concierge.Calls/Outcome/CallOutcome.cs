using System.Text.Json.Serialization;

namespace Concierge.Calls.Outcome;

/// <summary>What one reservation call came to, as written to <c>outcome.json</c>.</summary>
public sealed record CallOutcome
{
    /// <summary>An outcome of a call in which nothing was established.</summary>
    public static CallOutcome Nothing { get; } = new();

    /// <summary>What was agreed.</summary>
    public CallOutcomeStatus Status { get; init; }

    /// <summary>The confirmation number in its written form (<see cref="Outcome.ConfirmationNumber"/>), or null when none was given.</summary>
    public string? ConfirmationNumber { get; init; }

    /// <summary>The day agreed on, or null.</summary>
    public DateOnly? Date { get; init; }

    /// <summary>The local time agreed on, or null; written as <c>HH:mm</c>.</summary>
    [JsonConverter(typeof(HourMinuteConverter))]
    public TimeOnly? Time { get; init; }

    /// <summary>The number of guests, 1 or more, or null.</summary>
    public int? PartySize { get; init; }

    /// <summary>The name the table is under, or null.</summary>
    public string? Name { get; init; }

    /// <summary>What else was said that matters: a terrace table, a deposit, a dress code; or null.</summary>
    public string? Notes { get; init; }

    /// <summary>Whether what was agreed differs from what was asked for.</summary>
    public bool Modified { get; init; }

    /// <summary>Who established this.</summary>
    public CallOutcomeSource Source { get; init; }

    /// <summary>How sure the source is, 0 to 1; null when it does not say.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Confidence { get; init; }
}
