using Concierge.Calls.Twilio;

namespace Concierge.Server.Node;

/// <summary>What the carrier asks while a call is handed over: what the one who takes it is told first, and what follows when that leg is over. Any node of a fleet answers.</summary>
internal sealed class HandOverEndpoint(RequestAuthority authority, ILogger<HandOverEndpoint> log, NodeCalls? calls = null)
{
    /// <summary>The query's parameter with the sealed summary.</summary>
    public const string NoteParameter = "note";

    private const string NobodyAnswers = "We are sorry, nobody can take your call at the moment. Please call again later.";

    /// <summary><c>POST /twiml-whisper</c>: heard by the one who takes the call, before the caller is put through.</summary>
    public async Task HandleWhisperAsync(HttpContext context)
    {
        if (await WebhookForm.ReadAsync(context, authority, log) is null)
        {
            return;
        }

        // A note that cannot be read must not keep the two apart.
        TwimlResponse answer = new();
        if (calls?.Notes.Open(context.Request.Query[NoteParameter]) is { } summary)
        {
            answer.Say(summary);
        }

        await answer.WriteAsync(context);
    }

    /// <summary><c>POST /twiml-dialled</c>: the other party hung up, or was never reached.</summary>
    public async Task HandleDialledAsync(HttpContext context)
    {
        if (await WebhookForm.ReadAsync(context, authority, log) is not { } fields)
        {
            return;
        }

        TwimlResponse answer = new();
        if (WebhookForm.Single(fields, "DialCallStatus") is not ("completed" or "answered"))
        {
            answer.Say(calls?.Options.FallbackSentence ?? NobodyAnswers);
        }

        await answer.Hangup().WriteAsync(context);
    }
}
