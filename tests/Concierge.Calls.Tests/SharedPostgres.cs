using Concierge.TestKit;

[assembly: AssemblyFixture(typeof(Concierge.Calls.Tests.SharedPostgres))]

namespace Concierge.Calls.Tests;

/// <summary>Ends the cluster that tests share when all of them are over.</summary>
public sealed class SharedPostgres : IAsyncDisposable
{
    /// <inheritdoc/>
    public ValueTask DisposeAsync() => PostgresCluster.EndSharedAsync();
}
