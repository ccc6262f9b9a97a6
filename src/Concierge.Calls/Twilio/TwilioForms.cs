using System.Globalization;
using Concierge.Calls.Carrier;

namespace Concierge.Calls.Twilio;

/// <summary>Form fields of requests to the REST API. Source: Twilio, Calls resource, 2010-04-01.</summary>
internal static class TwilioForms
{
    public static KeyValuePair<string, string>[] Create(CarrierCallOrder order)
    {
        List<KeyValuePair<string, string>> form =
        [
            new("To", order.To),
            new("From", order.From),
            new("Url", order.TwimlUrl),
            new("Method", "POST"),
            new("StatusCallback", order.StatusCallback),
            new("StatusCallbackMethod", "POST"),
            new("StatusCallbackEvent", "initiated"),
            new("StatusCallbackEvent", "ringing"),
            new("StatusCallbackEvent", "answered"),
            new("StatusCallbackEvent", "completed"),
            new("Timeout", Seconds(order.RingTimeout, 5, 600)),
        ];
        if (order.TimeLimit is { } limit)
        {
            form.Add(new("TimeLimit", Seconds(limit, 1, 14_400)));
        }

        if (order.MachineDetection != MachineDetection.Off && order.MachineDetectionCallback is { } callback)
        {
            // Asynchronous: the TwiML, and with it the stream, does not wait for the detection; a human never does.
            form.Add(new("MachineDetection", order.MachineDetection == MachineDetection.Enable ? "Enable" : "DetectMessageEnd"));
            form.Add(new("AsyncAmd", "true"));
            form.Add(new("AsyncAmdStatusCallback", callback));
            form.Add(new("AsyncAmdStatusCallbackMethod", "POST"));
        }

        return [.. form];
    }

    private static string Seconds(TimeSpan span, int least, int most) => Math.Clamp((int)Math.Ceiling(span.TotalSeconds), least, most).ToString(CultureInfo.InvariantCulture);
}
