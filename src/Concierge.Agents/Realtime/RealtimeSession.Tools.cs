using System.Diagnostics;
using System.Text.Json.Nodes;
using Concierge.Agents.Tools;
using Concierge.Agents.Tracing;
using Concierge.Pipelines;
using Concierge.Protocols.Realtime;

namespace Concierge.Agents.Realtime;

/// <summary>What the agent does: tools, approvals, hand-offs.</summary>
public sealed partial class RealtimeSession
{
    // Made when they are first needed: most calls ask for no approval and change no agent. The first three under the gate.
    private readonly Lock _gate = new();
    private Dictionary<string, TaskCompletionSource<ToolApproval>>? _approvals;
    private HashSet<string>? _alwaysApproved;
    private Queue<TaskCompletionSource<string?>>? _updates;
    private Dictionary<string, Task<ToolResult>>? _handoffAnswers; // the control loop's own
    private int _handingOver;

    /// <summary>Lets a tool that waits for approval go ahead.</summary>
    /// <param name="callId">From <see cref="RealtimeSessionEvent.ToolApprovalRequired"/>.</param>
    /// <param name="always">Whether this tool needs no approval for the rest of the call.</param>
    /// <returns>False when no tool waits under this id.</returns>
    public bool ApproveToolCall(string callId, bool always = false) => Decide(callId, ToolApproval.Granted, always);

    /// <summary>Refuses a tool that waits for approval.</summary>
    /// <param name="callId">From <see cref="RealtimeSessionEvent.ToolApprovalRequired"/>.</param>
    /// <param name="reason">Why, for the model.</param>
    /// <returns>False when no tool waits under this id.</returns>
    public bool RejectToolCall(string callId, string? reason = null) => Decide(callId, ToolApproval.Refused(reason), always: false);

    private bool Decide(string callId, ToolApproval approval, bool always)
    {
        TaskCompletionSource<ToolApproval>? waiting = null;
        lock (_gate)
        {
            if (_approvals?.Remove(callId, out waiting) != true)
            {
                return false;
            }

            if (always && waiting!.Task.AsyncState is string tool)
            {
                (_alwaysApproved ??= []).Add(tool);
            }
        }

        return waiting!.TrySetResult(approval);
    }

    private async ValueTask<ToolApproval> AskApprovalAsync(AgentTool tool, ToolInvocation invocation, CancellationToken cancellationToken)
    {
        var waiting = new TaskCompletionSource<ToolApproval>(tool.Name, TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_alwaysApproved?.Contains(tool.Name) == true)
            {
                return ToolApproval.Granted;
            }

            (_approvals ??= [])[invocation.CallId] = waiting;
        }

        _events.Publish(new RealtimeSessionEvent.ToolApprovalRequired(Now, invocation.Agent, invocation.CallId, tool.Name, invocation.Arguments.GetRawText()));
        try
        {
            return await HereAsync(waiting.Task).WaitAsync(_options.ApprovalTimeout, _options.Time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return ToolApproval.Refused("nobody agreed in time");
        }
        finally
        {
            lock (_gate)
            {
                _approvals!.Remove(invocation.CallId);
            }
        }
    }

    // Not awaited: the control loop goes on while the tool works, and the answer comes back through the call.
    private void OnToolCall(CallEvent.ToolCallRequested request, ICallControl call) => _ = AnswerAsync(request, _responding ?? _offered, call);

    private async Task AnswerAsync(CallEvent.ToolCallRequested request, OfferedTools offered, ICallControl call)
    {
        ToolResult result;
        if (offered.FindHandoff(request.Name) is { } handoff)
        {
            // A call that is repeated gets the answer it had; the hand-off happens once. Up to here this runs on the control loop.
            _handoffAnswers ??= [];
            if (!_handoffAnswers.TryGetValue(request.CallId, out Task<ToolResult>? answer))
            {
                _handoffAnswers[request.CallId] = answer = HandOverAsync(handoff, request, offered);
            }

            result = await answer;
        }
        else
        {
            result = await RunToolAsync(request, offered, call);
        }

        call.SubmitToolOutput(request.CallId, result.Output, result.Respond);
    }

