using Concierge.Calls.Journal;
using Concierge.Calls.Life;
using Concierge.Calls.Store;
using Concierge.Calls.Tests.Journal;
using Concierge.Calls.Tests.Store;

namespace Concierge.Calls.Tests.Life;

public sealed class CallBookTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("concierge-book-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_call_that_ends_while_it_is_read_is_told_as_it_ended()
    {
        await using StoreUnderTest test = await StoreUnderTest.CreateAsync("sqlite");
        GatedStore store = new(test.Store);
        await using CallBook book = Open(store);
        book.Record(Created());
        await book.FlushAsync(default);
        int reads = 0;
        store.AfterGet = async () =>
        {
            if (Interlocked.Increment(ref reads) == 1)
            {
                // The record is read; now the call ends, reaches the store, and this node forgets it.
                book.Record(new CallFact.Reported { CallId = "c1", At = book.Now, State = CallState.Completed, Cause = "callback", Source = CallFactSource.Callback });
                await book.FlushAsync(default);
                await UntilAsync(() => book.FindLocal("c1") is null);
            }
        };
        CallRecord? call = await book.GetAsync("c1", default);
        Assert.Equal(CallState.Completed, call?.State);
        Assert.Equal(2, reads);
    }

    [Fact]
    public async Task What_this_node_knows_by_itself_needs_no_store_and_begins_with_the_beginning()
    {
        await using StoreUnderTest test = await StoreUnderTest.CreateAsync("sqlite");
        await using CallBook book = Open(new GatedStore(test.Store) { State = GatedStore.Line.Down });
        book.Record(new CallFact.StreamStarted { CallId = "c1", At = book.Now, StreamSid = "MZ1", CallSid = "CA1" });
        Assert.Null(book.FindLocal("c1")); // whom it is for, another node knows
        book.Record(Created());
        Assert.Equal("Desk", book.FindLocal("c1")?.Agent);
        Assert.Null(book.FindLocal("c2"));
    }

    private static CallFact.Created Created() => new() { CallId = "c1", At = DateTimeOffset.UnixEpoch, Direction = CallDirection.Outbound, To = "+14155550123", Agent = "Desk" };

    private CallBook Open(ICallStore store) => new(store, new CallJournalOptions { SpillPath = Path.Combine(_folder, "spill.jsonl") }, "n/1", new StoppedClock());

    private static async Task UntilAsync(Func<bool> condition)
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(60));
        while (!condition())
        {
            await Task.Delay(5, patience.Token);
        }
    }

    /// <summary>Time stands still, so that no limit runs out on a busy machine.</summary>
    private sealed class StoppedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new Never();

        private sealed class Never : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
