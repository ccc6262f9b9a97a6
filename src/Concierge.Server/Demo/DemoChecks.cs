using System.Globalization;
using System.Text.Json.Nodes;
using Concierge.Audio;
using Concierge.Calls.Outcome;
using Concierge.Pipelines;
using Concierge.Server.Reports;
using Concierge.Simulation.Checks;
using Concierge.Simulation.Realtime;
using Concierge.Simulation.Scenarios;
using Concierge.Simulation.Speech;
using Concierge.Simulation.Twilio;
using TranscriptEntry = Concierge.Calls.Outcome.TranscriptEntry;

namespace Concierge.Server.Demo;

/// <summary>
/// What the demo asserts about itself, each from what the far ends heard and not from what the node believes. Every check carries its
/// figures, so that a failed one says where.
/// </summary>
internal static class DemoChecks
{
    /// <summary>Levels may differ by this much between what was said and what was heard.</summary>
    private const double MaxGainDb = 0.5;

    /// <summary>How far below the noise of mu-law coding alone a path may fall: the resampler's own share.</summary>
    private const double FloorMarginDb = 1.5;

    /// <summary>How much worse the worst place of a 20 ms frame may be than the median place: noise alone stays under 3 dB, clicks do not.</summary>
    private const double MaxEdgeDb = 4;

    public static IReadOnlyList<ReportCheck> Run(DemoEvidence evidence, IReadOnlyList<HeardResponse> heard)
    {
        var checks = new List<ReportCheck> { CheckScript(evidence) };
        if (evidence.Scenario.Line.LoseEveryFrames == 0 && evidence.Models.Count == 1)
        {
            // A line that loses frames by design moves all that follows, a lost connection cuts it: there is no one piece to compare.
            checks.Add(CheckCallerAudio(evidence));
        }

        checks.AddRange(CheckAgentAudio(evidence, heard));
        checks.AddRange(CheckInterruptions(evidence, heard));
        checks.Add(CheckTranscript(evidence));
        checks.AddRange(CheckOutcome(evidence));
        checks.Add(CheckEnd(evidence));
        checks.Add(CheckLosses(evidence));
        checks.Add(CheckAllocation(evidence));
        return checks;
    }

    /// <summary>The twins' own checks of the script, from their records alone: every turn, clip, function and end, and no complaint of either end.</summary>
    private static ReportCheck CheckScript(DemoEvidence evidence)
    {
        IReadOnlyList<ScenarioCheckResult> results = ScenarioCheck.Run(evidence.Scenario, evidence.Models, evidence.Carrier);
        List<string> failed = [.. results.Where(r => !r.Passed).Select(r => r.ToString())];
        return new ReportCheck(
            "The call went as the scenario says",
            failed.Count == 0,
            failed.Count == 0 ? $"{results.Count} points, seen from both far ends; no warning of the carrier, no error of the model" : string.Join("; ", failed));
    }

    private static ReportCheck CheckCallerAudio(DemoEvidence evidence)
    {
        // The whole call as one piece: a frame that is missing, repeated or out of place anywhere shifts all that follows.
        const string name = "The model heard the caller whole";
        AudioTrack model = evidence.Model.Heard;
        ReadOnlySpan<short> said = evidence.Carrier.Said.Samples;

        // The model hears a little less than was said: the call ends while frames are on their way.
        int usable = (int)(Math.Min(evidence.Carrier.Said.Duration.TotalSeconds, model.Duration.TotalSeconds) * HeardResponse.Rate) - (HeardResponse.Rate / 5);
        if (usable < HeardResponse.Rate)
        {
            return new ReportCheck(name, false, Text($"only {model.Duration.TotalSeconds:0.00} s arrived"));
        }

        AudioMatchResult match = AudioMatch.Compare(said[..usable], HeardResponse.Rate, model.Samples, model.SampleRate);
        double floor = FloorDb(said, CallAudioMode.MuLaw);
        double missing = (evidence.Carrier.Said.Duration - model.Duration).TotalMilliseconds;
        return new ReportCheck(
            name,
            Math.Abs(match.GainDb) <= MaxGainDb && match.SnrDb >= floor - FloorMarginDb && match.EdgeExcessDb <= MaxEdgeDb && match.GapMs == 0 && missing < 200,
            Text($"{model.Duration.TotalSeconds:0.0} s as one piece, {match.GainDb:+0.00;-0.00} dB, signal to noise {match.SnrDb:0.0} dB (mu-law alone leaves {floor:0.0}), {match.GapMs} ms missing, {match.EdgeExcessDb:0.0} dB more noise at frame edges, {missing:0} ms on the way at the end"));
    }

