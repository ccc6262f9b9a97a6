using System.Diagnostics;
using Concierge.Agents.Tracing;
using Microsoft.Extensions.Logging;

namespace Concierge.Agents.Guardrails;

/// <summary>Runs guardrails: in order, each under its time-out; the first that trips decides. One that fails itself is logged and counted, and passes or stops as it says.</summary>
/// <param name="context">The conversation.</param>
/// <param name="time">The clock of the time-outs.</param>
/// <param name="logger">Where failures are noted; never the text.</param>
internal sealed class GuardrailRunner(AgentContext context, TimeProvider time, ILogger logger)
{
    /// <summary>Judges a text.</summary>
    /// <returns>What tripped and why; null when everything passes.</returns>
    public async ValueTask<GuardrailTrip?> CheckAsync(
        IReadOnlyList<Guardrail> guardrails, string text, Agent agent, GuardrailStage stage, ActivityContext parent, CancellationToken cancellationToken)
    {
        var input = new GuardrailInput(text, agent, context);
        foreach (Guardrail guardrail in guardrails)
        {
            GuardrailVerdict verdict = await RunAsync(guardrail, input, cancellationToken);
            if (verdict.IsTripped)
            {
                string reason = verdict.Reason ?? "it is not allowed";
                AgentTelemetry.GuardrailTripped(parent, guardrail, stage, agent, context, reason);
                return new GuardrailTrip(guardrail.Name, stage, reason);
            }
        }

        return null;
    }

    private async ValueTask<GuardrailVerdict> RunAsync(Guardrail guardrail, GuardrailInput input, CancellationToken cancellationToken)
    {
        try
        {
            // Most guardrails answer at once and need no timer.
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            ValueTask<GuardrailVerdict> check = guardrail.CheckAsync(input, stop.Token);
            if (check.IsCompleted)
            {
                return await check;
            }

            try
            {
                return await check.AsTask().WaitAsync(guardrail.Timeout, time, cancellationToken);
            }
            finally
            {
                stop.Cancel();
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return GuardrailVerdict.Pass; // the conversation is over: nobody hears it any more
        }
        catch (Exception e)
        {
            AgentTelemetry.GuardrailFailed(guardrail);
            AgentLog.GuardrailFailed(logger, guardrail.Name, guardrail.FailsOpen ? "passes" : "is stopped", e);
            return guardrail.FailsOpen ? GuardrailVerdict.Pass : GuardrailVerdict.Trip("it could not be checked");
        }
    }
}
