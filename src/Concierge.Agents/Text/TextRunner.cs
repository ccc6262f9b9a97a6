using System.Diagnostics;
using System.Text.Json.Nodes;
using Concierge.Agents.Guardrails;
using Concierge.Agents.Realtime;
using Concierge.Agents.Tools;
using Concierge.Agents.Tracing;
using Concierge.Agents.Usage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Concierge.Agents.Text;

/// <summary>Works on requests in writing: the model answers, its tools are carried out, agents hand over, until somebody has an answer.</summary>
/// <param name="agents">The agents.</param>
/// <param name="model">The model they all think with.</param>
/// <param name="options">What all runs share; null for the defaults.</param>
public sealed class TextRunner(AgentSet agents, ITextModel model, TextRunnerOptions? options = null)
{
    private readonly TextRunnerOptions _options = options ?? new TextRunnerOptions();
    private readonly ILogger _logger = options?.Loggers?.CreateLogger<TextRunner>() ?? (ILogger)NullLogger.Instance;

    /// <summary>The agents.</summary>
    public AgentSet Agents => agents;

    /// <summary>The model.</summary>
    public ITextModel Model => model;

    /// <summary>Works on one request.</summary>
    /// <param name="input">The person's words.</param>
    /// <param name="history">The conversation before it.</param>
    /// <param name="context">What the conversation knows.</param>
    /// <param name="agent">Who begins; null for the set's own choice.</param>
    /// <param name="onEvent">Told what happens, as it happens.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="TextModelException">The model does not answer.</exception>
    public async Task<TextRunResult> RunAsync(
        string input,
        IReadOnlyList<TextMessage> history,
        AgentContext context,
        string? agent = null,
        Action<TextRunEvent>? onEvent = null,
        CancellationToken cancellationToken = default)
    {
        Agent start = agent is null ? agents.Start : agents[agent];
        DateTimeOffset now = _options.Time.GetLocalNow();
        context.Variables["today"] = now.ToString("dddd, d MMMM yyyy", System.Globalization.CultureInfo.InvariantCulture);
        context.Variables["now"] = now.ToString("HH:mm", System.Globalization.CultureInfo.InvariantCulture);
        using Activity? span = AgentTelemetry.StartConversation("request", context, start);
        var run = new Run(this, context, onEvent ?? (static _ => { }), span?.Context ?? default, start);
        return await run.GoAsync(input, history, cancellationToken);
    }

    private sealed class Run(TextRunner runner, AgentContext context, Action<TextRunEvent> onEvent, ActivityContext parent, Agent start)
    {
        private readonly UsageMeter _usage = new(runner._options.Price);
        private readonly GuardrailRunner _guardrails = new(context, runner._options.Time, runner._logger);
        private readonly List<TextMessage> _new = [];
        private ToolRunner? _tools;
        private Agent _agent = start;
        private OfferedTools? _offered;

        public async Task<TextRunResult> GoAsync(string input, IReadOnlyList<TextMessage> history, CancellationToken cancellationToken)
        {
            if (await CheckAsync(_agent.InputGuardrails, input, GuardrailStage.Input, cancellationToken) is { } trip)
            {
                return new TextRunResult($"I cannot take this request: {trip.Reason}.", _agent, [], _usage, trip);
            }

            _tools = new ToolRunner(context, runner._options.Time, runner._logger) { Approve = runner._options.Approve, Parent = () => parent };
            _new.Add(TextMessage.User(input));
            for (int turn = 1; turn <= runner._options.MaxTurns; turn++)
            {
                TextModelAnswer answer = await AskAsync(history, turn, cancellationToken);
                if (answer.ToolCalls.Count == 0)
                {
                    return await FinishAsync(answer.Text, cancellationToken);
                }

                _new.Add(new TextMessage { Role = TextRole.Assistant, Text = answer.Text, Agent = _agent.Name, ToolCalls = answer.ToolCalls });
                await CallToolsAsync(answer.ToolCalls, cancellationToken);
            }

            return new TextRunResult(
                $"I did not come to an end within {runner._options.MaxTurns} steps. Please say it in smaller pieces.", _agent, _new, _usage, null);
        }

        private async Task<TextModelAnswer> AskAsync(IReadOnlyList<TextMessage> history, int turn, CancellationToken cancellationToken)
        {
            onEvent(new TextRunEvent.AgentStart(_agent.Name));
            if (_offered is null || !ReferenceEquals(_offered.Agent, _agent))
            {
                _offered = new OfferedTools(_agent, await ListServerToolsAsync(cancellationToken), context, runner.Agents);
            }

            var request = new TextModelRequest(_agent, PromptTemplate.Fill(_agent.Instructions, context.Variables), [.. history, .. _new], _offered.Wire);
            Activity? span = AgentTelemetry.StartResponse(parent, context, _agent.Name, _agent.Model.Model ?? runner.Model.Description);
            try
            {
                TextModelAnswer answer = await runner.Model.CompleteAsync(request, cancellationToken);
                ResponseUsage used = _usage.Add(answer.Id, turn, _agent.Name, answer.Model, answer.Usage);
                AgentTelemetry.EndResponse(span, answer.Id, "completed", used.Usage, answer.Model);
                return answer;
            }
            catch
            {
                AgentTelemetry.EndResponse(span, null, "failed", ModelUsage.None, runner.Model.Description);
                throw;
            }
        }

