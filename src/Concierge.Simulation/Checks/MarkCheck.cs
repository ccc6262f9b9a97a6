using System.Globalization;
using Concierge.Simulation.Realtime;
using Concierge.Simulation.Twilio;

namespace Concierge.Simulation.Checks;

/// <summary>
/// Checks that the node could know what was heard: a mark behind every answer that was heard to its end, and none left that says "played" of what a clear threw away.
/// </summary>
internal static class MarkCheck
{
    // An answer ends in a little silence, and a mark is echoed with the frame that ends before it.
    private static readonly TimeSpan s_around = TimeSpan.FromMilliseconds(1000);

    public static void Run(RealtimeTwinResponse[] responses, TwilioTwinRecord carrier, CallClock clock, List<ScenarioCheckResult> results)
    {
        TwilioTwinMark[] played = [.. carrier.Marks.Where(m => m is { EchoedAt: not null, Cleared: false })];
        foreach (TwilioTwinSpeech speech in carrier.AgentSpeech)
        {
            // What was cut off has its clear; what the callee's own hanging up cut off has nothing.
            bool cut = carrier.Clears.Any(c => c.At >= speech.Start && c.At <= speech.End + s_around) || (carrier.End != TwilioTwinEnd.NodeClosed && carrier.EndedAt - speech.End < s_around);
            TwilioTwinMark? behind = played.FirstOrDefault(m => m.EndsNear(speech.End, s_around));
            if (!cut && behind is null)
            {
                Add(results, false, Text($"no mark came back for what was heard from {speech.Start.TotalSeconds:0.0} to {speech.End.TotalSeconds:0.0} s"), speech.End);
                return;
            }
        }

        TwilioTwinMark? lost = carrier.Marks.FirstOrDefault(m => m.EchoedAt is null && m.ReceivedAt < carrier.EndedAt - s_around);
        int spoken = responses.Count(r => r.Audio.Length > 0);
        Add(
            results,
            lost is null && (played.Length > 0 || spoken == 0),
            lost is null ? Text($"{carrier.Marks.Count} marks, {played.Length} played, {carrier.Marks.Count(m => m.Cleared)} returned by a clear") : $"mark '{lost.Name}' never came back",
            lost?.ReceivedAt ?? (played.Length == 0 && spoken > 0 ? clock.End : null));
    }

    private static bool EndsNear(this TwilioTwinMark mark, TimeSpan end, TimeSpan around) => (mark.EchoedAt!.Value - end).Duration() <= around;

    private static void Add(List<ScenarioCheckResult> results, bool passed, string detail, TimeSpan? at) => results.Add(new ScenarioCheckResult("marks prove what was heard", passed, detail, null, at));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
