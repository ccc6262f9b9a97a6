using Concierge.Calls.Life;

namespace Concierge.Calls.Store;

/// <summary>Which calls to list. Every filter that is set must hold.</summary>
public sealed record CallQuery
{
    /// <summary>The most a page holds.</summary>
    public const int MaxLimit = 1_000;

    /// <summary>Only calls in one of these states; empty for all.</summary>
    public IReadOnlyList<CallState> States { get; init; } = [];

    /// <summary>Only calls in this direction, or null.</summary>
    public CallDirection? Direction { get; init; }

    /// <summary>Only calls from or to this number, or null.</summary>
    public string? Number { get; init; }

    /// <summary>Only calls of this agent, or null.</summary>
    public string? Agent { get; init; }

    /// <summary>Only calls made at or after this time, or null.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Only calls made before this time, or null.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>At most this many, 1 to <see cref="MaxLimit"/>.</summary>
    public int Limit { get; init; } = 50;

    /// <summary>Where to go on: <see cref="CallPage.Next"/> of the page before; null for the first page.</summary>
    public string? Cursor { get; init; }
}
