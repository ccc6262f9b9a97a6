using System.Globalization;
using System.Runtime.InteropServices;
using Concierge.Calls.Outcome;
using Concierge.Pipelines;
using Concierge.Server.Node;
using Concierge.Server.Reports;
using Concierge.Simulation.Twilio;
using TranscriptEntry = Concierge.Calls.Outcome.TranscriptEntry;

namespace Concierge.Server.Demo;

/// <summary>Turns a demo call's evidence into its report. Times are the carrier's: what the person at the telephone lived through.</summary>
internal static class DemoReport
{
    public static CallReport Create(DemoEvidence evidence, IReadOnlyList<HeardResponse> heard, IReadOnlyList<ReportCheck> checks)
    {
        IReadOnlyList<TranscriptEntry> turns = OnTheCarriersClock(evidence, heard);
        return new CallReport
        {
            Scenario = evidence.Scenario.Title.Length > 0 ? evidence.Scenario.Title : evidence.Scenario.Name,
            Start = evidence.Carrier.StartedAt,
            Duration = evidence.Carrier.EndedAt,
            CallerAudio = evidence.Carrier.Said.ToArray(),
            AgentAudio = evidence.Carrier.Heard.ToArray(),
            Turns = turns,
            Interruptions = [.. Interruptions(evidence)],
            TurnLatencies = [.. Latencies(evidence, turns)],
            AddedLatency = [.. AddedLatency(evidence)],
            Checks = checks,
            Outcome = evidence.Outcome,
            EndReason = evidence.Node.Reason.Describe(),
            Timeline = evidence.Node.Timeline,
            Usage = [.. CallFigures.Usage(evidence.Node)],
            Line = [.. CallFigures.Line(evidence.Node)],
            Allocation = [.. Allocation(evidence)],
            Environment =
            [
                new ReportFigure("Version", FrontDoor.Version),
                new ReportFigure("Audio", evidence.Mode switch
                {
                    CallAudioMode.MuLaw => "mu-law 8 kHz passed through",
                    CallAudioMode.ALaw => "mu-law 8 kHz ⇄ A-law 8 kHz",
                    _ => "mu-law 8 kHz ⇄ PCM16 24 kHz",
                }),
                new ReportFigure("Far ends", evidence.Fast ? "simulated, in memory under a virtual clock" : "simulated, over loopback sockets in real time"),
                new ReportFigure("Runtime", $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} cores"),
                new ReportFigure("Played in", Text($"{evidence.WallClock.TotalSeconds:0.0} s")),
            ],
        };
    }

    /// <summary>The transcript, with each turn where it was truly heard.</summary>
    private static List<TranscriptEntry> OnTheCarriersClock(DemoEvidence evidence, IReadOnlyList<HeardResponse> heard)
    {
        var turns = new List<TranscriptEntry>();
        int caller = 0, agent = 0;
        List<TwilioTwinTurn> said = [.. evidence.Carrier.Turns.Where(t => t.Transcript.Length > 0)];
        foreach (TranscriptEntry entry in DemoChecks.Told(evidence))
        {
            (TimeSpan start, TimeSpan end)? truth = entry.Speaker == TranscriptSpeaker.Agent
                ? agent < heard.Count ? (heard[agent].Start, heard[agent++].End) : null
                : caller < said.Count ? (said[caller].StartedAt, said[caller++].EndedAt ?? evidence.Carrier.EndedAt) : null;
            turns.Add(truth is (TimeSpan from, TimeSpan to)
                ? entry with { StartMs = (long)from.TotalMilliseconds, EndMs = (long)to.TotalMilliseconds }
                : entry);
        }

        return turns;
    }

    private static IEnumerable<ReportInterruption> Interruptions(DemoEvidence evidence)
    {
        int clear = 0;
        foreach (TwilioTwinTurn turn in evidence.Carrier.Turns)
        {
            if (turn.Interrupts && clear < evidence.Carrier.Clears.Count)
            {
                double cleared = evidence.Carrier.Clears[clear++].At.TotalMilliseconds;
                yield return new ReportInterruption(turn.StartedAt.TotalMilliseconds, cleared, turn.AgentStoppedAt?.TotalMilliseconds ?? cleared);
            }
        }
    }

    private static IEnumerable<ReportTurnLatency> Latencies(DemoEvidence evidence, IReadOnlyList<TranscriptEntry> turns)
    {
        List<CallEvent.AgentSpeechStarted> answers = [.. evidence.Events.OfType<CallEvent.AgentSpeechStarted>()];
        int answer = -1;
        for (int i = 0; i < turns.Count; i++)
        {
            if (turns[i].Speaker != TranscriptSpeaker.Agent)
            {
                continue;
            }

            answer++;
            TranscriptEntry? before = turns.Take(i).LastOrDefault(t => t.Speaker == TranscriptSpeaker.Caller);
            if (before is null || i == 0 || turns[i - 1].Speaker != TranscriptSpeaker.Caller || answer >= answers.Count)
            {
                continue;
            }

            // The twin records what it plays in the frame that has just passed; it is heard from that frame's end on.
            double heard = turns[i].StartMs + 20;
            double firstDelta = (answers[answer].FirstDelta + evidence.NodeOffset).TotalMilliseconds;
            yield return new ReportTurnLatency(i + 1, firstDelta - before.EndMs, heard - before.EndMs);
        }
    }

    private static IEnumerable<ReportHistogram> AddedLatency(DemoEvidence evidence)
    {
        yield return Histogram("caller to model, per frame", evidence.Node.CallerFrameTime);
        yield return Histogram("model to caller, per audio delta", evidence.Node.AgentDeltaTime);
    }

    private static ReportHistogram Histogram(string name, LatencyHistogram histogram) => new(
        name,
        [.. histogram.Buckets().Select(b => new ReportBucket(b.UpperNanoseconds / 1000.0, b.Count))],
        histogram.Percentile(0.5) / 1000.0,
        histogram.Percentile(0.99) / 1000.0,
        histogram.MaxNanoseconds / 1000.0);

    private static IEnumerable<ReportFigure> Allocation(DemoEvidence evidence)
    {
        CallCounters counters = evidence.Node.Counters;
        yield return new ReportFigure(
            "Caller to model",
            Text($"{counters.CallerLoopAllocatedBytes} B in {counters.CallerLoopMeasuredFrames} frames"),
            "the bridge's own loop, from the carrier's bytes to the model's socket");
        yield return new ReportFigure(
            "Model to caller",
            Text($"{counters.AgentLoopAllocatedBytes} B in {counters.AgentLoopMeasuredDeltas} audio deltas"),
            "the bridge's own loop, from a delta to the carrier's socket");
        if (evidence.Allocation is { } allocation)
        {
            yield return new ReportFigure(
                "Whole process",
                Text($"{allocation.BytesPerFrame:0} B per frame"),
                Text($"{allocation.ProcessBytes / 1024.0:0} KiB over {allocation.Frames} frames after the first answer: the two simulated far ends and their recordings, the display, and the call's own turns, transcripts and tools; the bridge's frames are the lines above"));
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
