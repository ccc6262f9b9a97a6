using Concierge.Calls.Carrier;
using Concierge.Calls.Store;
using Concierge.Calls.Twilio;
using Concierge.Pipelines;

namespace Concierge.Server.Node;

/// <summary>
/// Asks the carrier's REST API for what a stream cannot do: put a call through to somebody else, press keys by its own means. Either replaces the call's TwiML,
/// so that the stream ends with <c>stop</c>.
/// </summary>
/// <param name="calls">The carrier and what is known of calls; null where nothing is configured.</param>
/// <param name="publicUrl">How the carrier reaches this node; null leaves out what needs it.</param>
/// <param name="log">The node's log.</param>
/// <param name="places">Where the place of a call is kept that comes back; null where places are not counted.</param>
/// <param name="time">The clock of that.</param>
internal sealed class CarrierSteering(NodeCalls? calls, Uri? publicUrl, ILogger log, CallRegistry? places = null, TimeProvider? time = null) : ICallSteering
{
    /// <summary>What the carrier takes for a key or a pause (<c>w</c>; <c>W</c> is a second), at most.</summary>
    private static readonly TimeSpan s_perKey = TimeSpan.FromSeconds(1);

    /// <summary>What it takes beside the keys to ask for its TwiML and to begin the stream, generously.</summary>
    private static readonly TimeSpan s_wayBack = TimeSpan.FromSeconds(20);

    /// <summary>How long the one who is called may take to answer and still be told what it is about.</summary>
    public static readonly TimeSpan NoteLife = TimeSpan.FromMinutes(15);

    private const string NoCarrier = "this node cannot ask the carrier: TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN (or an API key) are not set";

    public async ValueTask TransferAsync(string callSid, CallTransfer transfer, CancellationToken cancellationToken)
    {
        TwimlDial dial = new(transfer.Target);
        if (publicUrl is not null && calls is not null)
        {
            dial = dial with
            {
                Action = Address(FrontDoor.DialledPath),
                Whisper = string.IsNullOrWhiteSpace(transfer.Summary)
                    ? null
                    : $"{Address(FrontDoor.WhisperPath)}?{HandOverEndpoint.NoteParameter}={calls.Notes.Seal(transfer.Summary, NoteLife)}",
            };
        }

        await RedirectAsync(callSid, new TwimlResponse().Dial(dial).Hangup(), cancellationToken);
    }

    public async ValueTask PressKeysAsync(string callSid, string keys, CancellationToken cancellationToken)
    {
        if (keys.AsSpan().IndexOfAnyExcept("0123456789*#wW") >= 0)
        {
            throw Failure("the carrier presses 0-9, * and # only");
        }

        if (publicUrl is null)
        {
            throw Failure(calls?.Carrier is null ? NoCarrier : "the carrier could not find this node again after the keys: PUBLIC_DOMAIN is not set");
        }

        // The call goes on at this node, with a new stream; it must be told which call it is.
        string? id = null;
        try
        {
            id = calls is null ? null : (await calls.Book.FindBySidAsync(callSid, cancellationToken))?.Id;
        }
        catch (CallStoreException)
        {
            // Its id then follows from its SID.
        }

        string twiml = $"{Address(FrontDoor.TwimlPath)}{(id is null ? "" : $"?{StreamCalls.Parameter}={Uri.EscapeDataString(id)}")}";

        // Another call must not take the place of this one while its keys are pressed.
        places?.Keep(callSid, (keys.Length * s_perKey) + s_wayBack, time ?? TimeProvider.System);
        try
        {
            await RedirectAsync(callSid, new TwimlResponse().PlayDigits(keys).Redirect(twiml), cancellationToken);
        }
        catch (CallSteeringException)
        {
            places?.Release(callSid);
            throw;
        }
    }

    private string Address(string path) => publicUrl!.GetLeftPart(UriPartial.Authority) + path;

    private async Task RedirectAsync(string callSid, TwimlResponse document, CancellationToken cancellationToken)
    {
        if (calls?.Carrier is not { } carrier)
        {
            throw Failure(NoCarrier);
        }

        try
        {
            if (await carrier.RedirectAsync(callSid, document.ToString(), cancellationToken) is null)
            {
                throw Failure("the carrier does not know the call; check TWILIO_ACCOUNT_SID");
            }
        }
        catch (CarrierException exception)
        {
            throw Failure(exception.Message, exception);
        }
    }

    private CallSteeringException Failure(string why, Exception? cause = null)
    {
        NodeLog.CarrierNotTold(log, why);
        return new CallSteeringException(why, cause);
    }
}
