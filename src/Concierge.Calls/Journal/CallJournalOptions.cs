namespace Concierge.Calls.Journal;

/// <summary>Bounds of a <see cref="CallJournal"/>.</summary>
public sealed record CallJournalOptions
{
    /// <summary>Where facts are kept while the store is away, a file of this node alone; made when needed, readable by its owner only.</summary>
    public required string SpillPath { get; init; }

    /// <summary>Facts that wait for the writer; beyond it they are dropped and counted. The writer empties it within <see cref="WriteTimeout"/>, store or no store.</summary>
    public int Capacity { get; init; } = 65_536;

    /// <summary>Facts written in one transaction.</summary>
    public int BatchSize { get; init; } = 500;

    /// <summary>A store that takes longer for one batch counts as away. Below a second, so that a crash loses less than that.</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromMilliseconds(700);

    /// <summary>The first pause before an absent store is tried again; it doubles up to <see cref="MaxRetry"/>.</summary>
    public TimeSpan MinRetry { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The longest pause between tries.</summary>
    public TimeSpan MaxRetry { get; init; } = TimeSpan.FromSeconds(10);
}
