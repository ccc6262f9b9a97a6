using System.Diagnostics;
using System.Text.Json;
using Concierge.Agents.Tracing;
using Concierge.Pipelines;
using Microsoft.Extensions.Logging;

namespace Concierge.Agents.Tools;

/// <summary>
/// Carries out the tool calls of one conversation: arguments checked, approval asked for, time and size bounded, failures phrased for the model. The same call id is
/// carried out once, however often it is asked for: the answer is kept.
/// </summary>
/// <param name="context">The conversation.</param>
/// <param name="time">The clock of the time-outs.</param>
/// <param name="logger">Where failures are noted; never an argument or a result.</param>
internal sealed class ToolRunner(AgentContext context, TimeProvider time, ILogger logger)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Task<ToolResult>> _answers = [];

    /// <summary>Asks for approval of a call of a tool that needs it; null refuses all.</summary>
    public Func<AgentTool, ToolInvocation, CancellationToken, ValueTask<ToolApproval>>? Approve { get; init; }

    /// <summary>The parent of the spans; null for the ambient one.</summary>
    public Func<ActivityContext>? Parent { get; init; }

    /// <summary>Whether this call was asked for before.</summary>
    public bool IsKnown(string callId)
    {
        lock (_gate)
        {
            return _answers.ContainsKey(callId);
        }
    }

    /// <summary>Carries out one call, or gives the answer it had before. Never throws for what a tool does.</summary>
    /// <param name="tool">The tool; null when there is none of that name.</param>
    /// <param name="callId">The model's id for the call.</param>
    /// <param name="name">The name it asked for.</param>
    /// <param name="arguments">The arguments, JSON as text.</param>
    /// <param name="agent">Who calls.</param>
    /// <param name="call">The telephone call; null in writing.</param>
    /// <param name="available">The names there are, for the answer to an unknown one.</param>
    /// <param name="cancellationToken">The conversation is over.</param>
    public Task<ToolResult> RunAsync(
        AgentTool? tool, string callId, string name, string arguments, string agent, ICallControl? call, IEnumerable<string> available, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_answers.TryGetValue(callId, out Task<ToolResult>? known))
            {
                return known;
            }

            Task<ToolResult> answer = tool is null
                ? Task.FromResult(ToolResult.Failure($"There is no tool named {name}. There are: {string.Join(", ", available)}. Do not call it again."))
                : InvokeAsync(tool, callId, arguments, agent, call, cancellationToken);
            _answers[callId] = answer;
            return answer;
        }
    }

    private async Task<ToolResult> InvokeAsync(AgentTool tool, string callId, string arguments, string agent, ICallControl? call, CancellationToken cancellationToken)
    {
        using Activity? span = AgentTelemetry.StartTool(Parent?.Invoke() ?? default, tool, callId, agent, context);
        long start = time.GetTimestamp();
        ToolResult result = await GuardAsync(tool, callId, arguments, agent, call, cancellationToken);
        AgentTelemetry.EndTool(span, tool, result, time.GetElapsedTime(start));
        return result;
    }

    private async Task<ToolResult> GuardAsync(AgentTool tool, string callId, string arguments, string agent, ICallControl? call, CancellationToken cancellationToken)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(arguments.Length == 0 ? "{}" : arguments, new JsonDocumentOptions { MaxDepth = 32 });
        }
        catch (JsonException)
        {
            return ToolResult.Failure("The arguments are not valid JSON. Call the tool again with a JSON object.");
        }

        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                return ToolResult.Failure("The arguments must be a JSON object. Call the tool again with one.");
            }

            IReadOnlyList<(string Path, string Message)> problems = SchemaCheck.Check(document.RootElement, tool.Parameters);
            if (problems.Count > 0)
            {
                return ToolResult.Failure($"The arguments do not fit: {string.Join("; ", problems.Take(5).Select(p => p.Path.Length > 0 ? $"{p.Path}: {p.Message}" : p.Message))}. Correct them, or ask for what is missing.");
            }

            var invocation = new ToolInvocation(callId, document.RootElement, agent, context, call);
            return await CallAsync(tool, invocation, cancellationToken);
        }
    }

    private async Task<ToolResult> CallAsync(AgentTool tool, ToolInvocation invocation, CancellationToken cancellationToken)
    {
        CancellationTokenSource? timeout = null;
        try
        {
            if (tool.Options.RequiresApproval)
            {
                ToolApproval approval = Approve is null ? ToolApproval.Refused("nobody is there to agree") : await Approve(tool, invocation, cancellationToken);
                if (!approval.IsGranted)
                {
                    return ToolResult.Failure($"The call of {tool.Name} was refused{(approval.Reason is { } why ? $": {why}" : "")}. Do not try again; say that you cannot do this.");
                }
            }

            // The clock starts when the work does, not while somebody makes up their mind.
            timeout = new CancellationTokenSource(tool.Options.Timeout, time);
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
            ToolResult result = await tool.InvokeAsync(invocation, linked.Token).AsTask().WaitAsync(linked.Token);
            return Bound(tool, result);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ToolResult.Failure("The conversation is over.");
        }
        catch (OperationCanceledException) when (timeout?.IsCancellationRequested == true)
        {
            AgentLog.ToolTimedOut(logger, tool.Name, tool.Options.Timeout.TotalSeconds);
            return ToolResult.Failure($"The tool {tool.Name} did not answer in time. Say that you cannot look it up at the moment, and go on without it.");
        }
        catch (Exception e)
        {
            // A tool is somebody else's code; the model is told that it failed, and the conversation goes on.
            AgentLog.ToolFailed(logger, tool.Name, e);
            return ToolResult.Failure($"The tool {tool.Name} failed. Go on without it.");
        }
        finally
        {
            timeout?.Dispose();
        }
    }

    private static ToolResult Bound(AgentTool tool, ToolResult result)
    {
        int most = tool.Options.MaxResultLength;
        if (result.Output.Length <= most)
        {
            return result;
        }

        int cut = char.IsHighSurrogate(result.Output[most - 1]) ? most - 1 : most;
        return result with { Output = $"{result.Output[..cut]}\n[cut off: {result.Output.Length - cut} more characters]" };
    }
}
