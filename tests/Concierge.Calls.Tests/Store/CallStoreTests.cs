using Concierge.Calls.Life;
using Concierge.Calls.Outcome;
using Concierge.Calls.Reservations;
using Concierge.Calls.Store;

namespace Concierge.Calls.Tests.Store;

public class CallStoreTests
{
    private static readonly DateTimeOffset s_start = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    public static TheoryData<string> Kinds => StoreUnderTest.Kinds;

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Gives_back_what_was_written(string kind)
    {
        await using StoreUnderTest test = await StoreUnderTest.CreateAsync(kind);
        CallFact[] facts =
        [
            new CallFact.Created
            {
                CallId = "c1", At = s_start, Direction = CallDirection.Outbound, To = "+14155550123", From = "+14155550100", Agent = "réservation 🍝", Node = "a/1",
                Reservation = ReservationDetails.Book(new ReservationRequest("Trattoria", 4, new DateOnly(2027, 6, 11), new TimeOnly(19, 30), "O'Neill; DROP TABLE calls")),
            },
            new CallFact.Dialed { CallId = "c1", At = s_start.AddSeconds(1), CallSid = "CA1" },
            Report("c1", CallState.InProgress, 5),
            new CallFact.Said { CallId = "c1", At = s_start.AddSeconds(8), Entry = new TranscriptEntry(TranscriptSpeaker.Caller, "Hello \"there\"\n\0", 0, 900) },
            new CallFact.OutcomeRecorded { CallId = "c1", At = s_start.AddSeconds(40), Outcome = new CallOutcome { Status = CallOutcomeStatus.Confirmed, Date = new DateOnly(2027, 6, 11), Time = new TimeOnly(19, 30) } },
            new CallFact.Recorded { CallId = "c1", At = s_start.AddSeconds(41), Recording = new CallRecording("2026/c1.wav", 40_000, 1_280_044, 2) },
            Report("c1", CallState.Completed, 45),
        ];
        CallRecord written = Assert.Single(await test.Store.AppendAsync(facts, default));
        CallRecord read = (await test.Store.GetAsync("c1", default))!;
        Assert.Equal(written, read);
        Assert.Equal(facts.Aggregate((CallRecord?)null, CallFold.Apply), read);
        Assert.Equal(read, await test.Store.FindBySidAsync("CA1", default));
        IReadOnlyList<StoredFact> stored = await test.Store.ReadFactsAsync("c1", 0, 100, default);
        Assert.Equal(facts, stored.Select(f => f.Fact));
        Assert.Equal(facts[5..], (await test.Store.ReadFactsAsync("c1", stored[4].Position, 100, default)).Select(f => f.Fact));
        Assert.Null(await test.Store.GetAsync("c2", default));
        Assert.Null(await test.Store.FindBySidAsync("CA2", default));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Writes_a_fact_once_however_often_it_comes(string kind)
    {
        await using StoreUnderTest test = await StoreUnderTest.CreateAsync(kind);
        CallFact[] facts = [Created("c1", 0), .. Enumerable.Range(0, 5).Select(i => Said("c1", i))];
        await test.Store.AppendAsync(facts, default);
        await test.Store.AppendAsync(facts, default);
        await test.Store.AppendAsync([.. facts, .. facts], default);
        CallRecord call = (await test.Store.GetAsync("c1", default))!;
        Assert.Equal((5, 6L), (call.TranscriptTurns, call.Version));
        Assert.Equal(6, (await test.Store.ReadFactsAsync("c1", 0, 100, default)).Count);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Two_nodes_writing_to_the_same_call_lose_nothing(string kind)
    {
        await using StoreUnderTest test = await StoreUnderTest.CreateAsync(kind);
        await using ICallStore other = test.Open();
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => (i % 2 == 0 ? test.Store : other).AppendAsync([Said("c1", i), Said("c2", 1_000 + i)], default)));
        foreach (string id in (string[])["c1", "c2"])
        {
            CallRecord call = (await other.GetAsync(id, default))!;
            Assert.Equal((40, 40L), (call.TranscriptTurns, call.Version));
            Assert.Equal(40, (await test.Store.ReadFactsAsync(id, 0, 100, default)).Count);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Lists_with_filters_page_by_page(string kind)
    {
        await using StoreUnderTest test = await StoreUnderTest.CreateAsync(kind);
        List<CallFact> facts = [];
        for (int i = 0; i < 25; i++)
        {
            facts.Add(Created($"c{i:00}", i / 2, to: i % 2 == 0 ? "+14155550123" : "+4930123456") with { Agent = i < 20 ? "book" : "cancel" });
            facts.Add(Report($"c{i:00}", i % 5 == 0 ? CallState.Busy : CallState.Completed, i + 60));
        }

        await test.Store.AppendAsync(facts, default);
        List<string> seen = [];
        string? cursor = null;
        do
        {
            CallPage page = await test.Store.ListAsync(new CallQuery { Limit = 7, Cursor = cursor }, default);
            seen.AddRange(page.Calls.Select(c => c.Id));
            cursor = page.Next;
        }
        while (cursor is not null);
        Assert.Equal(Enumerable.Range(0, 25).Select(i => $"c{i:00}").Reverse(), seen);

        Assert.Equal(5, (await test.Store.ListAsync(new CallQuery { States = [CallState.Busy] }, default)).Calls.Count);
        Assert.Equal(25, (await test.Store.ListAsync(new CallQuery { States = [CallState.Busy, CallState.Completed], Direction = CallDirection.Outbound }, default)).Calls.Count);
        Assert.Equal(13, (await test.Store.ListAsync(new CallQuery { Number = "+14155550123" }, default)).Calls.Count);
        Assert.Equal(5, (await test.Store.ListAsync(new CallQuery { Agent = "cancel" }, default)).Calls.Count);
        Assert.Equal(5, (await test.Store.ListAsync(new CallQuery { From = s_start.AddSeconds(10) }, default)).Calls.Count);
        Assert.Equal(4, (await test.Store.ListAsync(new CallQuery { Until = s_start.AddSeconds(2) }, default)).Calls.Count);
        Assert.Empty((await test.Store.ListAsync(new CallQuery { Direction = CallDirection.Inbound }, default)).Calls);
        await Assert.ThrowsAsync<FormatException>(() => test.Store.ListAsync(new CallQuery { Cursor = "'; DROP TABLE calls" }, default));
        await Assert.ThrowsAsync<FormatException>(() => test.Store.ListAsync(new CallQuery { Cursor = "YWJj" }, default));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Forgets_by_id_number_and_age_and_names_the_recordings(string kind)
    {
        await using StoreUnderTest test = await StoreUnderTest.CreateAsync(kind);
        await test.Store.AppendAsync(
            [
                Created("old", 0), new CallFact.Recorded { CallId = "old", At = s_start, Recording = new CallRecording("old.wav", 1, 1, 1) }, Report("old", CallState.Completed, 60),
                Created("new", 0), Report("new", CallState.Completed, 6_000),
                Created("other", 0, to: "+4930123456"), Report("other", CallState.Busy, 6_000),
                Created("running", 0), Report("running", CallState.InProgress, 10),
            ],
            default);
        await Assert.ThrowsAsync<ArgumentException>(() => test.Store.DeleteAsync(new CallDeletionQuery(), default));
        CallDeletion aged = await test.Store.DeleteAsync(new CallDeletionQuery { EndedBefore = s_start.AddSeconds(3_600) }, default);
        Assert.Equal(["old"], aged.CallIds);
        Assert.Equal(["old.wav"], aged.Recordings);
        Assert.Equal(["other"], (await test.Store.DeleteAsync(new CallDeletionQuery { Number = "+4930123456" }, default)).CallIds);
        Assert.Empty((await test.Store.DeleteAsync(new CallDeletionQuery { CallId = "running" }, default)).CallIds);
        Assert.Equal(["new"], (await test.Store.DeleteAsync(new CallDeletionQuery { CallId = "new" }, default)).CallIds);
        Assert.Empty(await test.Store.ReadFactsAsync("old", 0, 10, default));
        Assert.Equal(["running"], (await test.Store.ListAsync(new CallQuery(), default)).Calls.Select(c => c.Id));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_deleted_call_is_not_brought_back_by_a_late_callback(string kind)
    {
        await using StoreUnderTest test = await StoreUnderTest.CreateAsync(kind);
        await test.Store.AppendAsync([Created("c1", 0), Report("c1", CallState.Completed, 60)], default);
        await test.Store.DeleteAsync(new CallDeletionQuery { CallId = "c1" }, default);
        Assert.Empty(await test.Store.AppendAsync([Report("c1", CallState.Ringing, 2)], default));
        Assert.Null(await test.Store.GetAsync("c1", default));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Adds_up_what_was_dialled(string kind)
    {
        await using StoreUnderTest test = await StoreUnderTest.CreateAsync(kind, new FixedTime(s_start.AddSeconds(100)));
        await test.Store.AppendAsync(
            [
                Created("a", 0), Report("a", CallState.InProgress, 10), Report("a", CallState.Completed, 40), // 30 s
                Created("b", 50), Report("b", CallState.InProgress, 60),                                      // 40 s so far
                Created("c", 70, to: "+4930123456"), Report("c", CallState.NoAnswer, 90),
                Created("d", 70) with { Direction = CallDirection.Inbound },
                Created("e", -500),
            ],
            default);
        Assert.Equal(new OutboundTally(3, 70, 1), await test.Store.TallyOutboundAsync(s_start, null, default));
        Assert.Equal(new OutboundTally(1, 0, 0), await test.Store.TallyOutboundAsync(s_start, "+4930123456", default));
        Assert.Equal(new OutboundTally(0, 0, 0), await test.Store.TallyOutboundAsync(s_start.AddDays(1), null, default));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_token_is_spent_once_over_all_nodes(string kind)
    {
        await using StoreUnderTest test = await StoreUnderTest.CreateAsync(kind);
        await using ICallStore other = test.Open();
        bool[] spent = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => (i % 2 == 0 ? test.Store : other).TrySpendAsync("t1", DateTimeOffset.UtcNow.AddMinutes(1), default)));
        Assert.Single(spent, s => s);
        Assert.True(await other.TrySpendAsync("t2", DateTimeOffset.UtcNow.AddMinutes(-1), default));
        Assert.True(await other.TrySpendAsync("t2", DateTimeOffset.UtcNow.AddMinutes(1), default)); // long past: nobody could show it any more
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Finds_the_calls_of_a_node_that_died_or_was_started_again(string kind)
    {
        await using StoreUnderTest test = await StoreUnderTest.CreateAsync(kind);
        await test.Store.BeatAsync("a", "1", s_start, default);
        await test.Store.BeatAsync("b", "1", s_start.AddSeconds(90), default);
        await test.Store.BeatAsync("c", "1", s_start.AddSeconds(90), default);
        await test.Store.BeatAsync("c", "2", s_start.AddSeconds(91), default);
        await test.Store.AppendAsync(
            [
                Created("dead", 0) with { Node = "a/1" }, Created("alive", 0) with { Node = "b/1" }, Created("restarted", 0) with { Node = "c/1" },
                Created("over", 0) with { Node = "a/1" }, Report("over", CallState.Busy, 5), Created("nobody", 0) with { Node = null }, Created("fresh", 85) with { Node = null },
            ],
            default);
        IReadOnlyList<CallRecord> orphans = await test.Store.FindOrphansAsync(s_start.AddSeconds(60), 10, default);
        Assert.Equal(["dead", "nobody", "restarted"], orphans.Select(c => c.Id).Order());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Keeps_conversations(string kind)
    {
        await using StoreUnderTest test = await StoreUnderTest.CreateAsync(kind);
        await test.Store.AppendConversationAsync("s1", ["""{"n":1}""", """{"n":2}"""], s_start, default);
        await test.Store.AppendConversationAsync("s2", ["""{"other":true}"""], s_start, default);
        await test.Store.AppendConversationAsync("s1", ["""{"n":3}"""], s_start, default);
        await using ICallStore restarted = test.Open();
        Assert.Equal(["""{"n":1}""", """{"n":2}""", """{"n":3}"""], await restarted.ReadConversationAsync("s1", null, default));
        Assert.Equal(["""{"n":2}""", """{"n":3}"""], await restarted.ReadConversationAsync("s1", 2, default));
        Assert.Equal("""{"n":3}""", await restarted.PopConversationAsync("s1", default));
        Assert.True(await restarted.DeleteConversationAsync("s1", default));
        Assert.False(await restarted.DeleteConversationAsync("s1", default));
        Assert.Empty(await restarted.ReadConversationAsync("s1", null, default));
        Assert.Null(await restarted.PopConversationAsync("s1", default));
        Assert.Single(await restarted.ReadConversationAsync("s2", null, default));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Nodes_that_start_together_migrate_once(string kind)
    {
        await using StoreUnderTest test = await StoreUnderTest.CreateAsync(kind);
        ICallStore[] nodes = [.. Enumerable.Range(0, 5).Select(_ => test.Open())];
        await Task.WhenAll(nodes.Select(n => n.MigrateAsync(default)));
        await nodes[3].AppendAsync([Created("c1", 0)], default);
        Assert.NotNull(await nodes[4].GetAsync("c1", default));
        foreach (ICallStore node in nodes)
        {
            await node.DisposeAsync();
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Goes_forward_over_an_older_schema_and_refuses_a_newer_one(string kind)
    {
        await using StoreUnderTest test = await StoreUnderTest.CreateAsync(kind);
        await test.Store.AppendAsync([Created("c1", 0)], default);
        SqlDialect Dialect() => kind == "sqlite" ? new SqliteDialect(test.Address) : new PostgresDialect(test.Address);
        await using (SqlCallStore newer = new(Dialect(), TimeProvider.System, [.. SqlMigrations.For(Dialect()), "ALTER TABLE calls ADD COLUMN colour TEXT", "UPDATE calls SET colour = 'blue'"]))
        {
            await newer.MigrateAsync(default);
            await newer.MigrateAsync(default);
            Assert.NotNull(await newer.GetAsync("c1", default));
        }

        await using ICallStore old = test.Open();
        CallStoreException refused = await Assert.ThrowsAsync<CallStoreException>(() => old.MigrateAsync(default));
        Assert.True(refused.IsPermanent);
        Assert.Contains("newer version", refused.Message);
    }

    [Fact]
    public async Task Says_what_is_wrong_with_a_file_that_is_no_database()
    {
        string file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, new string('x', 5_000));
        await using ICallStore store = CallStores.Sqlite(file, TimeProvider.System);
        CallStoreException exception = await Assert.ThrowsAsync<CallStoreException>(() => store.MigrateAsync(default));
        Assert.True(exception.IsPermanent);
        File.Delete(file);
    }

    [Fact]
    public async Task Says_that_a_server_cannot_be_reached_without_telling_the_password()
    {
        await using ICallStore store = CallStores.Postgres("postgresql://someone:geheim@127.0.0.1:9/calls", TimeProvider.System);
        CallStoreException exception = await Assert.ThrowsAsync<CallStoreException>(() => store.GetAsync("c", default));
        Assert.False(exception.IsPermanent);
        Assert.DoesNotContain("geheim", exception.ToString());
    }

    [Theory]
    [InlineData("postgresql://me:p%40ss@db.example.com:6432/calls?sslmode=require", "Host=db.example.com;Port=6432;Username=me;Password=p@ss;Database=calls;SSL Mode=Require")]
    [InlineData("postgres://db.example.com/calls", "Host=db.example.com;Port=5432;Database=calls")]
    [InlineData("Host=h;Database=d;Username=u", "Host=h;Database=d;Username=u")]
    public void Reads_either_spelling_of_an_address(string text, string expected) => Assert.Equal(expected, PostgresAddress.ToConnectionString(text));

    [Theory]
    [InlineData("mysql://h/d")]
    [InlineData("postgresql://h/a/b")]
    [InlineData("Hots=h")]
    [InlineData("")]
    [InlineData("postgresql://u:geheim@h/d?nonsense=1")]
    public void Refuses_an_address_that_is_none(string text) => Assert.DoesNotContain("geheim", Assert.Throws<FormatException>(() => PostgresAddress.ToConnectionString(text)).Message);

    private static CallFact.Created Created(string id, int second, string to = "+14155550123") => new()
    {
        CallId = id,
        At = s_start.AddSeconds(second),
        Direction = CallDirection.Outbound,
        From = "+14155550100",
        To = to,
        Agent = "book",
        Node = "a/1",
    };

    private static CallFact.Reported Report(string id, CallState state, int second) => new()
    {
        CallId = id,
        At = s_start.AddSeconds(second),
        State = state,
        Cause = "callback",
        Source = CallFactSource.Callback,
    };

    private static CallFact.Said Said(string id, int i) => new()
    {
        CallId = id,
        At = s_start.AddSeconds(i),
        FactId = $"{id}:{i}",
        Entry = new TranscriptEntry(TranscriptSpeaker.Agent, $"Line {i}", i * 1_000, (i * 1_000) + 500),
    };

    private sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
