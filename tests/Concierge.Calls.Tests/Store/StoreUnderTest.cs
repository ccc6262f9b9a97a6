using Concierge.Calls.Store;
using Concierge.TestKit;

namespace Concierge.Calls.Tests.Store;

/// <summary>An empty store of either kind. The same tests run against both.</summary>
internal sealed class StoreUnderTest : IAsyncDisposable
{
    private readonly string? _folder;

    private StoreUnderTest(string kind, string address, string? folder, TimeProvider time)
    {
        Kind = kind;
        Address = address;
        _folder = folder;
        Store = Open(time);
    }

    public static TheoryData<string> Kinds => ["sqlite", "postgresql"];

    public string Kind { get; }

    /// <summary>The file or the connection string.</summary>
    public string Address { get; }

    public ICallStore Store { get; }

    public static async Task<StoreUnderTest> CreateAsync(string kind, TimeProvider? time = null)
    {
        StoreUnderTest made;
        if (kind == "sqlite")
        {
            string folder = Directory.CreateTempSubdirectory("concierge-store-").FullName;
            made = new StoreUnderTest(kind, Path.Combine(folder, "calls.db"), folder, time ?? TimeProvider.System);
        }
        else
        {
            PostgresCluster? cluster = await PostgresCluster.SharedAsync();
            Assert.SkipWhen(cluster is null, PostgresCluster.Missing);
            made = new StoreUnderTest(kind, await cluster!.CreateDatabaseAsync(), null, time ?? TimeProvider.System);
        }

        await made.Store.MigrateAsync(CancellationToken.None);
        return made;
    }

    /// <summary>The same database once more, as another node opens it.</summary>
    public ICallStore Open(TimeProvider? time = null) =>
        Kind == "sqlite" ? CallStores.Sqlite(Address, time ?? TimeProvider.System) : CallStores.Postgres(Address, time ?? TimeProvider.System);

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        if (_folder is not null)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }
}