    private static IEnumerable<ReportCheck> CheckAgentAudio(DemoEvidence evidence, IReadOnlyList<HeardResponse> heard)
    {
        double worstGain = 0, worstMargin = double.MaxValue, worstEdge = 0;
        int gaps = 0;
        TimeSpan? bad = null;
        foreach (HeardResponse response in heard)
        {
            double margin = response.Match.SnrDb - FloorDb(response.Compared, evidence.Mode);
            if (Math.Abs(response.Match.GainDb) > MaxGainDb || margin < -FloorMarginDb || response.Match.EdgeExcessDb > MaxEdgeDb || response.Match.GapMs > 0)
            {
                bad ??= response.Start;
            }

            worstGain = Math.Max(worstGain, Math.Abs(response.Match.GainDb));
            worstMargin = Math.Min(worstMargin, margin);
            worstEdge = Math.Max(worstEdge, response.Match.EdgeExcessDb);
            gaps += response.Match.GapMs;
        }

        int expected = evidence.Scenario.AgentTurns.Count(t => t.Clip is not null) - evidence.Models.SelectMany(m => m.Responses).Count(r => r.Status == "in_progress" && r.Clip is not null);
        yield return new ReportCheck(
            "The caller heard the agent whole",
            heard.Count == expected && worstGain <= MaxGainDb && worstMargin >= -FloorMarginDb && worstEdge <= MaxEdgeDb && gaps == 0,
            Text($"{heard.Count} of {expected} answers, level within {worstGain:0.00} dB, signal to noise at worst {worstMargin:+0.0;-0.0} dB from what coding alone leaves, {gaps} ms missing, {worstEdge:0.0} dB more noise at frame edges{(bad is { } at ? Place(at) : "")}"));
        yield return new ReportCheck(
            "The agent's voice never ran dry in mid-speech",
            evidence.Carrier.Underruns == 0,
            Text($"{evidence.Carrier.Underruns} gaps; at most {evidence.Carrier.MostBufferedMs:0} ms waited at the carrier"));
    }

    private static IEnumerable<ReportCheck> CheckInterruptions(DemoEvidence evidence, IReadOnlyList<HeardResponse> heard)
    {
        ScenarioExpectations expect = evidence.Scenario.Expect;
        List<TwilioTwinTurn> interruptions = [.. evidence.Carrier.Turns.Where(t => t.Interrupts)];
        if (expect.Interruptions is int count)
        {
            // An answer that a lost connection cut off is cleared too.
            int lost = evidence.Models.SelectMany(m => m.Responses).Count(r => r.Status == "in_progress" && r.Audio.Length > 0);
            int clears = evidence.Carrier.Clears.Count;
            yield return new ReportCheck(
                "As many interruptions as the scenario has",
                interruptions.Count == count && clears >= count && clears <= count + lost,
                Text($"{interruptions.Count} by the caller, {clears} clears, {count} expected{(interruptions.Count > count ? Place(interruptions[count].StartedAt) : "")}{(lost > 0 ? $", {lost} answers cut off by the loss of the model" : "")}"));
        }

        if (interruptions.Count == 0)
        {
            yield break;
        }

        double limit = expect.InterruptionStopsWithinMs ?? 600;
        double slowest = interruptions.Max(t => t.AgentStoppedAt is TimeSpan stopped ? (stopped - t.StartedAt).TotalMilliseconds : double.PositiveInfinity);
        double reaction = evidence.Events.OfType<CallEvent.AgentInterrupted>().Select(e => e.Reaction.TotalMilliseconds).DefaultIfEmpty(0).Max();
        yield return new ReportCheck(
            "The agent fell silent when the caller cut in",
            slowest <= limit,
            Text($"{slowest:0} ms from the caller's first sound to the agent's last (limit {limit:0} ms); the node took {reaction:0.00} ms from the model's word to the clear"));

        List<double> differences =
        [
            .. heard.Where(h => h.Response.TruncatedAtMs is not null).Select(h => h.Response.TruncatedAtMs!.Value - h.Audible.TotalMilliseconds),
        ];
        bool refused = evidence.Models.SelectMany(m => m.Truncations).Any(t => t.Error is not null);
        yield return new ReportCheck(
            "The model knows what was heard",
            !refused && differences.Count > 0 && differences.All(d => d <= 60 && d >= -260),
            Text($"truncated at {string.Join(", ", differences.Select(d => Text($"{d:+0;-0} ms")))} from what the caller truly heard (at most +60 ms){(refused ? "; refused by the model" : "")}"));
    }

