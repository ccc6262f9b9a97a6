using Concierge.Simulation.Checks;
using Concierge.Simulation.Realtime;
using Concierge.Simulation.Twilio;

namespace Concierge.Server.Demo;

/// <summary>One spoken response of the model, found again in what the person heard.</summary>
/// <param name="Response">What the model said.</param>
/// <param name="Match">How well it was heard.</param>
/// <param name="Compared">The part of it that was compared, as it was said, at 8 kHz.</param>
/// <param name="Start">When its first sample was heard, on the stream's clock.</param>
/// <param name="Audible">How much of it was heard: all, or up to an interruption.</param>
internal sealed record HeardResponse(RealtimeTwinResponse Response, AudioMatchResult Match, short[] Compared, TimeSpan Start, TimeSpan Audible)
{
    public const int Rate = 8000;

    public TimeSpan End => Start + Audible;

    /// <summary>
    /// Finds every spoken response in what was heard, in order. A response is looked for from the end of the one before it; of an
    /// interrupted one only what came before the carrier was cleared can be found.
    /// </summary>
    public static IReadOnlyList<HeardResponse> FindAll(DemoEvidence evidence)
    {
        var found = new List<HeardResponse>();
        short[] heard = evidence.Carrier.Heard.ToArray();
        foreach ((RealtimeTwinRecord model, RealtimeTwinResponse response) in evidence.Models.SelectMany(m => m.Responses, (m, r) => (m, r)))
        {
            // What was under way when its connection was lost was not sent to its end: there is no whole to look for.
            if (response.FirstAudioAt is not TimeSpan firstAudio || response.Clip is null || response.Status == "in_progress")
            {
                continue;
            }

            TimeSpan modelOffset = model.OpenedAt - evidence.Carrier.StartedAt;

            short[] said = response.Clip.At(Rate).ToArray();
            TimeSpan sent = modelOffset + firstAudio;
            TimeSpan? cleared = ClearOf(evidence, response, sent);
            int length = said.Length;
            if (cleared is TimeSpan end)
            {
                // Only what was surely played before the clear; how much it was follows from where it begins.
                length = Math.Clamp((int)((end - sent).TotalSeconds * Rate) - (Rate / 5), Rate / 5, said.Length);
            }

            // It begins to be heard within a second and a half of its first delta, or it was not heard as it should be.
            int earliest = Math.Clamp((int)(sent.TotalSeconds * Rate) - (Rate / 50), 0, Math.Max(0, heard.Length - length));
            int latest = Math.Min(heard.Length, earliest + length + (Rate * 3 / 2));
            if (latest - earliest < length)
            {
                continue;
            }

            short[] compared = said[..length];
            AudioMatchResult match = AudioMatch.Compare(compared, Rate, heard.AsSpan(earliest, latest - earliest), Rate);
            TimeSpan start = TimeSpan.FromMilliseconds((earliest * 1000.0 / Rate) + match.OffsetMs);
            TimeSpan whole = TimeSpan.FromSeconds((double)said.Length / Rate);
            found.Add(new HeardResponse(response, match, compared, start, cleared is TimeSpan cut && cut - start < whole ? cut - start : whole));
        }

        return found;
    }

    private static TimeSpan? ClearOf(DemoEvidence evidence, RealtimeTwinResponse response, TimeSpan sent)
    {
        if (response.TruncatedAtMs is null)
        {
            // Whoever hangs up in the middle of an answer cuts it off too.
            TimeSpan whole = response.Clip!.Duration;
            return sent + whole > evidence.Carrier.EndedAt ? evidence.Carrier.EndedAt : null;
        }

        foreach (TwilioTwinClear clear in evidence.Carrier.Clears)
        {
            if (clear.At > sent)
            {
                return clear.At;
            }
        }

        return null;
    }
}
