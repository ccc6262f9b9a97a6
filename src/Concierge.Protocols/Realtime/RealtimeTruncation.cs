namespace Concierge.Protocols.Realtime;

/// <summary>What the server forgets when the conversation outgrows the model (<c>truncation</c>).</summary>
public sealed record RealtimeTruncation
{
    private RealtimeTruncation(double? retentionRatio, bool isDisabled)
    {
        RetentionRatio = retentionRatio;
        IsDisabled = isDisabled;
    }

    /// <summary>The oldest messages, as needed.</summary>
    public static RealtimeTruncation Auto { get; } = new(null, false);

    /// <summary>Nothing: the server fails the response instead.</summary>
    public static RealtimeTruncation Disabled { get; } = new(null, true);

    /// <summary>The share that is kept, 0 to 1; null unless made by <see cref="Retain"/>.</summary>
    public double? RetentionRatio { get; }

    /// <summary>Whether nothing is forgotten.</summary>
    public bool IsDisabled { get; }

    /// <summary>Tokens that may stand after the instructions; only with a ratio.</summary>
    public int? PostInstructionTokens { get; init; }

    /// <summary>Down to a share of the context, so that the cache lasts longer.</summary>
    /// <param name="ratio">The share that is kept, 0 to 1.</param>
    /// <returns>The rule.</returns>
    public static RealtimeTruncation Retain(double ratio) => new(ratio, false);
}