    private static ReportCheck CheckTranscript(DemoEvidence evidence)
    {
        const string name = "The transcript is complete and in order";
        // What a lost connection cut off stands by itself, like an interrupted answer.
        HashSet<string> lost = [.. evidence.Models.SelectMany(m => m.Responses).Where(r => r.Status == "in_progress" && r.Clip is not null).Select(r => r.Clip!.Name)];
        List<Line> expected = Join(evidence.Scenario.Turns.Where(t => t.Clip is not null).Select(t =>
            new Line(t.By == ScenarioSpeaker.Agent, t.Transcript, t.By == ScenarioSpeaker.Agent && lost.Contains(t.Clip!.Name), TimeSpan.Zero)));
        List<Line> told = Join(Told(evidence).Select(e => new Line(e.Speaker == TranscriptSpeaker.Agent, e.Text, e.Interrupted, TimeSpan.FromMilliseconds(e.StartMs))));
        for (int i = 0; i < Math.Max(expected.Count, told.Count); i++)
        {
            if (i >= expected.Count || i >= told.Count)
            {
                return new ReportCheck(name, false, $"{told.Count} turns where the scenario has {expected.Count}{Place(i < told.Count ? told[i].At : evidence.Carrier.EndedAt)}");
            }

            if (expected[i].Agent != told[i].Agent)
            {
                return new ReportCheck(name, false, $"turn {i + 1} is the {(told[i].Agent ? "agent" : "caller")}'s: \"{told[i].Text}\"{Place(told[i].At)}");
            }

            bool same = told[i].Interrupted
                ? told[i].Text.Length > 0 && expected[i].Text.StartsWith(told[i].Text, StringComparison.Ordinal)
                : told[i].Text == expected[i].Text;
            if (!same && !(evidence.Scenario.Expect.EndedBy == "callee" && i == told.Count - 1))
            {
                return new ReportCheck(name, false, $"turn {i + 1} reads \"{told[i].Text}\" where \"{expected[i].Text}\" was said{Place(told[i].At)}");
            }
        }

        return new ReportCheck(name, true, $"{told.Count} turns, word for word");
    }

    /// <summary>Turns of one side in a row are one turn to whoever listens: where it is cut is the turn detector's choice.</summary>
    private static List<Line> Join(IEnumerable<Line> lines)
    {
        var joined = new List<Line>();
        foreach (Line line in lines)
        {
            string text = line.Text.Trim();
            if (joined.Count > 0 && joined[^1].Agent == line.Agent && !joined[^1].Interrupted)
            {
                joined[^1] = joined[^1] with { Text = $"{joined[^1].Text} {text}", Interrupted = line.Interrupted };
            }
            else
            {
                joined.Add(line with { Text = text });
            }
        }

        return joined;
    }

    private sealed record Line(bool Agent, string Text, bool Interrupted, TimeSpan At);

    private static IEnumerable<ReportCheck> CheckOutcome(DemoEvidence evidence)
    {
        if (evidence.Scenario.Expect.Outcome is { } fields)
        {
            JsonObject recorded = JsonNode.Parse(CallsJson.Write(evidence.Outcome))!.AsObject();
            List<string> wrong =
            [
                .. fields.Where(f => !string.Equals(recorded[f.Key]?.ToString(), f.Value?.ToString(), StringComparison.OrdinalIgnoreCase))
                    .Select(f => $"{f.Key} is {recorded[f.Key]?.ToJsonString() ?? "null"}, expected {f.Value?.ToJsonString() ?? "null"}"),
            ];
            yield return new ReportCheck(
                "The outcome is what the scenario came to",
                wrong.Count == 0,
                wrong.Count == 0 ? $"{string.Join(", ", fields.Select(f => $"{f.Key} {f.Value}"))}" : string.Join("; ", wrong) + Place(RecordedAt(evidence)));
        }

        if (evidence.Scenario.Expect.ConfirmationNumber is not string expected)
        {
            yield break;
        }

        // The number as the person spoke it, joined from the recording's own words.
        string? spoken = evidence.Scenario.CalleeTurns
            .Select(t => ConfirmationNumber.TryFind(t.Transcript, out string? number) ? number : null)
            .FirstOrDefault(n => n is not null);
        yield return new ReportCheck(
            "The confirmation number is the spoken one",
            evidence.Outcome.ConfirmationNumber == expected && (spoken ?? expected) == expected,
            $"recorded {evidence.Outcome.ConfirmationNumber ?? "none"}, spoken {spoken ?? "by the agent only"}, expected {expected}{(evidence.Outcome.ConfirmationNumber == expected ? "" : Place(RecordedAt(evidence)))}");
    }

    // When the outcome was recorded, or would have been.
    private static TimeSpan RecordedAt(DemoEvidence evidence) =>
        evidence.Models.SelectMany(m => m.Responses, (m, r) => (Model: m, Response: r))
            .Where(p => p.Response.FunctionCalls.Any(c => c.Name == "record_outcome"))
            .Select(p => p.Model.OpenedAt + p.Response.CreatedAt - evidence.Carrier.StartedAt)
            .DefaultIfEmpty(evidence.Carrier.EndedAt)
            .Last();

