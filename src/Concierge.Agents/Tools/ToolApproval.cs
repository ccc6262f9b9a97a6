namespace Concierge.Agents.Tools;

/// <summary>What somebody decided about a call of a tool that needs approval.</summary>
/// <param name="IsGranted">Whether it may be carried out.</param>
/// <param name="Reason">Why not, for the model; null when there is nothing to say.</param>
public sealed record ToolApproval(bool IsGranted, string? Reason = null)
{
    /// <summary>It may be carried out.</summary>
    public static ToolApproval Granted { get; } = new(true);

    /// <summary>It must not.</summary>
    /// <param name="reason">Why not, for the model.</param>
    public static ToolApproval Refused(string? reason = null) => new(false, reason);
}