    private async Task<ToolResult> RunToolAsync(CallEvent.ToolCallRequested request, OfferedTools offered, ICallControl call)
    {
        AgentTool? tool = offered.FindTool(request.Name);
        string agent = offered.Agent.Name;
        bool repeated = _tools.IsKnown(request.CallId);
        long start = _options.Time.GetTimestamp();
        if (!repeated)
        {
            Record(new HistoryItem(request.CallId, HistoryRole.ToolCall, request.Arguments, HistoryStatus.InProgress, agent, request.Name, Now));
            _events.Publish(new RealtimeSessionEvent.ToolStart(Now, agent, request.CallId, request.Name, request.Arguments));
        }

        Task<ToolResult> work = _tools.RunAsync(tool, request.CallId, request.Name, request.Arguments, agent, call, offered.Names, _over.Token);
        if (!repeated && tool?.Options.Filler is { } filler && !work.IsCompleted)
        {
            await SpeakMeanwhileAsync(work, filler, call);
        }

        ToolResult result = await work;
        if (!repeated)
        {
            Record(new HistoryItem(request.CallId, HistoryRole.ToolCall, request.Arguments, HistoryStatus.Completed, agent, request.Name, Now));
            Record(new HistoryItem($"{request.CallId}.output", HistoryRole.ToolOutput, result.Output, HistoryStatus.Completed, agent, request.Name, Now));
            _events.Publish(new RealtimeSessionEvent.ToolEnd(Now, agent, request.CallId, request.Name, result.Output, result.IsError, _options.Time.GetElapsedTime(start)));
        }

        return result;
    }

