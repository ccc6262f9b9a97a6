namespace Concierge.Calls.Store;

/// <summary>Which calls to forget. Every field that is set must hold, and one must be set.</summary>
public sealed record CallDeletionQuery
{
    /// <summary>This call, or null.</summary>
    public string? CallId { get; init; }

    /// <summary>Calls from or to this number, or null.</summary>
    public string? Number { get; init; }

    /// <summary>Calls that were over before this time, or null.</summary>
    public DateTimeOffset? EndedBefore { get; init; }

    /// <summary>Whether anything is set.</summary>
    public bool IsEmpty => CallId is null && Number is null && EndedBefore is null;
}
