using Concierge.WebSockets;

namespace Concierge.Simulation.Load;

/// <summary>An action as work of an event loop, for what happens once per run.</summary>
internal static class ActionWork
{
    public static IEventLoopWork AsWork(this Action action) => new Work(action);

    private sealed class Work(Action action) : IEventLoopWork
    {
        public void Run() => action();
    }
}
