namespace Concierge.Server.Hosting;

/// <summary>What the health check tells of a node's warm-up.</summary>
internal sealed class WarmUpProgress
{
    private volatile bool _isRunning;

    /// <summary>Whether it is under way.</summary>
    public bool IsRunning
    {
        get => _isRunning;
        set => _isRunning = value;
    }
}
