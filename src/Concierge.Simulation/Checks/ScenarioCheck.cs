using System.Globalization;
using System.Text.Json.Nodes;
using Concierge.Simulation.Realtime;
using Concierge.Simulation.Scenarios;
using Concierge.Simulation.Twilio;

namespace Concierge.Simulation.Checks;

/// <summary>
/// Checks a finished call against its scenario on what was heard at both ends: every clip at its place, level and noise, the interruption, the functions, the
/// end. Uses only the twins' records, so it says nothing about the node but what the far ends can know.
/// </summary>
public static class ScenarioCheck
{
    /// <summary>Checks a call.</summary>
    /// <param name="scenario">What was to happen.</param>
    /// <param name="model">The model's end.</param>
    /// <param name="carrier">The carrier's end.</param>
    /// <param name="limits">What still passes; null for the defaults.</param>
    /// <returns>Every check in order, passed or not.</returns>
    public static IReadOnlyList<ScenarioCheckResult> Run(Scenario scenario, RealtimeTwinRecord model, TwilioTwinRecord carrier, ScenarioCheckLimits? limits = null) =>
        Run(scenario, [model], carrier, limits);

    /// <summary>Checks a call whose connection to the model was lost and made again.</summary>
    /// <param name="scenario">What was to happen.</param>
    /// <param name="models">The model's end, connection by connection.</param>
    /// <param name="carrier">The carrier's end.</param>
    /// <param name="limits">What still passes; null for the defaults.</param>
    /// <returns>Every check in order, passed or not.</returns>
    public static IReadOnlyList<ScenarioCheckResult> Run(
        Scenario scenario, IReadOnlyList<RealtimeTwinRecord> models, TwilioTwinRecord carrier, ScenarioCheckLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        ArgumentNullException.ThrowIfNull(models);
        ArgumentNullException.ThrowIfNull(carrier);
        limits ??= new ScenarioCheckLimits();
        var results = new List<ScenarioCheckResult>();
        RealtimeTwinResponse[] responses = [.. models.SelectMany(m => m.Responses)];
        var clock = new CallClock(models, carrier);
        CheckTurns(scenario, responses, carrier, clock, results);
        CheckAgentAudio(responses, carrier, limits, clock, results);
        CheckCalleeAudio(scenario, models, carrier, limits, results);
        CheckInterruptions(scenario.Expect, carrier, results);
        if (scenario.Expect.Marks)
        {
            MarkCheck.Run(responses, carrier, clock, results);
        }

        CheckFunctions(scenario.Expect, responses, clock, results);
        CheckEnd(scenario.Expect, carrier, results);
        if (scenario.Faults.Count > 0)
        {
            Add(results, "connections to the model", models.Count > scenario.Faults.Count(f => f.RefuseStatus is null && !f.NeverAnswer), Text($"{models.Count}"));
        }

        RealtimeTwinError[] errors = [.. models.SelectMany((m, i) => m.Errors.Where(e => e.Code != Asked(scenario, i)))];
        Add(results, "no refusals by the model", errors.Length == 0, string.Join("; ", errors.Select(e => $"{e.Code}: {e.Message}")), errors.Length == 0 ? null : clock.FirstError());
        TwilioTwinWarning? warning = carrier.Warnings.FirstOrDefault();
        Add(results, "no warnings by the carrier", warning is null, string.Join("; ", carrier.Warnings.Select(w => $"{w.Code}: {w.Message}")), warning?.At);
        return results;
    }

    // The error that the scenario itself has the model send on a connection.
    private static string? Asked(Scenario scenario, int connection) =>
        connection < scenario.Faults.Count ? scenario.Faults[connection].ErrorAfterOpen ?? (scenario.Faults[connection].ErrorEventAt is null ? null : scenario.Faults[connection].ErrorEventCode) : null;

    private static void CheckTurns(Scenario scenario, RealtimeTwinResponse[] responses, TwilioTwinRecord carrier, CallClock clock, List<ScenarioCheckResult> results)
    {
        int said = carrier.Turns.Count;
        ScenarioTurn[] script = [.. scenario.CalleeTurns];
        string missing = said < script.Length ? $"; the next, {script[said].Clip?.Name ?? "without words"} on {script[said].When.ToString().ToLowerInvariant()}, had not come when the call ended" : "";
        Add(results, "every turn of the callee was reached", said == script.Length, Text($"{said} of {script.Length}{missing}"), said < script.Length ? carrier.EndedAt : null);
        string[] expected = [.. scenario.AgentTurns.Select(t => t.Clip?.Name ?? "(no speech)")];
        RealtimeTwinResponse[] whole = [.. responses.Where(r => r.Status is not ("cancelled" or "in_progress") || r.Audio.Length > 0)];
        string[] given = [.. whole.Select(r => r.Clip?.Name ?? "(no speech)")];
        int wrong = Differs(given, expected);
        string what = wrong < 0 ? "" : Text($"; number {wrong + 1} should be {expected[wrong]}");
        Add(results, "the model gave its responses in order", wrong < 0, string.Join(", ", given) + what, wrong < 0 ? null : wrong < whole.Length ? clock.Of(whole[wrong]) : carrier.EndedAt);
    }

