using Concierge.Calls.Carrier;
using Concierge.Calls.Journal;
using Concierge.Calls.Life;
using Concierge.Calls.Outbound;
using Concierge.Calls.Policy;
using Concierge.Calls.Store;
using Concierge.Calls.Twilio;
using Concierge.Server.Configuration;

namespace Concierge.Server.Node;

/// <summary>What a node has beside its streams: the store, the book, the carrier, and the settler that goes round. Runs from its making to its disposal.</summary>
internal sealed class NodeCalls : IAsyncDisposable
{
    private static readonly TimeSpan s_migrationPatience = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _stopping = new();
    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private Task _settling = Task.CompletedTask;
    private int _disposed;

    private NodeCalls(CallsOptions options, ICallStore store, CallBook book, ICarrierClient? carrier, OutboundCalls? outbound, CallSettler settler, TimeProvider time, ILogger log)
    {
        Options = options;
        Store = store;
        Book = book;
        Carrier = carrier;
        Outbound = outbound;
        Settler = settler;
        Notes = new SealedNote(time, options.Carrier is { } account ? [account.Secret] : []);
        Rounds = new ScribeRounds(time);
        _time = time;
        _log = log;
    }

    public CallsOptions Options { get; }

    public ICallStore Store { get; }

    public CallBook Book { get; }

    /// <summary>The carrier's REST API; null when none is configured.</summary>
    public ICarrierClient? Carrier { get; }

    /// <summary>Places calls; null when no carrier and number are configured.</summary>
    public OutboundCalls? Outbound { get; }

    public CallSettler Settler { get; }

    /// <summary>What nodes of a fleet tell each other by way of the carrier.</summary>
    public SealedNote Notes { get; }

    /// <summary>Has the words of running streams written down.</summary>
    public ScribeRounds Rounds { get; }

    /// <summary>Opens the store and the book. A database that is not reachable is not waited for: the journal keeps what happens.</summary>
    /// <exception cref="CallStoreException">The store can never be used as it is.</exception>
    public static async Task<NodeCalls> OpenAsync(CallsOptions options, Uri? publicUrl, IHttpClientFactory http, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        ICallStore store = OpenStore(options, time);
        ILogger log = loggers.CreateLogger<NodeCalls>();
        try
        {
            bool migrated = await TryMigrateAsync(store, log, cancellationToken);
            string node = $"{options.NodeName}/{Guid.NewGuid().ToString("n")[..8]}";
            CallBook book = new(
                store, new CallJournalOptions { SpillPath = Path.Combine(options.DataDirectory, $"spill-{options.NodeName}.jsonl") }, node, time, loggers.CreateLogger<CallJournal>());
            ICarrierClient? carrier = options.Carrier is { } account ? new TwilioClient(http, account, time) : null;
            OutboundCallsOptions? how = carrier is not null && options.PhoneNumber is { } number && publicUrl is not null ? Describe(options, number, publicUrl) : null;
            OutboundCalls? outbound = how is null ? null : new OutboundCalls(how, carrier!, book, new DestinationPolicy(options.Policy, time), loggers.CreateLogger<OutboundCalls>());
            CallSettler settler = new(book, carrier, how, Settling(options), time, loggers.CreateLogger<CallSettler>());
            NodeCalls calls = new(options, store, book, carrier, outbound, settler, time, log);
            calls._settling = Task.Run(() => calls.SettleAsync(migrated), CancellationToken.None);
            return calls;
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _stopping.CancelAsync();
        await _settling;
        Rounds.Dispose();
        await Book.DisposeAsync();
        await Store.DisposeAsync();
        _stopping.Dispose();
    }

    internal static ICallStore OpenStore(CallsOptions options, TimeProvider time) => options.DatabaseUrl is { } url
        ? CallStores.Postgres(url, time)
        : CallStores.Sqlite(Path.Combine(options.DataDirectory, "calls.db"), time);

    private static OutboundCallsOptions Describe(CallsOptions options, string number, Uri publicUrl)
    {
        OutboundCallsOptions how = new()
        {
            From = number,
            PublicUrl = publicUrl,
            RingTimeout = options.RingTimeout,
            TimeLimit = options.TimeLimit,
            Voicemail = options.Voicemail,
            Agents = options.Agents,
            LogNumbers = options.LogPersonalData,
        };
        return options.VoicemailMessage is { } message ? how with { VoicemailMessage = message } : how;
    }

    private static CallSettlerOptions Settling(CallsOptions options) => new()
    {
        Interval = options.SettleInterval,
        CallbackGrace = options.CallbackGrace,
        Retention = options.Retention,
        RecordingsFolder = options.RecordingsDirectory,
    };

    private static async Task<bool> TryMigrateAsync(ICallStore store, ILogger log, CancellationToken cancellationToken)
    {
        try
        {
            await store.MigrateAsync(cancellationToken).WaitAsync(s_migrationPatience, cancellationToken);
            return true;
        }
        catch (CallStoreException exception) when (!exception.IsPermanent)
        {
            NodeLog.StoreNotReady(log, exception.Message);
        }
        catch (TimeoutException)
        {
            NodeLog.StoreNotReady(log, "It does not answer in time.");
        }

        return false;
    }

    private async Task SettleAsync(bool migrated)
    {
        while (!migrated && !_stopping.IsCancellationRequested)
        {
            await Task.Delay(Options.SettleInterval, _time, _stopping.Token).ContinueWith(static _ => { }, TaskScheduler.Default);
            try
            {
                migrated = await TryMigrateAsync(Store, _log, _stopping.Token);
            }
            catch (Exception exception) when (exception is CallStoreException or OperationCanceledException)
            {
                NodeLog.StoreNotReady(_log, exception.Message);
            }
        }

        await Settler.RunAsync(_stopping.Token);
    }
}
