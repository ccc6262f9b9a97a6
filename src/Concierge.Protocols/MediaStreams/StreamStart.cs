namespace Concierge.Protocols.MediaStreams;

/// <summary>The <c>start</c> message: what a stream carries and whose it is.</summary>
/// <param name="StreamSid">The stream's id (<c>MZ...</c>).</param>
/// <param name="CallSid">The call's id (<c>CA...</c>).</param>
/// <param name="AccountSid">The account's id (<c>AC...</c>).</param>
/// <param name="Tracks">What will be sent: <c>inbound</c>, <c>outbound</c>; empty when the message names none.</param>
/// <param name="Encoding">Documented as always <c>audio/x-mulaw</c>; refuse anything else.</param>
/// <param name="SampleRate">In hertz; documented as always 8000.</param>
/// <param name="Channels">Documented as always 1.</param>
/// <param name="CustomParameters">The TwiML's <c>&lt;Parameter&gt;</c> elements, names compared ordinally; empty when there are none. Caller-provided data: trust nothing in it that is not verified.</param>
public sealed record StreamStart(
    string StreamSid,
    string CallSid,
    string AccountSid,
    IReadOnlyList<string> Tracks,
    string Encoding,
    int SampleRate,
    int Channels,
    IReadOnlyDictionary<string, string> CustomParameters)
{
    /// <summary>Whether the audio is what the carrier documents and this project speaks: mu-law, 8000 Hz, one channel (Twilio Media Streams, <c>mediaFormat</c>).</summary>
    public bool IsMuLaw8k => Encoding == "audio/x-mulaw" && SampleRate == 8000 && Channels == 1;
}
