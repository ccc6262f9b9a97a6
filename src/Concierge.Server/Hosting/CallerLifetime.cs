namespace Concierge.Server.Hosting;

/// <summary>Leaves signals to whoever runs the node: the host's own handling would stop the listener before the calls.</summary>
internal sealed class CallerLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
