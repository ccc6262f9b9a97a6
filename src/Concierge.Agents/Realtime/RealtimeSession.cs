using Concierge.Agents.Guardrails;
using Concierge.Agents.Tools;
using Concierge.Agents.Usage;
using Concierge.Pipelines;
using Concierge.Protocols.MediaStreams;
using Concierge.Protocols.Realtime;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Concierge.Agents.Realtime;

/// <summary>
/// Agents on one telephone call: configures the model's session from the agent that speaks, carries out its tools beside the call's control loop, hands over between
/// agents, watches what is said, and tells what happens. One instance per call; the members of the session may be used from any thread.
/// </summary>
public sealed partial class RealtimeSession : ICallController
{
    private readonly AgentSet _set;
    private readonly RealtimeRunnerOptions _options;
    private readonly ILogger _logger;
    private readonly SessionEventStream _events;
    private readonly GuardrailRunner _guardrails;
    private readonly LiveAnswers _answers;
    private readonly SessionTrace _trace;
    private readonly ToolRunner _tools;
    private readonly CancellationTokenSource _over = new();
    private readonly long _started;
    private volatile OfferedTools _offered;
    private volatile ICallControl? _call;
    private OfferedTools? _responding; // what the response that runs was offered
    private bool _hasSpoken;
    private volatile bool _begun; // somebody has spoken
    private int _trips;
    private int _localItems;

    internal RealtimeSession(AgentSet set, Agent start, AgentContext context, RealtimeRunnerOptions options)
    {
        _set = set;
        _options = options;
        Context = context;
        _logger = options.Loggers?.CreateLogger<RealtimeSession>() ?? (ILogger)NullLogger.Instance;
        _offered = new OfferedTools(start, [], context, set);
        _events = new SessionEventStream(options.EventCapacity, _logger);
        _guardrails = new GuardrailRunner(context, options.Time, _logger);
        _answers = new LiveAnswers(_guardrails, options.GuardrailInterval, OnAnswerTripped);
        Usage = new UsageMeter(options.Price);
        _trace = new SessionTrace(context, Usage, options.Session.Model ?? "realtime", options.Traced);
        _tools = new ToolRunner(context, options.Time, _logger) { Approve = AskApprovalAsync, Parent = () => _trace.Current };
        _started = options.Time.GetTimestamp();
    }

    /// <summary>What the conversation knows besides its words.</summary>
    public AgentContext Context { get; }

    /// <summary>Who speaks now.</summary>
    public Agent CurrentAgent => _offered.Agent;

    /// <summary>Everything said and called, each item once.</summary>
    public SessionHistory History { get; } = new();

    /// <summary>What the call has used so far: per response, turn, agent and in all.</summary>
    public UsageMeter Usage { get; }

    private TimeSpan Now => _options.Time.GetElapsedTime(_started);

    /// <summary>The session's events from now on, until the call ends. A reader that is slower than <see cref="RealtimeRunnerOptions.EventCapacity"/> loses the oldest.</summary>
    public IAsyncEnumerable<RealtimeSessionEvent> EventsAsync(CancellationToken cancellationToken = default) => _events.ReadAsync(cancellationToken);

    /// <summary>Calls back for each event, on the call's control loop: it must return at once. Dispose what is returned to stop.</summary>
    public IDisposable Subscribe(Action<RealtimeSessionEvent> subscriber) => _events.Subscribe(subscriber);

    /// <summary>Says something to the agent in writing, as the other side.</summary>
    /// <param name="text">The message.</param>
    /// <param name="respond">Whether the agent should answer it.</param>
    /// <param name="cancellationToken">Gives up waiting for the guardrails.</param>
    /// <returns>The guardrail that kept the message back; null when it was sent.</returns>
    /// <exception cref="InvalidOperationException">The call has not begun.</exception>
    public async ValueTask<GuardrailTrip?> SendMessageAsync(string text, bool respond = true, CancellationToken cancellationToken = default)
    {
        ICallControl call = RequireCall();
        Agent agent = CurrentAgent;
        if (await _guardrails.CheckAsync(agent.InputGuardrails, text, agent, GuardrailStage.Input, _trace.Current, cancellationToken) is { } trip)
        {
            _events.Publish(new RealtimeSessionEvent.GuardrailTripped(Now, agent.Name, trip, null));
            return trip;
        }

        call.SendUserText(text);
        Record(new HistoryItem(LocalId(), HistoryRole.User, text, HistoryStatus.Completed, null, null, Now));
        if (respond)
        {
            call.RequestResponse();
        }

        return null;
    }

