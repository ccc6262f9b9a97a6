namespace Concierge.WebSockets;

/// <summary>Something that an <see cref="EventLoop"/> runs on its own thread.</summary>
public interface IEventLoopWork
{
    /// <summary>Runs once per post. Must not block; what it throws ends the process.</summary>
    void Run();
}
