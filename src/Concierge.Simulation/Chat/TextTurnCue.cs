namespace Concierge.Simulation.Chat;

/// <summary>Which requests a turn answers. All that is given must be true; texts are compared without regard to case.</summary>
public sealed record TextTurnCue
{
    /// <summary>The last message of the user contains this.</summary>
    public string? User { get; init; }

    /// <summary>The instructions (system or developer messages) contain this.</summary>
    public string? Instructions { get; init; }

    /// <summary>The request ends with the output of this function.</summary>
    public string? AfterTool { get; init; }

    /// <summary>The request offers this function.</summary>
    public string? Offers { get; init; }

    /// <summary>The request asks for this model.</summary>
    public string? Model { get; init; }

    internal bool Fits(TextRequest request) =>
        Contains(request.LastUserText, User)
        && Contains(request.Instructions, Instructions)
        && (AfterTool is null || request.LastToolName == AfterTool)
        && (Offers is null || request.Tools.Contains(Offers))
        && (Model is null || request.Model == Model);

    private static bool Contains(string text, string? part) => part is null || text.Contains(part, StringComparison.OrdinalIgnoreCase);
}