    /// <summary>Adds audio as though the other side had said it.</summary>
    /// <param name="muLaw">Mu-law octets at 8 kHz.</param>
    /// <param name="commit">Whether the turn ends with it; only where the model does not detect turns itself.</param>
    /// <exception cref="InvalidOperationException">The call has not begun.</exception>
    public void SendAudio(ReadOnlyMemory<byte> muLaw, bool commit = false) => RequireCall().SendAudio(muLaw, commit);

    /// <summary>Stops what the agent is saying at once.</summary>
    /// <exception cref="InvalidOperationException">The call has not begun.</exception>
    public void Interrupt() => RequireCall().Interrupt();

    /// <summary>Puts another agent on the line. It may be one that is not in the set; its hand-offs are to agents of the set.</summary>
    /// <param name="agent">The agent.</param>
    /// <param name="cancellationToken">Gives up waiting for the confirmation.</param>
    /// <exception cref="InvalidOperationException">The call has not begun, or the model's server refused the change: the agent is the old one.</exception>
    public async Task UpdateAgentAsync(Agent agent, CancellationToken cancellationToken = default)
    {
        RequireCall();
        if (await SwitchAsync(agent, cancellationToken) is { } refusal)
        {
            throw new InvalidOperationException($"The agent stays {CurrentAgent.Name}: {refusal}");
        }
    }

    /// <inheritdoc/>
    public CallConduct Conduct
    {
        get
        {
            AgentInterruption policy = CurrentAgent.Interruption;
            CallConduct conduct = CurrentAgent.Conduct ?? _options.Conduct;
            return policy == AgentInterruption.Allowed
                ? conduct
                : conduct with { BargeIn = conduct.BargeIn with { Allowed = policy != AgentInterruption.Never, ProtectOpening = policy == AgentInterruption.AfterGreeting } };
        }
    }

    /// <inheritdoc/>
    public async ValueTask<RealtimeSessionConfig> ConfigureAsync(StreamStart start, CancellationToken cancellationToken)
    {
        if (_options.Admit is not null)
        {
            await _options.Admit(start, cancellationToken);
        }

        if (_options.Choose is not null && await _options.Choose(start, Context, cancellationToken) is { } chosen)
        {
            _offered = _set.TryFind(chosen, out Agent? begins)
                ? new OfferedTools(begins, [], Context, _set)
                : throw new CallRejectedException(CallEndReason.ControllerFailed, $"There is no agent '{chosen}'; there are {string.Join(", ", _set.Agents.Select(a => a.Name))}.");
        }

        foreach ((string name, string value) in start.CustomParameters)
        {
            Context.Variables.TryAdd(name, value);
        }

        RealtimeSessionConfig config = await ExpectAsync(cancellationToken);
        _trace.BeginCall(CurrentAgent);
        return _options.VendorWorkflow is null ? config : config with { Tracing = VendorTracing() };
    }

