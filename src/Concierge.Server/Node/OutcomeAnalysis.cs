using System.Globalization;
using System.Text;
using System.Text.Json;
using Concierge.Agents;
using Concierge.Agents.Guardrails;
using Concierge.Agents.Ready;
using Concierge.Agents.Text;
using Concierge.Calls.Life;
using Concierge.Calls.Outcome;
using Concierge.Calls.Store;
using Concierge.Pipelines;
using Concierge.Server.Requests;
using TranscriptEntry = Concierge.Calls.Outcome.TranscriptEntry;

namespace Concierge.Server.Node;

/// <summary>
/// The second source of outcomes: when a call that was placed is over and its agent recorded nothing, its transcript is read, by the Transcript Analysis agent or, without a
/// model or when it fails, by rules. A number that the other side did not say does not count. Each call is read once; what comes of it is a fact of the call.
/// </summary>
/// <param name="cast">The agents.</param>
/// <param name="model">What the agent thinks with; rules are used in place of a simulated one.</param>
/// <param name="calls">The call book.</param>
/// <param name="loggers">Where failures are noted.</param>
internal sealed class OutcomeAnalysis(Func<AgentCast> cast, ITextModel model, NodeCalls calls, ILoggerFactory loggers) : IAsyncDisposable
{
    private const double Unproved = 0.5;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly ILogger _log = loggers.CreateLogger<OutcomeAnalysis>();
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Task<CallOutcome?>> _running = new(StringComparer.Ordinal);
    private readonly HashSet<string> _later = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();
    private bool _disposed;

    /// <summary>Reads a call whose stream has just ended here. Returns at once. A call of several streams is read as a whole when it is over, and not from one of them.</summary>
    /// <param name="call">What it was about.</param>
    /// <param name="result">What was said.</param>
    public void Begin(CallRecord call, CallResult result)
    {
        if (result.Reason.GoesOn() || call.Streams > 1)
        {
            _ = ReadLaterAsync(call);
        }
        else
        {
            _ = RunAsync(call, _ => Task.FromResult<IReadOnlyList<TranscriptEntry>>([.. result.Transcript.Select(e => CallScribe.Turn(e, TimeSpan.Zero))]));
        }
    }

    /// <summary>The outcome of a call that is over, once it has been read.</summary>
    /// <param name="call">The call.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>Null when nothing was settled.</returns>
    public Task<CallOutcome?> AnalyseAsync(CallRecord call, CancellationToken cancellationToken) =>
        RunAsync(call, token => ReadTranscriptAsync(call, token)).WaitAsync(cancellationToken);

    /// <summary>What was said on a call, as far as the store has it.</summary>
    public async Task<IReadOnlyList<TranscriptEntry>> ReadTranscriptAsync(CallRecord call, CancellationToken cancellationToken)
    {
        await calls.Book.FlushAsync(cancellationToken);
        return CallTranscripts.Read((await CallHistory.ReadAsync(calls.Store, call.Id, cancellationToken)).Select(f => f.Fact));
    }

    public async ValueTask DisposeAsync()
    {
        Task[] running;
        lock (_gate)
        {
            _disposed = true;
            running = [.. _running.Values];
        }

        await _stopping.CancelAsync();
        await Task.WhenAll(running);
        _stopping.Dispose();
    }

    private async Task ReadLaterAsync(CallRecord call)
    {
        CancellationToken stopping;
        lock (_gate)
        {
            if (_disposed || calls.Outbound is null || !_later.Add(call.Id))
            {
                return;
            }

            stopping = _stopping.Token;
        }

        try
        {
            await AnalyseAsync(await calls.Outbound.WaitForEndAsync(call.Id, stopping), stopping);
        }
        catch (Exception exception) when (exception is OperationCanceledException or CallStoreException or KeyNotFoundException)
        {
            RequestLog.TranscriptNotRead(_log, call.Id, exception is OperationCanceledException ? "The node is stopping." : exception.Message);
        }
        finally
        {
            lock (_gate)
            {
                _later.Remove(call.Id);
            }
        }
    }

    private Task<CallOutcome?> RunAsync(CallRecord call, Func<CancellationToken, Task<IReadOnlyList<TranscriptEntry>>> transcript)
    {
        lock (_gate)
        {
            if (_disposed || call is not ({ Reservation: not null } or { Direction: CallDirection.Outbound, Request: not null }))
            {
                return Task.FromResult<CallOutcome?>(null);
            }

            if (!_running.TryGetValue(call.Id, out Task<CallOutcome?>? running))
            {
                _running[call.Id] = running = Task.Run(() => WorkAsync(call, transcript));
            }

            return running;
        }
    }

