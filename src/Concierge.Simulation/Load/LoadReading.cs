namespace Concierge.Simulation.Load;

/// <summary>What a generator saw.</summary>
public sealed record LoadReading
{
    /// <summary>From the callers to the model.</summary>
    public required LoadDirection Up { get; init; }

    /// <summary>From the model to the callers.</summary>
    public required LoadDirection Down { get; init; }

    /// <summary>How late the generator's own frames left, while counting: what it adds to what it measures is of this order.</summary>
    public required LoadDirection Lateness { get; init; }

    /// <summary>Calls whose stream was accepted.</summary>
    public required int Connected { get; init; }

    /// <summary>Calls heard at the model's end.</summary>
    public required int Matched { get; init; }

    /// <summary>Calls that were refused with an HTTP status, by status.</summary>
    public required IReadOnlyDictionary<int, int> Refused { get; init; }

    /// <summary>How long the refusals took, from the first octet of the connection.</summary>
    public required LoadDirection RefusalTime { get; init; }

    /// <summary>Calls that failed in another way; the first reason.</summary>
    public required int Failed { get; init; }

    /// <summary>Why the first failed; null when none did.</summary>
    public required string? FirstFailure { get; init; }

    /// <summary>Calls that the bridge ended before they were hung up.</summary>
    public required int EndedEarly { get; init; }

    /// <summary>Stamps that arrived and could not be read.</summary>
    public required long Broken { get; init; }

    /// <summary>Messages that no far end would understand.</summary>
    public required long Unreadable { get; init; }

    /// <summary>Marks that the bridge asked for.</summary>
    public required long Marks { get; init; }
}
