namespace Concierge.Server.Configuration;

/// <summary>What waits for the node's connections.</summary>
internal enum NodeEngine
{
    /// <summary>The event loops where the system has what they need, the platform's sockets elsewhere.</summary>
    Auto,

    /// <summary>The project's event loops, one per core.</summary>
    Loop,

    /// <summary>The platform's socket engine with inline completions.</summary>
    Sockets,
}
