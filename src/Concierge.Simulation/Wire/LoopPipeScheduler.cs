using System.IO.Pipelines;
using Concierge.Simulation.Time;

namespace Concierge.Simulation.Wire;

/// <summary>
/// Brings a pipe's continuations back to the virtual time loop they belong to, without allocating; outside any loop they go to the thread pool.
/// </summary>
/// <remarks>This is preferred to a pipe's own <c>useSynchronizationContext</c>, which boxes one object for every wake-up and would show in every
/// measurement of what a call allocates.</remarks>
internal sealed class LoopPipeScheduler(VirtualTimeLoop? loop) : PipeScheduler
{
    public override void Schedule(Action<object?> action, object? state)
    {
        VirtualTimeLoop? target = loop ?? SynchronizationContext.Current as VirtualTimeLoop;
        if (target is not null)
        {
            target.Enqueue(new VirtualTimeLoop.WorkItem(action, state));
        }
        else
        {
            ThreadPool.Schedule(action, state);
        }
    }
}
