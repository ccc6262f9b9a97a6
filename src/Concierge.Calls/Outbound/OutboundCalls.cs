using System.Security.Cryptography;
using System.Text;
using Concierge.Calls.Carrier;
using Concierge.Calls.Life;
using Concierge.Calls.Policy;
using Concierge.Calls.Store;
using Concierge.Calls.Twilio;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Concierge.Calls.Outbound;

/// <summary>
/// Places calls through the carrier. In this order: the policy; the record, so that the first callback finds it; the carrier. When it stays unclear whether the
/// carrier took the order, the call waits for its callback (<see cref="CallSettler"/> gives up on it): nobody is called twice.
/// </summary>
public sealed class OutboundCalls : IOutboundCalls
{
    private const int MaxRequest = 1_000;
    private static readonly TimeSpan s_poll = TimeSpan.FromSeconds(1);

    private readonly OutboundCallsOptions _options;
    private readonly ICarrierClient _carrier;
    private readonly CallBook _book;
    private readonly DestinationPolicy _policy;
    private readonly ILogger _log;

    /// <summary>Creates the service.</summary>
    /// <param name="options">How calls are placed.</param>
    /// <param name="carrier">Who dials.</param>
    /// <param name="book">Where calls are written down.</param>
    /// <param name="policy">Who may be called.</param>
    /// <param name="log">Where calls are told, masked.</param>
    public OutboundCalls(OutboundCallsOptions options, ICarrierClient carrier, CallBook book, DestinationPolicy policy, ILogger<OutboundCalls>? log = null)
    {
        _options = options;
        _carrier = carrier;
        _book = book;
        _policy = policy;
        _log = log ?? (ILogger)NullLogger.Instance;
    }

    /// <summary>How calls are placed.</summary>
    public OutboundCallsOptions Options => _options;

