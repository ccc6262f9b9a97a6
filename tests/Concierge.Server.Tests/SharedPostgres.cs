using Concierge.TestKit;

[assembly: AssemblyFixture(typeof(Concierge.Server.Tests.SharedPostgres))]

namespace Concierge.Server.Tests;

/// <summary>Ends the cluster that tests share when all of them are over.</summary>
public sealed class SharedPostgres : IAsyncDisposable
{
    /// <inheritdoc/>
    public ValueTask DisposeAsync() => PostgresCluster.EndSharedAsync();
}