        /// <summary>Tools of one answer work side by side; a hand-off among them comes last, so that its agent sees all that was found.</summary>
        private async Task CallToolsAsync(IReadOnlyList<TextToolCall> calls, CancellationToken cancellationToken)
        {
            OfferedTools offered = _offered!;
            string[] outputs = await Task.WhenAll(calls.Select(c => offered.FindHandoff(c.Name) is null ? CallToolAsync(c, offered, cancellationToken) : Task.FromResult("")));
            for (int i = 0; i < calls.Count; i++)
            {
                string output = offered.FindHandoff(calls[i].Name) is { } handoff ? await HandOverAsync(handoff, calls[i], offered, cancellationToken) : outputs[i];
                _new.Add(new TextMessage { Role = TextRole.Tool, Text = output, CallId = calls[i].CallId });
            }
        }

        private async Task<string> CallToolAsync(TextToolCall call, OfferedTools offered, CancellationToken cancellationToken)
        {
            onEvent(new TextRunEvent.ToolStart(offered.Agent.Name, call.Name, call.Arguments));
            ToolResult result = await _tools!.RunAsync(
                offered.FindTool(call.Name), call.CallId, call.Name, call.Arguments, offered.Agent.Name, null, offered.Names, cancellationToken);
            onEvent(new TextRunEvent.ToolEnd(offered.Agent.Name, call.Name, result.Output, result.IsError));
            return result.Output;
        }

        private async Task<string> HandOverAsync(Handoff handoff, TextToolCall call, OfferedTools offered, CancellationToken cancellationToken)
        {
            Agent to = runner.Agents[handoff.Target];
            if (!ReferenceEquals(_agent, offered.Agent))
            {
                return ToolResult.Failure($"The conversation has been handed over to {_agent.Name} already.").Output;
            }

            string? reason = OfferedTools.ReadReason(call.Arguments);
            using Activity? span = AgentTelemetry.StartHandoff(parent, _agent, to, context);
            if (handoff.OnHandoff is not null)
            {
                try
                {
                    await handoff.OnHandoff(new HandoffEvent(_agent, to, reason, context), cancellationToken);
                }
                catch (Exception e) when (!cancellationToken.IsCancellationRequested)
                {
                    AgentLog.ToolFailed(runner._logger, handoff.ToolName, e);
                    return ToolResult.Failure("The hand-off did not happen: what had to happen first failed.").Output;
                }
            }

            onEvent(new TextRunEvent.Handoff(_agent.Name, to.Name, reason));
            _agent = to;
            return ToolResult.Json(new JsonObject { ["agent"] = to.Name }).Output;
        }

        private async Task<TextRunResult> FinishAsync(string text, CancellationToken cancellationToken)
        {
            if (await CheckAsync(_agent.OutputGuardrails, text, GuardrailStage.Output, cancellationToken) is { } trip)
            {
                text = $"I have an answer, but I must not show it: {trip.Reason}.";
                _new.Add(new TextMessage { Role = TextRole.Assistant, Text = text, Agent = _agent.Name });
                return new TextRunResult(text, _agent, _new, _usage, trip);
            }

            _new.Add(new TextMessage { Role = TextRole.Assistant, Text = text, Agent = _agent.Name });
            return new TextRunResult(text, _agent, _new, _usage, null);
        }

        private async ValueTask<GuardrailTrip?> CheckAsync(IReadOnlyList<Guardrail> guardrails, string text, GuardrailStage stage, CancellationToken cancellationToken)
        {
            GuardrailTrip? trip = await _guardrails.CheckAsync(guardrails, text, _agent, stage, parent, cancellationToken);
            if (trip is not null)
            {
                onEvent(new TextRunEvent.GuardrailTripped(_agent.Name, trip));
            }

            return trip;
        }

        private async ValueTask<IReadOnlyList<AgentTool>> ListServerToolsAsync(CancellationToken cancellationToken)
        {
            var tools = new List<AgentTool>();
            foreach (McpToolSource source in _agent.McpServers)
            {
                try
                {
                    tools.AddRange(await source.ListAsync(cancellationToken));
                }
                catch (McpUnavailableException e)
                {
                    AgentLog.ToolServerUnavailable(runner._logger, _agent.Name, source.Server.Name, e.Message);
                }
            }

            return tools;
        }
    }
}
