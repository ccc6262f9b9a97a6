using Concierge.Calls.Journal;
using Concierge.Calls.Life;
using Concierge.Calls.Outcome;
using Concierge.Calls.Store;
using Concierge.Calls.Tests.Store;
using Concierge.TestKit;

namespace Concierge.Calls.Tests.Journal;

public sealed class CallJournalTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("concierge-journal-").FullName;

    public static TheoryData<string> Kinds => StoreUnderTest.Kinds;

    public static TheoryData<string, int> Cuts
    {
        get
        {
            TheoryData<string, int> cuts = [];
            foreach (string kind in (string[])["sqlite", "postgresql"])
            {
                cuts.Add(kind, (int)GatedStore.Line.Down);
                cuts.Add(kind, (int)GatedStore.Line.AnswerLost);
                cuts.Add(kind, (int)GatedStore.Line.Silent);
            }

            return cuts;
        }
    }

    private CallJournalOptions Options => new()
    {
        SpillPath = Path.Combine(_folder, "spill.jsonl"),
        MinRetry = TimeSpan.FromMilliseconds(20),
        MaxRetry = TimeSpan.FromMilliseconds(50),
        WriteTimeout = TimeSpan.FromSeconds(2),
        BatchSize = 10,
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Writes_what_is_handed_in(string kind)
    {
        await using StoreUnderTest test = await StoreUnderTest.CreateAsync(kind);
        await using CallJournal journal = new(test.Store, Options, TimeProvider.System);
        Assert.All(Lines(0, 100), f => Assert.True(journal.TryRecord(f)));
        await journal.FlushAsync(Patience());
        Assert.Equal(100, await CountAsync(test.Store));
        Assert.Equal(new CallJournalHealth(true, null, 0, 0, 0, 0), journal.Health);
    }

    [Theory]
    [MemberData(nameof(Cuts))]
    public async Task Loses_nothing_and_doubles_nothing_when_the_store_goes_and_comes_back(string kind, int cut)
    {
        await using StoreUnderTest test = await StoreUnderTest.CreateAsync(kind);
        GatedStore gate = new(test.Store);
        await using CallJournal journal = new(gate, Options with { WriteTimeout = TimeSpan.FromMilliseconds(cut == (int)GatedStore.Line.Silent ? 100 : 2_000) }, TimeProvider.System);
        Record(journal, 0, 30);
        await journal.FlushAsync(Patience());
        gate.State = (GatedStore.Line)cut;
        Record(journal, 30, 35);
        await journal.FlushAsync(Patience());
        Assert.False(journal.Health.StoreAvailable);
        Assert.NotNull(journal.Health.AwaySince);
        Record(journal, 65, 35);
        await journal.FlushAsync(Patience());
        Assert.True(journal.Health.Spilled > 0);
        gate.State = GatedStore.Line.Up;
        Record(journal, 100, 20);
        await UntilAsync(() => journal.Health.StoreAvailable);
        Record(journal, 120, 10);
        await journal.FlushAsync(Patience());

        // A busy machine may make the patient store late once more: then the last lines too come by way of the spill file.
        await UntilAsync(() => journal.Health is { StoreAvailable: true, Spilled: 0 });
        Assert.Equal(Enumerable.Range(0, 130), await OrderAsync(test.Store));
        Assert.Equal(130, (await test.Store.GetAsync("c", default))!.TranscriptTurns);
        Assert.Equal((0, 0), (journal.Health.Dropped, journal.Health.Spilled));
    }

    [Fact]
    public async Task A_server_stopped_and_started_in_the_middle_costs_nothing()
    {
        await using PostgresCluster? cluster = await PostgresCluster.StartOwnAsync();
        Assert.SkipWhen(cluster is null, PostgresCluster.Missing);
        await using ICallStore store = CallStores.Postgres(await cluster!.CreateDatabaseAsync(), TimeProvider.System);
        await store.MigrateAsync(default);
        await using CallJournal journal = new(store, Options, TimeProvider.System);
        int next = 0;
        for (int round = 0; round < 2; round++)
        {
            Record(journal, next, 40);
            await journal.FlushAsync(Patience());
            Task stop = cluster.StopAsync();
            Record(journal, next + 40, 40);
            await stop;
            Record(journal, next + 80, 40);
            await journal.FlushAsync(Patience());
            Assert.False(journal.Health.StoreAvailable);
            await cluster.StartAsync();
            await UntilAsync(() => journal.Health.StoreAvailable);
            next += 120;
        }

        Assert.Equal(Enumerable.Range(0, next), await OrderAsync(store));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task What_a_dead_run_left_in_the_spill_file_comes_first(string kind)
    {
        await using StoreUnderTest test = await StoreUnderTest.CreateAsync(kind);
        await using (CallJournal dead = new(new GatedStore(test.Store) { State = GatedStore.Line.Down }, Options, TimeProvider.System))
        {
            Record(dead, 0, 25);
            await dead.FlushAsync(Patience());
        }

        // The last line was being written when the process died.
        await File.AppendAllTextAsync(Options.SpillPath, """{"kind":"said","call_id":"c","entry":{"text":"half a wo""");
        await using CallJournal journal = new(test.Store, Options, TimeProvider.System);
        await UntilAsync(() => journal.Health.StoreAvailable);
        Record(journal, 25, 5);
        await journal.FlushAsync(Patience());
        Assert.Equal(Enumerable.Range(0, 30), await OrderAsync(test.Store));
        Assert.Equal(0, new FileInfo(Options.SpillPath).Length);
    }

    [Fact]
    public async Task One_record_that_the_store_never_takes_does_not_hold_up_the_others()
    {
        await using StoreUnderTest test = await StoreUnderTest.CreateAsync("sqlite");
        GatedStore gate = new(test.Store);
        gate.Poison["c:7"] = true;
        await using CallJournal journal = new(gate, Options, TimeProvider.System);
        Record(journal, 0, 30);
        await journal.FlushAsync(Patience());
        await UntilAsync(() => journal.Health.StoreAvailable);
        Assert.Equal(Enumerable.Range(0, 30).Where(i => i != 7), await OrderAsync(test.Store));
        Assert.Equal(1, journal.Health.Rejected);
        Assert.Contains("Line 7", await File.ReadAllTextAsync(Options.SpillPath + ".rejected"));
    }

    [Fact]
    public async Task Never_waits_and_counts_what_does_not_fit()
    {
        await using StoreUnderTest test = await StoreUnderTest.CreateAsync("sqlite");
        GatedStore gate = new(test.Store) { State = GatedStore.Line.Silent };
        await using CallJournal journal = new(gate, Options with { Capacity = 50 }, TimeProvider.System);
        int taken = Lines(0, 500).Count(journal.TryRecord);
        Assert.InRange(taken, 50, 60 + 50); // the queue and what the writer had taken out of it
        Assert.Equal(500 - taken, journal.Health.Dropped);
        gate.State = GatedStore.Line.Up;
        await UntilAsync(() => journal.Health is { StoreAvailable: true, Queued: 0 });
        await journal.FlushAsync(Patience());
        Assert.Equal(taken, await CountAsync(test.Store));
    }

    [Fact]
    public async Task Two_nodes_of_one_name_are_told_apart()
    {
        await using StoreUnderTest test = await StoreUnderTest.CreateAsync("sqlite");
        await using CallJournal journal = new(test.Store, Options, TimeProvider.System);
        Assert.Contains("same name", Assert.Throws<CallStoreException>(() => new CallJournal(test.Store, Options, TimeProvider.System)).Message);
    }

    [Fact]
    public async Task The_spill_file_is_for_its_owners_eyes_only()
    {
        await using StoreUnderTest test = await StoreUnderTest.CreateAsync("sqlite");
        await using CallJournal journal = new(test.Store, Options, TimeProvider.System);
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("File modes are those of Unix.");
        }
        else
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Options.SpillPath));
        }
    }

    private static CancellationToken Patience() => new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token;

    private static IEnumerable<CallFact> Lines(int from, int count) => Enumerable.Range(from, count).Select(i => new CallFact.Said
    {
        CallId = "c",
        FactId = $"c:{i}",
        At = DateTimeOffset.UnixEpoch.AddSeconds(i),
        Entry = new TranscriptEntry(TranscriptSpeaker.Agent, $"Line {i}", i, i),
    });

    private static void Record(CallJournal journal, int from, int count) => Assert.All(Lines(from, count), f => Assert.True(journal.TryRecord(f)));

    private static async Task<int> CountAsync(ICallStore store) => (await store.ReadFactsAsync("c", 0, 10_000, default)).Count;

    private static async Task<IEnumerable<int>> OrderAsync(ICallStore store) =>
        (await store.ReadFactsAsync("c", 0, 10_000, default)).Select(f => (int)((CallFact.Said)f.Fact).Entry.StartMs);

    private static async Task UntilAsync(Func<bool> condition)
    {
        CancellationToken patience = Patience();
        while (!condition())
        {
            await Task.Delay(5, patience);
        }
    }
}
