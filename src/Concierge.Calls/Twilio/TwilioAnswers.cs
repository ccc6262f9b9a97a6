using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using Concierge.Calls.Carrier;
using Concierge.Calls.Life;

namespace Concierge.Calls.Twilio;

/// <summary>Reads the REST API's answers. Unknown fields are passed over; what is not understood is no call.</summary>
internal static class TwilioAnswers
{
    public static bool TryReadCall(ReadOnlyMemory<byte> json, [NotNullWhen(true)] out CarrierCall? call)
    {
        call = null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || Text(root, "sid") is not { Length: > 0 } sid || !CallStates.TryParse(Text(root, "status"), out CallState state))
            {
                return false;
            }

            // duration is a string, null until the call is over; times are RFC 2822.
            int? duration = int.TryParse(Text(root, "duration"), NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) ? seconds : null;
            DateTimeOffset? ended = DateTimeOffset.TryParse(Text(root, "end_time"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time : null;
            call = new CarrierCall(sid, state, duration, Text(root, "answered_by"), ended);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>The error's code and a message that is safe to show: the carrier quotes numbers in its own.</summary>
    public static (int Code, string Message) ReadError(ReadOnlyMemory<byte> json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            JsonElement root = document.RootElement;
            int code = root.ValueKind == JsonValueKind.Object && root.TryGetProperty("code", out JsonElement value) && value.TryGetInt32(out int number) ? number : 0;
            return (code, Describe(code));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return (0, "no reason given.");
        }
    }

    private static string Describe(int code) => code switch
    {
        10004 or 20429 => "too many calls or requests at a time.",
        20003 => "account SID and auth token do not fit; check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN.",
        21205 => "the address for the TwiML is not valid; check PUBLIC_DOMAIN.",
        21210 or 21212 => "the calling number is not one of this account; check TWILIO_PHONE_NUMBER.",
        21211 or 21217 => "the called number is not valid.",
        21214 or 13223 => "the called number cannot be reached.",
        21215 or 13227 => "the account may not call this country; see the carrier's geographic permissions.",
        21216 => "the called number is on the carrier's deny list.",
        21219 => "the called number is not verified; a trial account calls verified numbers only.",
        21262 => "answering-machine detection needs a callback.",
        0 => "no reason given.",
        _ => "see the carrier's list of error codes.",
    };

    private static string? Text(JsonElement root, string name) => root.TryGetProperty(name, out JsonElement value) switch
    {
        true when value.ValueKind == JsonValueKind.String => value.GetString(),
        true when value.ValueKind == JsonValueKind.Number => value.GetRawText(),
        _ => null,
    };
}