    // The first place where what was given is not what was expected; more than was expected is no difference.
    private static int Differs(string[] given, string[] expected)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            if (i >= given.Length || given[i] != expected[i])
            {
                return i;
            }
        }

        return -1;
    }

    // What the model sent of each answer must lie in what the callee heard, up to where it was cut.
    private static void CheckAgentAudio(RealtimeTwinResponse[] responses, TwilioTwinRecord carrier, ScenarioCheckLimits limits, CallClock clock, List<ScenarioCheckResult> results)
    {
        int from = 0;
        RealtimeTwinResponse[] spoken = [.. responses.Where(r => r.Clip is not null && r.Audio.Length > 0)];
        foreach (RealtimeTwinResponse response in spoken)
        {
            // The call itself may have ended in the middle of the last one.
            double? lastMs = carrier.End == TwilioTwinEnd.CalleeHungUp && response == spoken[^1] && carrier.AgentSpeech.Count > 0
                ? (carrier.AgentSpeech[^1].End - carrier.AgentSpeech[^1].Start).TotalMilliseconds
                : null;
            bool cut = response.TruncatedAtMs is not null || response.Status is "cancelled" or "in_progress" || lastMs is not null;
            double heardMs = response.TruncatedAtMs ?? lastMs ?? (cut ? 0 : response.AudioMs);

            // Of a cut answer the last words are not asked for: the cut lies in them.
            int samples = (int)(Math.Min(response.AudioMs, heardMs - (cut ? 300 : 0)) * response.Format.Rate() / 1000);
            string name = $"the callee heard {response.Clip!.Name}";
            if (samples < response.Format.Rate() / 2)
            {
                continue;
            }

            ReadOnlySpan<short> recording = carrier.Heard.Samples[Math.Min(from, carrier.Heard.Length)..];
            from += CheckAudio(name, response.DecodeAudio().AsSpan(0, samples), response.Format.Rate(), recording, 8000, from / 8.0, clock.Of(response), limits, results);
        }
    }

    // What the callee said must lie in what the model heard; both sides of G.711 are known, so noise of the line does not count.
    private static void CheckCalleeAudio(
        Scenario scenario, IReadOnlyList<RealtimeTwinRecord> models, TwilioTwinRecord carrier, ScenarioCheckLimits limits, List<ScenarioCheckResult> results)
    {
        if (scenario.Line.LoseEveryFrames > 0)
        {
            // Lost frames move what follows them: there is no one place to look at.
            return;
        }

        int from = 0, connection = 0;
        ScenarioTurn[] script = [.. scenario.CalleeTurns];
        foreach (TwilioTwinTurn turn in carrier.Turns.Where(t => script[t.Index].Clip is not null && t.EndedAt is not null))
        {
            int start = (int)(turn.StartedAt.TotalMilliseconds * 8);
            int end = Math.Min(carrier.Said.Length, (int)(turn.EndedAt!.Value.TotalMilliseconds * 8));
            // What was said after a connection had ended was heard by the next one.
            while (connection + 1 < models.Count && carrier.StartedAt + turn.StartedAt >= models[connection].OpenedAt + models[connection].EndedAt)
            {
                (connection, from) = (connection + 1, 0);
            }

            RealtimeTwinRecord model = models[connection];
            ReadOnlySpan<short> recording = model.Heard.Samples[Math.Min(from, model.Heard.Length)..];
            from += CheckAudio($"the model heard {turn.Clip}", carrier.Said.Samples[start..end], 8000, recording, model.Heard.SampleRate, from * 1000.0 / model.Heard.SampleRate, turn.StartedAt, limits, results);
        }
    }

    // Returns how far into the recording the reference reached, so that the next one is looked for behind it.
    private static int CheckAudio(
        string name,
        ReadOnlySpan<short> reference,
        int rate,
        ReadOnlySpan<short> recording,
        int recordingRate,
        double recordingStartMs,
        TimeSpan? saidAt,
        ScenarioCheckLimits limits,
        List<ScenarioCheckResult> results)
    {
        if (recording.Length / recordingRate < reference.Length / rate)
        {
            Add(results, name, false, Text($"the recording ends at {recordingStartMs + (recording.Length * 1000.0 / recordingRate):0} ms"), saidAt);
            return 0;
        }

        AudioMatchResult match = AudioMatch.Compare(reference, rate, recording, recordingRate);
        bool good = Math.Abs(match.GainDb) <= limits.MostGainDb && match.SnrDb >= limits.LeastSnrDb && match.GapMs <= limits.MostGapMs && match.EdgeExcessDb <= limits.MostEdgeExcessDb;
        Add(results, name, good, Text($"at {recordingStartMs + match.OffsetMs:0.0} ms, level {match.GainDb:+0.00;-0.00} dB, SNR {match.SnrDb:0.0} dB, gaps {match.GapMs} ms, frame edges {match.EdgeExcessDb:0.0} dB"), saidAt, match);
        return good ? (int)((match.OffsetMs / 1000.0 * recordingRate) + ((double)reference.Length * recordingRate / rate)) : 0;
    }

    private static void CheckInterruptions(ScenarioExpectations expect, TwilioTwinRecord carrier, List<ScenarioCheckResult> results)
    {
        TwilioTwinTurn[] interruptions = [.. carrier.Turns.Where(t => t.Interrupts)];
        if (expect.Interruptions is { } count)
        {
            TimeSpan? place = interruptions.Length == count ? null : interruptions.Length > count ? interruptions[count].StartedAt : carrier.EndedAt;
            Add(results, "interruptions", interruptions.Length == count, Text($"{interruptions.Length}, expected {count}"), place);
        }

        if (expect.InterruptionStopsWithinMs is { } within)
        {
            foreach (TwilioTwinTurn turn in interruptions)
            {
                double? took = (turn.AgentStoppedAt - turn.StartedAt)?.TotalMilliseconds;
                Add(results, $"the agent stopped for {turn.Clip}", took <= within, took is null ? "never" : Text($"within {took:0} ms of the callee's first sound, {within} allowed"), turn.StartedAt);
            }
        }
    }

    private static void CheckFunctions(ScenarioExpectations expect, RealtimeTwinResponse[] responses, CallClock clock, List<ScenarioCheckResult> results)
    {
        (string Name, string Arguments, RealtimeTwinResponse By)[] calls = [.. responses.SelectMany(r => r.FunctionCalls, (r, c) => (c.Name, c.Arguments, r))];
        if (expect.FunctionCalls is { } names)
        {
            string[] called = [.. calls.Select(c => c.Name)];
            bool right = called.SequenceEqual(names);
            int wrong = Differs(called, [.. names]);
            wrong = wrong < 0 ? names.Count : wrong;
            TimeSpan? place = right ? null : wrong < calls.Length ? clock.Of(calls[wrong].By) : clock.End;
            Add(results, "functions called in order", right, $"{string.Join(", ", called)}{(right ? "" : $"; expected {string.Join(", ", names)}")}", place);
        }

        if (expect.ConfirmationNumber is { } number)
        {
            (string Name, string Arguments, RealtimeTwinResponse By) last = calls.LastOrDefault(c => c.Name == "record_outcome");
            string? sent = last.Name is null ? null : JsonNode.Parse(last.Arguments)?["confirmation_number"]?.ToString();
            Add(results, "the confirmation number was handed to the node", sent == number, $"{sent ?? "none"}{(sent == number ? "" : $", expected {number}")}", sent == number ? null : last.Name is null ? clock.End : clock.Of(last.By));
        }
    }

    private static void CheckEnd(ScenarioExpectations expect, TwilioTwinRecord carrier, List<ScenarioCheckResult> results)
    {
        if (expect.EndedBy is { } who)
        {
            bool right = who == "node" ? carrier.End == TwilioTwinEnd.NodeClosed : carrier.End is TwilioTwinEnd.CalleeHungUp or TwilioTwinEnd.CalleeGaveUp;
            Add(results, "ended by the " + who, right, $"{carrier.End}, code {carrier.CloseCode}", carrier.EndedAt);
        }
    }

    private static void Add(List<ScenarioCheckResult> results, string name, bool passed, string detail, TimeSpan? at = null, AudioMatchResult? match = null) =>
        results.Add(new ScenarioCheckResult(name, passed, detail, match, at));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
