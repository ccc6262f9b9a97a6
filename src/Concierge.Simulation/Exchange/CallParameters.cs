namespace Concierge.Simulation.Exchange;

/// <summary>The parameters that every voice webhook carries (PROTOCOL A.8).</summary>
internal static class CallParameters
{
    public static List<KeyValuePair<string, string>> Of(TwilioExchangeCall call, string accountSid)
    {
        List<KeyValuePair<string, string>> fields =
        [
            new("CallSid", call.Sid),
            new("AccountSid", accountSid),
            new("From", call.From),
            new("To", call.To),
            new("Caller", call.From),
            new("Called", call.To),
            new("CallStatus", call.Status),
            new("Direction", call.Direction),
            new("ApiVersion", "2010-04-01"),
        ];
        foreach (string side in (string[])["From", "To", "Caller", "Called"])
        {
            string number = side is "From" or "Caller" ? call.From : call.To;
            if (!number.StartsWith('+'))
            {
                continue;
            }

            fields.Add(new(side + "City", ""));
            fields.Add(new(side + "State", ""));
            fields.Add(new(side + "Zip", ""));
            fields.Add(new(side + "Country", number.StartsWith("+1", StringComparison.Ordinal) ? "US" : ""));
        }

        if (call.ParentSid is { } parent)
        {
            fields.Add(new("ParentCallSid", parent));
        }

        if (call.AnsweredBy is { } who)
        {
            fields.Add(new("AnsweredBy", who));
        }

        if (call.Direction == "inbound")
        {
            fields.Add(new("StirVerstat", "TN-Validation-Passed-A"));
        }

        return fields;
    }
}
