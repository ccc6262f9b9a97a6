using System.Globalization;
using Concierge.Calls.Carrier;
using Concierge.Calls.Life;
using Concierge.Calls.Store;

namespace Concierge.Server.Node;

/// <summary>
/// <c>POST /twilio-status</c>: the carrier's word on a call's state and on what answered it. Any node of a fleet may get it, late, twice or out of order.
/// Answered with 204 whatever it says, once it is signed: the carrier repeats nothing that helps.
/// </summary>
internal sealed class TwilioStatusEndpoint(Configuration.NodeOptions options, RequestAuthority authority, ILogger<TwilioStatusEndpoint> log, NodeCalls? memory = null)
{
    public async Task HandleAsync(HttpContext context)
    {
        if (await WebhookForm.ReadAsync(context, authority, log) is not { } fields)
        {
            return;
        }

        string? callSid = WebhookForm.Single(fields, "CallSid");
        if (callSid is not { Length: > 0 and <= 64 } || !callSid.All(char.IsAsciiLetterOrDigit))
        {
            await new Problem(400, "Not a call", "CallSid is needed, once.").WriteAsync(context);
            return;
        }

        if (options.AccountSid is { } own && WebhookForm.Single(fields, "AccountSid") is { } account && own != account)
        {
            await Problem.WrongAccount.WriteAsync(context);
            return;
        }

        if (memory is not null)
        {
            await RecordAsync(memory, context, fields, callSid);
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task RecordAsync(NodeCalls memory, HttpContext context, IReadOnlyList<KeyValuePair<string, string>> fields, string callSid)
    {
        string? given = context.Request.Query[StreamCalls.Parameter] is [{ Length: > 0 } id] ? id : null;
        string callId = given ?? await FindAsync(memory, callSid, context.RequestAborted) ?? StreamCalls.IdOf(null, callSid);
        if (!CallIds.IsValid(callId))
        {
            NodeLog.CallbackIgnored(log, "its call_id is not one of this node.");
            return;
        }

        if (WebhookForm.Single(fields, "AnsweredBy") is { Length: > 0 and <= 40 } by)
        {
            int? ms = Number(fields, "MachineDetectionDuration");
            CallRecord call = memory.Book.Record(new CallFact.Answered { CallId = callId, FactId = $"{callId}:by:{by}", At = memory.Book.Now, By = by, DetectionMs = ms });
            await ActOnAsync(memory, call);
        }

        string? status = WebhookForm.Single(fields, "CallStatus");
        if (CallStates.TryParse(status, out CallState state))
        {
            // Timestamp is the carrier's own time of the event: it makes the order of arrival irrelevant.
            DateTimeOffset at = DateTimeOffset.TryParse(
                WebhookForm.Single(fields, "Timestamp"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time : memory.Book.Now;
            int? sequence = Number(fields, "SequenceNumber");
            memory.Book.Record(new CallFact.Reported
            {
                CallId = callId,
                FactId = $"{callId}:cb:{callSid}:{sequence?.ToString(CultureInfo.InvariantCulture) ?? ""}:{state.Name()}",
                At = at,
                State = state,
                Cause = "callback",
                Source = CallFactSource.Callback,
                CallSid = callSid,
                Sequence = sequence,
                DurationSeconds = Number(fields, "CallDuration"),
            });
        }
        else if (status is not null)
        {
            NodeLog.CallbackIgnored(log, "its CallStatus is not one that is known.");
        }
    }

    private static async Task<string?> FindAsync(NodeCalls memory, string callSid, CancellationToken cancellationToken)
    {
        try
        {
            return (await memory.Book.FindBySidAsync(callSid, cancellationToken))?.Id;
        }
        catch (CallStoreException)
        {
            return null;
        }
    }

    private async Task ActOnAsync(NodeCalls memory, CallRecord call)
    {
        if (memory.Outbound is not { } outbound)
        {
            return;
        }

        try
        {
            // The callback may have reached a node that knows nothing else of the call.
            await outbound.OnAnsweredByAsync(await memory.Book.GetAsync(call.Id, CancellationToken.None) ?? call, CancellationToken.None);
        }
        catch (Exception exception) when (exception is CarrierException or CallStoreException)
        {
            NodeLog.CarrierNotTold(log, exception.Message);
        }
    }

    private static int? Number(IReadOnlyList<KeyValuePair<string, string>> fields, string name) =>
        int.TryParse(WebhookForm.Single(fields, name), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
}