    private async Task<CallOutcome?> WorkAsync(CallRecord call, Func<CancellationToken, Task<IReadOnlyList<TranscriptEntry>>> transcript)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        limit.CancelAfter(s_patience);
        try
        {
            CallRecord now = await calls.Book.GetAsync(call.Id, limit.Token) ?? call;
            if (now.Outcome is not null || now.ReachedMachine)
            {
                return now.Outcome;
            }

            IReadOnlyList<TranscriptEntry> turns = await transcript(limit.Token);
            if (!turns.Any(t => t.Speaker == TranscriptSpeaker.Caller && t.Text.Length > 0))
            {
                return null;
            }

            CallOutcome? outcome = await AskModelAsync(call, turns, limit.Token) ?? TranscriptOutcome.Read(turns, call.Reservation);
            if (outcome is null)
            {
                return null;
            }

            // Whoever reads the same transcript again, on whichever node, changes nothing.
            calls.Book.Record(new CallFact.OutcomeRecorded { CallId = call.Id, FactId = call.Id + ":outcome:transcript", At = calls.Book.Now, Outcome = outcome });
            RequestLog.OutcomeRead(_log, call.Id, outcome.Status.ToString(), outcome.Confidence ?? 0);
            return outcome;
        }
        catch (CallStoreException exception)
        {
            RequestLog.TranscriptNotRead(_log, call.Id, exception.Message);
            return null;
        }
        catch (OperationCanceledException)
        {
            RequestLog.TranscriptNotRead(_log, call.Id, _stopping.IsCancellationRequested ? "The node is stopping." : "It took too long.");
            return null;
        }
        catch (Exception exception)
        {
            // A fault of this program. Nobody may be waiting who would hear of it, and the node must still stop in order.
            RequestLog.AnalysisFailed(_log, call.Id, exception);
            return null;
        }
        finally
        {
            lock (_gate)
            {
                _running.Remove(call.Id);
            }
        }
    }

    private async Task<CallOutcome?> AskModelAsync(CallRecord call, IReadOnlyList<TranscriptEntry> turns, CancellationToken cancellationToken)
    {
        AgentCast current = cast();
        if (model.IsSimulated || !current.Set.TryFind(ReadyAgents.TranscriptAnalysis, out Agent? analyst))
        {
            return null;
        }

        try
        {
            AgentContext context = current.CreateContext(call.Id);
            TextRunResult answer = await new TextRunner(current.Set, model, new TextRunnerOptions { Loggers = loggers })
                .RunAsync(Describe(call, turns), [], context, analyst.Name, cancellationToken: cancellationToken);
            return Read(answer.Text, turns);
        }
        catch (Exception exception) when (exception is TextModelException or JsonException)
        {
            RequestLog.ModelDidNotRead(_log, call.Id, exception is JsonException ? "Its answer is not the data it was asked for." : exception.Message);
            return null;
        }
    }

    private static string Describe(CallRecord call, IReadOnlyList<TranscriptEntry> turns)
    {
        var text = new StringBuilder("The call was for this:\n");
        text.Append(call.Reservation is { } details ? JsonSerializer.Serialize(details, CallFactJson.Default.ReservationDetails) : call.Request).Append("\n\nThe transcript:\n");
        foreach (TranscriptEntry turn in turns)
        {
            text.Append(turn.Speaker == TranscriptSpeaker.Agent ? "We: " : "Restaurant: ").Append(turn.Text).Append('\n');
        }

        return SensitiveText.Mask(text.ToString());
    }

    /// <summary>What the model answered, held against what was said.</summary>
    /// <exception cref="JsonException">It is not an outcome.</exception>
    internal static CallOutcome Read(string answer, IReadOnlyList<TranscriptEntry> turns)
    {
        using JsonDocument document = JsonDocument.Parse(answer);
        JsonElement root = document.RootElement;
        string? Text(string name) => root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException("It is no object.");
        }

        if (!Enum.TryParse(Text("status"), ignoreCase: true, out CallOutcomeStatus status) || !Enum.IsDefined(status))
        {
            throw new JsonException("There is no status.");
        }

        double confidence = root.TryGetProperty("confidence", out JsonElement sure) && sure.ValueKind == JsonValueKind.Number ? Math.Clamp(sure.GetDouble(), 0, 1) : Unproved;
        string? number = Text("confirmation_number") is { } given && ConfirmationNumber.Normalise(given) is { Length: > 0 } normal ? normal : null;
        if (number is not null && !TranscriptOutcome.Said(turns, number))
        {
            (number, confidence) = (null, Math.Min(confidence, Unproved));
        }

        return new CallOutcome
        {
            Status = status,
            ConfirmationNumber = number,
            Date = DateOnly.TryParseExact(Text("date"), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly date) ? date : null,
            Time = TimeOnly.TryParseExact(Text("time"), ["HH:mm", "H:mm"], CultureInfo.InvariantCulture, DateTimeStyles.None, out TimeOnly time) ? time : null,
            PartySize = root.TryGetProperty("party_size", out JsonElement guests) && guests.ValueKind == JsonValueKind.Number && guests.TryGetInt32(out int size) && size is >= 1 and <= 50 ? size : null,
            Name = Text("name"),
            Notes = Text("notes"),
            Modified = root.TryGetProperty("modified", out JsonElement modified) && modified.ValueKind == JsonValueKind.True,
            Source = CallOutcomeSource.Transcript,
            Confidence = confidence,
        };
    }
}
