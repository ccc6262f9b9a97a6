namespace Concierge.WebSockets;

/// <summary>How an <see cref="EventLoop"/> runs.</summary>
public sealed record EventLoopOptions
{
    /// <summary>The thread's name, for people.</summary>
    public string Name { get; init; } = "event loop";

    /// <summary>The core that the thread stays on; null leaves it to the system.</summary>
    public int? Core { get; init; }

    /// <summary>
    /// The least time between two looks of a busy loop, which sleeps for what is left of it, so that what comes meanwhile is found together; zero waits for the next event at once. Adds at
    /// most this to the latency of each message, nothing to one that finds the loop idle, and saves wake-ups: most of what a frame costs. 0 to 20 ms.
    /// </summary>
    public TimeSpan Coalesce { get; init; }

    /// <summary>
    /// Told, on the loop's thread, what a socket's handler or posted work threw; the loop goes on with the next. Null leaves it unhandled, which ends the process: better than a loop that is gone
    /// while its sockets wait.
    /// </summary>
    public Action<Exception>? Faulted { get; init; }
}
