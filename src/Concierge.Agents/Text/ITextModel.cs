namespace Concierge.Agents.Text;

/// <summary>A language model that answers in writing.</summary>
public interface ITextModel
{
    /// <summary>What it is, for banners and results: a host, or that it is simulated.</summary>
    string Description { get; }

    /// <summary>Whether it is a stand-in that follows rules instead of understanding.</summary>
    bool IsSimulated { get; }

    /// <summary>Answers.</summary>
    /// <exception cref="TextModelException">It cannot be reached, or refuses; the message says what to do.</exception>
    Task<TextModelAnswer> CompleteAsync(TextModelRequest request, CancellationToken cancellationToken);
}