    /// <inheritdoc/>
    public async Task<CallRecord> PlaceAsync(OutboundCallRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        CheckWords(request);
        string callId = request.IdempotencyKey is { } key ? IdOf(key, request.RequestedBy) : CallIds.Create(_book.Now);
        if (request.IdempotencyKey is not null && await _book.GetAsync(callId, cancellationToken) is { } before)
        {
            return before;
        }

        TimeSpan budget;
        try
        {
            budget = await _policy.AdmitAsync(request.To, _book.Store, () => WriteDownAsync(callId, request, cancellationToken), cancellationToken);
        }
        catch (CallRefusedException exception)
        {
            OutboundLog.Refused(_log, ForLog(request.To), exception.Refusal);
            throw;
        }

        return await DialAsync(callId, request.To, budget < _options.TimeLimit ? budget : _options.TimeLimit, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<CallRecord> WaitForEndAsync(string callId, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task change = _book.WaitForChangeAsync(callId, s_poll, cancellationToken);
            try
            {
                CallRecord call = await _book.GetAsync(callId, cancellationToken) ?? throw new KeyNotFoundException("There is no such call.");
                if (call.IsSettled)
                {
                    return call;
                }
            }
            catch (CallStoreException exception) when (!exception.IsPermanent)
            {
                // The store is away, and what this node knew is in it already: asked again when it is back.
            }

            await change;
        }
    }

    /// <inheritdoc/>
    public async Task<CallRecord> HangUpAsync(string callId, string cause, CancellationToken cancellationToken)
    {
        CallRecord call = await _book.GetAsync(callId, cancellationToken) ?? throw new KeyNotFoundException("There is no such call.");
        if (call.IsFinal)
        {
            return call;
        }

        OutboundLog.HangingUp(_log, callId, cause);
        call = _book.Record(new CallFact.HangupRequested { CallId = callId, At = _book.Now, Cause = cause });
        if (call.CallSid is not { } sid)
        {
            return call; // the settler ends it as soon as its SID is known
        }

        bool answered = call.State == CallState.InProgress;
        CarrierCall? there = await _carrier.EndAsync(sid, answered, cancellationToken);
        if (there is { State: CallState.InProgress } && !answered)
        {
            there = await _carrier.EndAsync(sid, answered: true, cancellationToken); // answered in that very moment
        }

        return there is null ? call : CarrierReports.Record(_book, callId, there, cause);
    }

    /// <summary>Carries out the voicemail policy once it is known that a machine answered.</summary>
    /// <param name="call">The call with <see cref="CallRecord.AnsweredBy"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When the carrier was told.</returns>
    public async Task OnAnsweredByAsync(CallRecord call, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(call);
        if (!call.ReachedMachine || call.IsFinal || call.CallSid is not { } sid || call.Direction != CallDirection.Outbound || _options.Voicemail == VoicemailPolicy.Ignore)
        {
            return;
        }

        if (_options.Voicemail == VoicemailPolicy.HangUp || call.AnsweredBy == "fax")
        {
            await HangUpAsync(call.Id, "voicemail", cancellationToken);
        }
        else if (call.AnsweredBy != "machine_start")
        {
            _book.Record(new CallFact.HangupRequested { CallId = call.Id, At = _book.Now, Cause = "voicemail_message" });
            await _carrier.RedirectAsync(sid, new TwimlResponse().Say(_options.VoicemailMessage).Hangup().ToString(), cancellationToken);
        }
    }

    private static string IdOf(string key, string? requester) =>
        "call_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{requester}\n{key}")))[..32];

    private void CheckWords(OutboundCallRequest request)
    {
        if (request.Request is { Length: > MaxRequest })
        {
            throw new CallRefusedException(CallRefusal.BadRequest, $"The request has more than {MaxRequest} characters.");
        }

        if (request.Agent is not { } agent)
        {
            return;
        }

        IReadOnlyList<string> agents = _options.Agents();
        if (!agents.Contains(agent, StringComparer.OrdinalIgnoreCase))
        {
            throw new CallRefusedException(
                CallRefusal.BadRequest,
                agents.Count == 0 ? "There is only the default agent here; leave the agent out." : $"There is no agent of that name; there are: {string.Join(", ", agents)}.");
        }
    }

    private Task WriteDownAsync(string callId, OutboundCallRequest request, CancellationToken cancellationToken)
    {
        _book.Record(new CallFact.Created
        {
            CallId = callId,
            FactId = callId + ":created",
            At = _book.Now,
            Direction = CallDirection.Outbound,
            From = _options.From,
            To = request.To,
            Agent = request.Agent,
            Request = request.Request,
            Reservation = request.Reservation,
            Node = _book.Node,
        });
        return _book.FlushAsync(cancellationToken);
    }

    /// <summary>A number as the log may have it; what is no number is never in it, whatever it holds.</summary>
    private string ForLog(string number) => _options.LogNumbers && PhoneNumber.IsE164(number) ? number : PhoneNumber.Mask(number);

    private async Task<CallRecord> DialAsync(string callId, string to, TimeSpan limit, CancellationToken cancellationToken)
    {
        string status = CallRoutes.For(_options.PublicUrl, CallRoutes.Status, callId);
        CarrierCallOrder order = new(to, _options.From, CallRoutes.For(_options.PublicUrl, CallRoutes.Twiml, callId), status)
        {
            RingTimeout = _options.RingTimeout,
            TimeLimit = limit,
            MachineDetection = _options.Voicemail switch
            {
                VoicemailPolicy.HangUp => MachineDetection.Enable,
                VoicemailPolicy.LeaveMessage => MachineDetection.DetectMessageEnd,
                _ => MachineDetection.Off,
            },
            MachineDetectionCallback = status,
        };
        try
        {
            CarrierCall there = await _carrier.CreateAsync(order, cancellationToken);
            OutboundLog.Placed(_log, callId, ForLog(to));
            _book.Record(new CallFact.Dialed { CallId = callId, FactId = callId + ":dialed", At = _book.Now, CallSid = there.Sid });
            return CarrierReports.Record(_book, callId, there, "placed");
        }
        catch (CarrierException exception) when (exception.Error == CarrierError.Unclear)
        {
            OutboundLog.Unconfirmed(_log, callId, exception.Message);
            return _book.Record(new CallFact.Noted { CallId = callId, At = _book.Now, Text = "unconfirmed: " + exception.Message });
        }
        catch (CarrierException exception)
        {
            OutboundLog.CarrierFailed(_log, callId, exception.Message);
            return _book.Record(new CallFact.Reported
            {
                CallId = callId,
                At = _book.Now,
                State = CallState.Failed,
                Cause = exception.Error switch
                {
                    CarrierError.Unauthorized => "carrier_unauthorized",
                    CarrierError.RateLimited => "carrier_rate_limited",
                    CarrierError.Unreachable => "carrier_unreachable",
                    _ => "carrier_refused",
                },
                Source = CallFactSource.Carrier,
                Error = exception.Message,
            });
        }
    }
}
