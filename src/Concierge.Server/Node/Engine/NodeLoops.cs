using Concierge.Server.Configuration;
using Concierge.WebSockets;

namespace Concierge.Server.Node.Engine;

/// <summary>The node's event loops. A call stays on the loop that accepted it, both its connections; but a session that was dialled ahead is on the loop of the request it was dialled for (docs/decisions/0002).</summary>
internal sealed class NodeLoops : IDisposable
{
    private readonly EventLoop[] _loops;
    private int _next;

    private NodeLoops(int count, TimeSpan coalesce) => _loops =
        [.. Enumerable.Range(0, count).Select(i => new EventLoop(new EventLoopOptions { Name = $"loop {i}", Coalesce = coalesce, Faulted = e => Faulted?.Invoke(e) }))];

    /// <summary>Starts as many loops as the options say; null for the platform's engine.</summary>
    public static NodeLoops? Start(NodeOptions options)
    {
        if (options.Engine == NodeEngine.Sockets || (options.Engine == NodeEngine.Auto && !EventLoop.IsSupported))
        {
            return null;
        }

        return new NodeLoops(options.Loops == 0 ? Environment.ProcessorCount : options.Loops, options.Coalesce);
    }

    /// <summary>Told what escaped to a loop. It ends one connection's turn, never the loop and with it all its calls.</summary>
    public Action<Exception>? Faulted { get; set; }

    public IReadOnlyList<EventLoop> All => _loops;

    /// <summary>The loop of the next connection: in turn.</summary>
    public EventLoop Next() => _loops[(int)((uint)Interlocked.Increment(ref _next) % (uint)_loops.Length)];

    public void Dispose()
    {
        foreach (EventLoop loop in _loops)
        {
            loop.Dispose();
        }
    }
}
