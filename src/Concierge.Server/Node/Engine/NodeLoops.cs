using Concierge.Server.Configuration;
using Concierge.WebSockets;

namespace Concierge.Server.Node.Engine;

/// <summary>The node's event loops. A call stays on the loop that accepted it, both its connections.</summary>
internal sealed class NodeLoops : IDisposable
{
    private readonly EventLoop[] _loops;
    private int _next;

    private NodeLoops(EventLoop[] loops) => _loops = loops;

    /// <summary>Starts as many loops as the options say; null for the platform's engine.</summary>
    public static NodeLoops? Start(NodeOptions options)
    {
        if (options.Engine == NodeEngine.Sockets || (options.Engine == NodeEngine.Auto && !EventLoop.IsSupported))
        {
            return null;
        }

        int count = options.Loops == 0 ? Environment.ProcessorCount : options.Loops;
        return new NodeLoops([.. Enumerable.Range(0, count).Select(i => new EventLoop(new EventLoopOptions { Name = $"loop {i}", Coalesce = options.Coalesce }))]);
    }

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