    private async Task SpeakMeanwhileAsync(Task work, ToolFiller filler, ICallControl call)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_over.Token);
        Task pause = Task.Delay(filler.After, _options.Time, stop.Token);
        if (await Task.WhenAny(work, pause) == pause && !_over.IsCancellationRequested)
        {
            call.RequestResponse(filler.Instructions);
        }

        stop.Cancel();
    }

    private async Task<ToolResult> HandOverAsync(Handoff handoff, CallEvent.ToolCallRequested request, OfferedTools offered)
    {
        Agent from = offered.Agent, to = _set[handoff.Target];
        if (Interlocked.Exchange(ref _handingOver, 1) == 1)
        {
            return ToolResult.Failure("Another hand-off is under way; only one agent can take over.") with { Respond = false };
        }

        using Activity? span = AgentTelemetry.StartHandoff(_trace.Current, from, to, Context);
        try
        {
            if (!ReferenceEquals(_offered.Agent, from))
            {
                return ToolResult.Failure($"The conversation has been handed over to {_offered.Agent.Name} already.") with { Respond = false };
            }

            string? reason = OfferedTools.ReadReason(request.Arguments);
            string? refusal = handoff.Condition?.Invoke(Context) == false
                ? "this hand-off is not possible now"
                : await TellAsync(handoff, new HandoffEvent(from, to, reason, Context)) ?? await SwitchAsync(to, _over.Token);
            if (refusal is not null)
            {
                AgentLog.HandoffFailed(_logger, from.Name, to.Name, refusal);
                span?.SetStatus(ActivityStatusCode.Error, refusal);
                _events.Publish(new RealtimeSessionEvent.Error(Now, "handoff_failed", $"{from.Name} could not hand over to {to.Name}: {refusal}."));
                return ToolResult.Failure($"The hand-off did not happen: {refusal}. Help the caller yourself, or offer to take a message.");
            }

            _events.Publish(new RealtimeSessionEvent.Handoff(Now, from.Name, to.Name, reason));
            return ToolResult.Json(new JsonObject { ["agent"] = to.Name, ["note"] = "You are this agent now. Go on from here without greeting again." });
        }
        finally
        {
            Interlocked.Exchange(ref _handingOver, 0);
        }
    }

    private async Task<string?> TellAsync(Handoff handoff, HandoffEvent told)
    {
        try
        {
            if (handoff.OnHandoff is not null)
            {
                await handoff.OnHandoff(told, _over.Token);
            }

            return null;
        }
        catch (Exception e)
        {
            AgentLog.ToolFailed(_logger, handoff.ToolName, e);
            return "what had to happen first failed";
        }
    }

    /// <summary>
    /// Puts another agent in force: returns once the server has confirmed it, so that whatever is said next is said under the new instructions. Formats stay what they are,
    /// and the voice once it has been heard (PROTOCOL B.3).
    /// </summary>
    /// <returns>Why not; null when it is in force.</returns>
    private async Task<string?> SwitchAsync(Agent agent, CancellationToken cancellationToken)
    {
        var offered = new OfferedTools(agent, await ListServerToolsAsync(agent, cancellationToken), Context, _set);
        RealtimeSessionConfig whole = agent.Model.Over(_options.Session);
        var update = new RealtimeSessionConfig
        {
            Instructions = PromptTemplate.Fill(agent.Instructions, Context.Variables),
            Tools = [.. offered.Wire],
            ToolChoice = whole.ToolChoice ?? RealtimeToolChoice.Auto,
            MaxOutputTokens = whole.MaxOutputTokens,
            ReasoningEffort = whole.ReasoningEffort,
            Voice = _hasSpoken ? null : whole.Voice,
        };
        var confirmed = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            (_updates ??= []).Enqueue(confirmed);
        }

        RequireCall().UpdateSession(update);
        try
        {
            if (await HereAsync(confirmed.Task).WaitAsync(_options.UpdateTimeout, _options.Time, cancellationToken) is { } refusal)
            {
                return refusal;
            }
        }
        catch (TimeoutException)
        {
            return $"the model's server did not confirm it within {_options.UpdateTimeout.TotalSeconds:0.#} s";
        }
        catch (OperationCanceledException)
        {
            return "the call is over";
        }

        _offered = offered;
        return null;
    }

    /// <summary>Hears of a task where this session runs: a wait with a limit on a source's own task would be told on the thread pool, which a virtual clock cannot see.</summary>
    private static async Task<T> HereAsync<T>(Task<T> task) => await task;

    /// <summary>The server's word on the oldest change under way.</summary>
    private void Confirm(string? refusal)
    {
        TaskCompletionSource<string?>? waiting = null;
        lock (_gate)
        {
            _updates?.TryDequeue(out waiting);
        }

        waiting?.TrySetResult(refusal);
    }

    private async ValueTask<IReadOnlyList<AgentTool>> ListServerToolsAsync(Agent agent, CancellationToken cancellationToken)
    {
        if (agent.McpServers.Count == 0)
        {
            return [];
        }

        IReadOnlyList<AgentTool>[] lists = await Task.WhenAll(agent.McpServers.Select(s => ListAsync(agent, s, cancellationToken)));
        return [.. lists.SelectMany(l => l)];
    }

    private async Task<IReadOnlyList<AgentTool>> ListAsync(Agent agent, McpToolSource source, CancellationToken cancellationToken)
    {
        try
        {
            return await source.ListAsync(cancellationToken).AsTask().WaitAsync(_options.ToolServerTimeout, _options.Time, cancellationToken);
        }
        catch (Exception e) when (e is McpUnavailableException or TimeoutException)
        {
            // A call is worth more than a tool.
            string why = e is TimeoutException ? $"{source.Server.Name} did not answer within {_options.ToolServerTimeout.TotalSeconds:0.#} s" : e.Message;
            AgentLog.ToolServerUnavailable(_logger, agent.Name, source.Server.Name, why);
            _events.Publish(new RealtimeSessionEvent.Error(Now, "tool_server_unavailable", why));
            return [];
        }
    }
}
