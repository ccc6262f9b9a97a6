using System.Text.Json;
using Concierge.Pipelines;
using Concierge.Protocols.MediaStreams;
using Concierge.Protocols.Realtime;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Concierge.Agents;

/// <summary>
/// Lets one agent speak on one call: configures the model's session from it, has it greet if it speaks first, and carries out its tools
/// beside the call's control loop.
/// </summary>
/// <param name="agent">Who speaks.</param>
/// <param name="time">The source of time for tool time-outs.</param>
/// <param name="admit">Checks the stream before anything is dialled; throws <see cref="CallRejectedException"/> to refuse it.</param>
/// <param name="logger">Where failing tools are noted.</param>
public sealed class AgentCallController(
    VoiceAgent agent,
    TimeProvider time,
    Func<StreamStart, CancellationToken, ValueTask>? admit = null,
    ILogger<AgentCallController>? logger = null) : ICallController
{
    private readonly ILogger _logger = logger ?? (ILogger)NullLogger.Instance;
    private readonly HashSet<string> _seen = [];

    /// <inheritdoc/>
    public async ValueTask<RealtimeSessionConfig> ConfigureAsync(StreamStart start, CancellationToken cancellationToken)
    {
        if (admit is not null)
        {
            await admit(start, cancellationToken);
        }

        return agent.Session with
        {
            Instructions = agent.Instructions,
            Tools = [.. agent.Tools.Select(t => new RealtimeFunctionTool(t.Name, t.Description, t.ParametersSchema))],
        };
    }

    /// <inheritdoc/>
    public CallConduct Conduct => agent.Conduct;

    /// <inheritdoc/>
    public ValueTask OnEventAsync(CallEvent callEvent, ICallControl call, CancellationToken cancellationToken)
    {
        switch (callEvent)
        {
            case CallEvent.ModelReady when agent.SpeaksFirst:
                call.RequestResponse();
                break;
            case CallEvent.ToolCallRequested request when _seen.Add(request.CallId):
                // Not awaited: the control loop goes on while the tool works, and the answer comes back through the call.
                _ = RunToolAsync(request, call, cancellationToken);
                break;
        }

        return ValueTask.CompletedTask;
    }

    private async Task RunToolAsync(CallEvent.ToolCallRequested request, ICallControl call, CancellationToken cancellationToken)
    {
        VoiceToolResult result = await InvokeAsync(request, call, cancellationToken);
        call.SubmitToolOutput(request.CallId, result.Output, result.Respond);
    }

    private async Task<VoiceToolResult> InvokeAsync(CallEvent.ToolCallRequested request, ICallControl call, CancellationToken cancellationToken)
    {
        VoiceTool? tool = agent.Tools.FirstOrDefault(t => t.Name == request.Name);
        if (tool is null)
        {
            return Failure($"There is no tool named {request.Name}.");
        }

        using var timeout = new CancellationTokenSource(tool.Timeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            using JsonDocument arguments = JsonDocument.Parse(request.Arguments.Length == 0 ? "{}" : request.Arguments);
            if (arguments.RootElement.ValueKind != JsonValueKind.Object)
            {
                return Failure("The arguments must be a JSON object.");
            }

            return await tool.InvokeAsync(new VoiceToolCall(request.CallId, arguments.RootElement, call), linked.Token)
                .AsTask().WaitAsync(linked.Token);
        }
        catch (JsonException)
        {
            return Failure("The arguments are not valid JSON.");
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            AgentLog.ToolTimedOut(_logger, tool.Name, tool.Timeout.TotalSeconds);
            return Failure($"The tool {tool.Name} did not answer in time.");
        }
        catch (Exception e)
        {
            // A tool is somebody else's code; the model is told that it failed, and the call goes on.
            AgentLog.ToolFailed(_logger, tool.Name, e);
            return Failure($"The tool {tool.Name} failed.");
        }
    }

    private static VoiceToolResult Failure(string message) => new(JsonSerializer.Serialize(new Dictionary<string, string> { ["error"] = message }));
}
