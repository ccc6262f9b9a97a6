using System.Globalization;
using System.Xml.Linq;
using Concierge.Simulation.Twilio;

namespace Concierge.Simulation.Exchange;

/// <summary>Dial: calls numbers one after another; the first that answers is put through until one side hangs up (PROTOCOL A.10).</summary>
internal sealed class DialVerb(ExchangeCallRun run, XElement dial, CancellationToken ct)
{
    /// <returns>What the action is told.</returns>
    public async Task<IReadOnlyList<KeyValuePair<string, string>>> RunAsync()
    {
        List<(string Number, XElement Noun)> targets = [.. dial.Elements().Where(e => e.Name.LocalName is "Number" or "Sip" or "Client").Select(e => (e.Value.Trim(), e))];
        if (targets.Count == 0)
        {
            targets.Add((dial.Value.Trim(), dial));
        }

        run.Log("Dial", string.Join(", ", targets.Select(t => t.Number)));
        List<KeyValuePair<string, string>> told = [new("DialCallStatus", "failed")];
        foreach ((string number, XElement noun) in targets)
        {
            TwilioExchangeCall child = await TryAsync(number, noun);
            bool bridged = child.AnsweredAt is not null;
            told =
            [
                new("DialCallStatus", child.Status),
                new("DialCallSid", child.Sid),
                new("DialCallDuration", child.DurationSeconds.ToString(CultureInfo.InvariantCulture)),
                new("DialBridged", bridged ? "true" : "false"),
            ];
            if (bridged)
            {
                break;
            }
        }

        return told;
    }

    private async Task<TwilioExchangeCall> TryAsync(string number, XElement noun)
    {
        var form = new List<KeyValuePair<string, string>> { new("To", number), new("From", dial.Attribute("callerId")?.Value ?? run.Call.From), new("Twiml", "<Response/>") };
        Copy(dial, "timeout", "Timeout", "30");
        Copy(noun, "statusCallback", "StatusCallback");
        Copy(noun, "statusCallbackEvent", "StatusCallbackEvent");
        Copy(noun, "statusCallbackMethod", "StatusCallbackMethod");
        Copy(dial, "timeLimit", "TimeLimit");
        (CallRequest? request, RestProblem? problem) = CallRequest.Read(new RestForm(form));
        if (request is null)
        {
            run.Exchange.Notify(run.Call, problem!.Code, isWarning: false, problem.Message, "");
            request = new CallRequest { To = number, From = run.Call.From, Source = new TwimlSource(null, "POST", "<Response/>") };
        }

        TwilioExchangeCall child = run.Exchange.Dial(run, request, isValid: problem is null, out Task running, talk: c => TalkAsync(c, noun));
        await using (ct.UnsafeRegister(static state => ((ExchangeCallRun)state!).End("completed"), child.Run))
        {
            await running;
        }

        ct.ThrowIfCancellationRequested();
        return child;

        void Copy(XElement from, string attribute, string field, string? otherwise = null)
        {
            if ((from.Attribute(attribute)?.Value ?? otherwise) is { } value)
            {
                form.Add(new(field, value));
            }
        }
    }

    // What the one who answers hears before the two are put through; the caller hears it ring meanwhile.
    private async Task TalkAsync(ExchangeCallRun child, XElement noun)
    {
        if (noun.Attribute("url")?.Value is { Length: > 0 } address && Uri.TryCreate(address, UriKind.Absolute, out Uri? url))
        {
            string method = string.Equals(noun.Attribute("method")?.Value, "GET", StringComparison.OrdinalIgnoreCase) ? "GET" : "POST";
            using var whispering = CancellationTokenSource.CreateLinkedTokenSource(ct, child.Over);
            await new TwimlRun(child, whispering.Token).RunAsync(new TwimlSource(url, method, null) { Purpose = "whisper" });
        }

        await PutThroughAsync(child);
    }

    // Two persons, each hearing what the other said a frame ago.
    private async Task PutThroughAsync(ExchangeCallRun child)
    {
        TimeProvider time = run.Exchange.Time;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ct, child.Over);
        run.Leg.SetDriven(true);
        child.Leg.SetDriven(true);
        try
        {
            var toParent = new short[TelephoneLeg.FrameSamples];
            var toChild = new short[TelephoneLeg.FrameSamples];
            var parentSaid = new short[TelephoneLeg.FrameSamples];
            var childSaid = new short[TelephoneLeg.FrameSamples];
            var sent = new byte[TelephoneLeg.FrameSamples];
            long start = time.GetTimestamp();
            for (long frame = 1; ; frame++)
            {
                TimeSpan wait = TimeSpan.FromMilliseconds(frame * TelephoneLeg.FrameMs) - time.GetElapsedTime(start);
                await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, time, over.Token);
                run.Leg.Frame(toParent, parentSaid, sent);
                child.Leg.Frame(toChild, childSaid, sent);
                childSaid.CopyTo(toParent, 0);
                parentSaid.CopyTo(toChild, 0);
                if (run.Leg.Callee.HangsUp is not null)
                {
                    run.End("completed");
                    return;
                }

                if (child.Leg.Callee.HangsUp is not null)
                {
                    return;
                }
            }
        }
        finally
        {
            run.Leg.SetDriven(false);
        }
    }
}
