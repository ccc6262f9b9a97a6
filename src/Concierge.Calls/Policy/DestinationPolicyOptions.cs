namespace Concierge.Calls.Policy;

/// <summary>Who may be called, how often, and when. Without an allow list only the demo's number may be.</summary>
public sealed record DestinationPolicyOptions
{
    /// <summary>Prefixes of numbers that may be called, such as <c>+1</c>, <c>+4930</c> or a whole number; empty for none.</summary>
    public IReadOnlyList<string> AllowedPrefixes { get; init; } = [];

    /// <summary>Prefixes that may not, even when a shorter one is allowed. Of an allowed and a denied prefix the longer one counts; of two equal ones the denial.</summary>
    public IReadOnlyList<string> DeniedPrefixes { get; init; } = [];

    /// <summary>The demo restaurant's number: may be called without a list, and at any hour; null for none.</summary>
    public string? DemoNumber { get; init; }

    /// <summary>Calls to one number within an hour.</summary>
    public int CallsPerNumberAndHour { get; init; } = 3;

    /// <summary>Calls to all numbers within a minute.</summary>
    public int CallsPerMinute { get; init; } = 10;

    /// <summary>Calls that run at a time.</summary>
    public int MaxConcurrent { get; init; } = 10;

    /// <summary>Minutes of conversation in a day (UTC), over all nodes.</summary>
    public int MinutesPerDay { get; init; } = 240;

    /// <summary>When nobody is called; null for never.</summary>
    public QuietHours? QuietHours { get; init; }
}
