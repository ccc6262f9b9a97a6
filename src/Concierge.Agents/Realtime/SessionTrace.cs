using System.Diagnostics;
using Concierge.Agents.Tracing;
using Concierge.Agents.Usage;
using Concierge.Pipelines;
using Concierge.Protocols.Realtime;

namespace Concierge.Agents.Realtime;

/// <summary>The spans and the usage of one call: call, turns in it, responses in those. Runs on the control loop alone.</summary>
/// <param name="context">The call's.</param>
/// <param name="usage">What the call has used.</param>
/// <param name="model">The model's name.</param>
/// <param name="traced">False: no spans, usage alone.</param>
internal sealed class SessionTrace(AgentContext context, UsageMeter usage, string model, bool traced)
{
    private Activity? _call;
    private Activity? _turn;
    private Activity? _response;
    private int _turns;

    /// <summary>The span that what happens now belongs to.</summary>
    public ActivityContext Current => (_response ?? _turn ?? _call)?.Context ?? default;

    /// <summary>The trace's id, for the vendor's own trace; null when nobody listens.</summary>
    public string? TraceId => _call?.TraceId.ToHexString();

    public void BeginCall(Agent agent) => _call = traced ? AgentTelemetry.StartConversation("call", context, agent) : null;

    /// <summary>The other side began to speak, or the agent did by itself: a turn.</summary>
    public void BeginTurn(string agent)
    {
        _turn?.Dispose();
        _turns++;
        _turn = traced ? AgentTelemetry.StartTurn(_call?.Context ?? default, context, agent, _turns) : null;
    }

    public void BeginResponse(string agent)
    {
        if (_turns == 0)
        {
            BeginTurn(agent);
        }

        _response?.Dispose();
        _response = traced ? AgentTelemetry.StartResponse(_turn?.Context ?? default, context, agent, model) : null;
    }

    public ResponseUsage? EndResponse(string agent, RealtimeResponseInfo response)
    {
        ResponseUsage? used = response.Usage is { } reported ? usage.Add(response.Id ?? "", _turns, agent, model, ModelUsage.Of(reported)) : null;
        AgentTelemetry.EndResponse(_response, response.Id, response.Status ?? "completed", used?.Usage ?? ModelUsage.None, model);
        _response = null;
        return used;
    }

    public void EndCall(CallEndReason reason)
    {
        _response?.Dispose();
        _turn?.Dispose();
        _call?.SetTag("concierge.call.end_reason", reason.Name()).SetTag("gen_ai.usage.input_tokens", usage.Total.Input).SetTag("gen_ai.usage.output_tokens", usage.Total.Output);
        if (_call is not null && !reason.IsOrderly())
        {
            _call.SetStatus(ActivityStatusCode.Error, reason.Describe());
        }

        _call?.Dispose();
        _call = null;
    }
}
