namespace Concierge.Pipelines;

/// <summary>How the caller's keys become an entry, and who hears of it.</summary>
public sealed record KeypadPolicy
{
    /// <summary>An entry ends when no key has been pressed for this long.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The key that ends an entry at once and is not part of it; null for none.</summary>
    public char? Terminator { get; init; } = '#';

    /// <summary>An entry ends at this many keys.</summary>
    public int MaxDigits { get; init; } = 32;

    /// <summary>Whether the model is told of an entry and asked to answer; the controller hears of it in any case (<see cref="CallEvent.KeysEntered"/>).</summary>
    public bool TellModel { get; init; } = true;
}