    // As the recordings count.
    private static string Place(TimeSpan at) => string.Create(CultureInfo.InvariantCulture, $" [at {(int)at.TotalMinutes:00}:{at.Seconds:00}.{at.Milliseconds:000}]");

    private static ReportCheck CheckEnd(DemoEvidence evidence)
    {
        bool byNode = evidence.Scenario.Expect.EndedBy != "callee";
        bool passed = evidence.Node.Reason == (byNode ? CallEndReason.AgentEnded : CallEndReason.CarrierStopped)
            && (byNode ? evidence.Carrier.End == TwilioTwinEnd.NodeClosed : evidence.Carrier.End is TwilioTwinEnd.CalleeHungUp or TwilioTwinEnd.CalleeGaveUp)
            && evidence.Carrier.CloseCode == 1000 && evidence.Model.CloseCode == 1000;
        return new ReportCheck(
            "The call ended in order",
            passed,
            $"{evidence.Node.Reason.Name()}; carrier {evidence.Carrier.End}, close {evidence.Carrier.CloseCode}; model close {evidence.Model.CloseCode}");
    }

    private static ReportCheck CheckLosses(DemoEvidence evidence)
    {
        CallCounters counters = evidence.Node.Counters;
        long lost = counters.CallerFramesRejected + counters.CallerFramesBehind + counters.EarlyOctetsDropped + counters.CarrierBadMessages
            + counters.AgentDeltasRejected + counters.ModelBadEvents;
        return new ReportCheck(
            "Nothing was dropped that should not be",
            lost == 0,
            Text($"{counters.CallerFrames} frames in, {counters.CallerFramesForwarded} forwarded; {counters.AgentFrames} frames out; {counters.AgentDeltasLate} late deltas dropped on purpose"));
    }

    private static ReportCheck CheckAllocation(DemoEvidence evidence)
    {
        CallCounters counters = evidence.Node.Counters;
        return new ReportCheck(
            "The bridge allocated nothing per frame",
            Rarely(counters.CallerLoopAllocatingWakeUps, counters.CallerLoopMeasuredFrames) && Rarely(counters.AgentLoopAllocatingDeltas, counters.AgentLoopMeasuredDeltas),
            Text($"{counters.CallerLoopMeasuredFrames - counters.CallerLoopAllocatingWakeUps} of {counters.CallerLoopMeasuredFrames} caller frames and {counters.AgentLoopMeasuredDeltas - counters.AgentLoopAllocatingDeltas} of {counters.AgentLoopMeasuredDeltas} audio deltas without a byte; in all {counters.CallerLoopAllocatedBytes} B and {counters.AgentLoopAllocatedBytes} B, for pooled buffers taken for the first time"));
    }

    /// <summary>
    /// A pooled buffer that is taken for the first time, ours or a socket's, is allocated once; an allocation per frame would be every time.
    /// </summary>
    private static bool Rarely(long allocating, long measured) => measured > 0 && allocating <= Math.Max(2, measured / 25);

    /// <summary>The transcript as the product tells it.</summary>
    public static IReadOnlyList<TranscriptEntry> Told(DemoEvidence evidence) =>
    [
        .. evidence.Node.Transcript.Select(e => new TranscriptEntry(
            e.Speaker == CallSpeaker.Agent ? TranscriptSpeaker.Agent : TranscriptSpeaker.Caller,
            e.Text,
            (long)(e.Start + evidence.NodeOffset).TotalMilliseconds,
            (long)(e.End + evidence.NodeOffset).TotalMilliseconds,
            e.Interrupted)),
    ];

    /// <summary>
    /// The signal to noise that the telephone's coding alone leaves, measured like everything else here: mu-law, and A-law before it where the
    /// model speaks that. Taken at 97 % of the level: audio that has been through mu-law once lies on its steps and would lose nothing more.
    /// </summary>
    private static double FloorDb(ReadOnlySpan<short> samples, CallAudioMode mode)
    {
        short[] original = new short[samples.Length];
        for (int i = 0; i < samples.Length; i++)
        {
            original[i] = (short)(0.97 * samples[i]);
        }

        byte[] codes = new byte[samples.Length];
        short[] coded = [.. original];
        if (mode == CallAudioMode.ALaw)
        {
            ALaw.Encode(coded, codes);
            ALaw.Decode(codes, coded);
        }

        MuLaw.Encode(coded, codes);
        MuLaw.Decode(codes, coded);
        return AudioMatch.Compare(original, HeardResponse.Rate, coded, HeardResponse.Rate).SnrDb;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
