using System.Text.Json.Nodes;
using Concierge.Calls.Life;
using Concierge.Calls.Outcome;
using Concierge.Pipelines;
using Concierge.Protocols.MediaStreams;
using Concierge.Protocols.Realtime;
using Concierge.Server.Node;

namespace Concierge.Server.Tests.Calls;

/// <summary>The least there can be of an agent: it speaks first and writes the outcome down that the model reports.</summary>
internal sealed class OutcomeController(RealtimeSessionConfig session, CallBook book, Func<StreamStart, CancellationToken, ValueTask> admit) : ICallController
{
    private string _callId = "";

    public async ValueTask<RealtimeSessionConfig> ConfigureAsync(StreamStart start, CancellationToken cancellationToken)
    {
        await admit(start, cancellationToken);
        _callId = StreamCalls.IdOf(start);
        return session with { Tools = [new RealtimeFunctionTool("record_outcome", "Records what was agreed.", """{"type":"object"}""")] };
    }

    public ValueTask OnEventAsync(CallEvent callEvent, ICallControl call, CancellationToken cancellationToken)
    {
        switch (callEvent)
        {
            case CallEvent.ModelReady:
                call.RequestResponse();
                break;
            case CallEvent.ToolCallRequested request:
                JsonNode arguments = JsonNode.Parse(request.Arguments)!;
                book.Record(new CallFact.OutcomeRecorded
                {
                    CallId = _callId,
                    At = book.Now,
                    Outcome = new CallOutcome
                    {
                        Status = arguments["status"]!.GetValue<string>() == "confirmed" ? CallOutcomeStatus.Confirmed : CallOutcomeStatus.Rejected,
                        ConfirmationNumber = arguments["confirmation_number"] is { } number ? ConfirmationNumber.Normalise(number.GetValue<string>()) : null,
                        Source = CallOutcomeSource.AgentTool,
                    },
                });
                call.SubmitToolOutput(request.CallId, """{"recorded":true}""", respond: false);
                break;
        }

        return ValueTask.CompletedTask;
    }
}