    /// <summary>
    /// The model's session as the call will begin with, as far as it is known before there is a stream: for dialling ahead. What the stream brings (its parameters, the
    /// trace) is added when it is there.
    /// </summary>
    public async ValueTask<RealtimeSessionConfig> ExpectAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = _options.Time.GetLocalNow();
        Context.Variables.TryAdd("today", now.ToString("dddd, d MMMM yyyy", System.Globalization.CultureInfo.InvariantCulture));
        Context.Variables.TryAdd("now", now.ToString("HH:mm", System.Globalization.CultureInfo.InvariantCulture));
        Agent agent = CurrentAgent;
        _offered = new OfferedTools(agent, await ListServerToolsAsync(agent, cancellationToken), Context, _set);
        return agent.Model.Over(_options.Session) with
        {
            Instructions = PromptTemplate.Fill(agent.Instructions, Context.Variables),
            Tools = [.. _offered.Wire],
        };
    }

    /// <inheritdoc/>
    public async ValueTask OnEventAsync(CallEvent callEvent, ICallControl call, CancellationToken cancellationToken)
    {
        // Asynchronous although it waits for nothing: what the spans below make ambient stays in here.
        await ValueTask.CompletedTask;
        _call = call;
        _events.Publish(new RealtimeSessionEvent.RawEvent(Now, callEvent));
        _begun |= callEvent is CallEvent.CallerSpeechStarted or CallEvent.ToolCallRequested;
        switch (callEvent)
        {
            case CallEvent.ModelReady:
                Greet(call);
                break;
            case CallEvent.ResponseStarted started:
                _begun = true;
                _responding = _offered;
                _trace.BeginResponse(_offered.Agent.Name);
                _events.Publish(new RealtimeSessionEvent.AgentStart(Now, _offered.Agent.Name, started.ResponseId));
                break;
            case CallEvent.ResponseEnded ended:
                EndResponse(ended.Response);
                break;
            case CallEvent.ToolCallRequested request:
                OnToolCall(request, call);
                break;
            case CallEvent.SessionUpdated:
                Confirm(null);
                break;
            case CallEvent.ModelErrorReported { Error: var error }:
                if (error.EventId == ICallControl.SessionUpdateEventId)
                {
                    Confirm(error.Message ?? error.Code ?? "the server refused the change");
                }

                _events.Publish(new RealtimeSessionEvent.Error(Now, error.Code ?? error.Type ?? "error", error.Message ?? ""));
                break;
            case CallEvent.CallerTimedOut timedOut:
                _events.Publish(new RealtimeSessionEvent.InputTimeout(Now, timedOut.ItemId));
                break;
            case CallEvent.CallEnded ended:
                _over.Cancel();
                Confirm("the call is over");
                _trace.EndCall(ended.Reason);
                _events.Publish(new RealtimeSessionEvent.SessionEnd(Now, ended.Reason));
                break;
            default:
                OnSpeech(callEvent, call);
                break;
        }
    }

    private ICallControl RequireCall() =>
        _call ?? throw new InvalidOperationException("The call has not begun: give the session to a CallSession as its controller and wait for its first event.");

    private void Greet(ICallControl call)
    {
        AgentGreeting greeting = CurrentAgent.Greeting;
        if (greeting.SpeaksFirst)
        {
            Speak(call, greeting);
        }
        else if (greeting.HelloLimit > TimeSpan.Zero)
        {
            _ = GreetSilenceAsync(call, greeting);
        }
    }

    private void Speak(ICallControl call, AgentGreeting greeting) => call.RequestResponse(greeting.Words is { } words
        ? $"Greet the other side with exactly these words, and nothing else: \"{PromptTemplate.Fill(words, Context.Variables)}\""
        : null);

    /// <summary>The other side was to say hello first; when it does not, the agent speaks after all.</summary>
    private async Task GreetSilenceAsync(ICallControl call, AgentGreeting greeting)
    {
        try
        {
            await Task.Delay(greeting.HelloLimit, _options.Time, _over.Token);
            if (!_begun)
            {
                Speak(call, greeting);
            }
        }
        catch (OperationCanceledException)
        {
            // The call was over before.
        }
    }

    private void EndResponse(RealtimeResponseInfo response)
    {
        string agent = (_responding ?? _offered).Agent.Name;
        ResponseUsage? used = _trace.EndResponse(agent, response);
        _answers.Forget(response.Id ?? "");
        if (response.Status == "completed")
        {
            Interlocked.Exchange(ref _trips, 0);
        }
        else if (response.Error is { } error)
        {
            _events.Publish(new RealtimeSessionEvent.Error(Now, error.Code ?? error.Type ?? "response_failed", error.Message ?? "The model could not answer."));
        }

        _events.Publish(new RealtimeSessionEvent.AgentEnd(Now, agent, response.Id ?? "", response.Status ?? "completed", used));
    }

    private RealtimeTracing VendorTracing()
    {
        var metadata = new Dictionary<string, string> { ["conversation_id"] = Context.ConversationId };
        if (_trace.TraceId is { } id)
        {
            metadata["trace_id"] = id;
        }

        return RealtimeTracing.Auto with { WorkflowName = _options.VendorWorkflow, GroupId = Context.ConversationId, Metadata = metadata };
    }

    private string LocalId() => $"local_{Interlocked.Increment(ref _localItems)}";
}
