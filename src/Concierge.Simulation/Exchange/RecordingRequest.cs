namespace Concierge.Simulation.Exchange;

/// <summary>How a call is recorded, and who is told.</summary>
internal sealed record RecordingRequest(int Channels, string Track, Uri? Callback, string CallbackMethod, string Events)
{
    public static RecordingRequest Read(RestForm form)
    {
        string events = string.Join(' ', form.All("RecordingStatusCallbackEvent"));
        return new RecordingRequest(
            form["RecordingChannels"] == "dual" ? 2 : 1,
            form["RecordingTrack"] is "inbound" or "outbound" ? form["RecordingTrack"]! : "both",
            CallRequest.Address(form["RecordingStatusCallback"]),
            CallRequest.Method(form, "RecordingStatusCallbackMethod"),
            events.Length > 0 ? events : "completed");
    }
}
