using System.Globalization;
using Concierge.Pipelines;

namespace Concierge.Server.Reports;

/// <summary>A call's result as figures for its report: what was used, and what happened on the line.</summary>
internal static class CallFigures
{
    /// <summary>What the model charged for.</summary>
    public static IEnumerable<ReportFigure> Usage(CallResult result)
    {
        CallUsage usage = result.Usage;
        if (usage.Responses == 0)
        {
            yield break;
        }

        yield return new ReportFigure("Audio", Text($"{usage.InputAudio:N0} in, {usage.OutputAudio:N0} out"), "tokens");
        yield return new ReportFigure("Text", Text($"{usage.InputText:N0} in, {usage.OutputText:N0} out"), "tokens");
        yield return new ReportFigure("From the cache", Text($"{usage.InputCached:N0}"), "of the tokens read");
        if (usage.TranscribedSeconds > 0)
        {
            yield return new ReportFigure("Written down", Text($"{usage.TranscribedSeconds:0} s"), "of the caller's speech");
        }

        yield return result.Cost is { } cost
            ? new ReportFigure("Cost", Text($"{cost.Amount:0.0000} {cost.Currency}"), cost.Complete ? "by the node's price table" : "some of it has no price in the node's table")
            : new ReportFigure("Cost", "unknown", "the price table does not know this model");
    }

    /// <summary>What happened; what did not is left out.</summary>
    public static IEnumerable<ReportFigure> Line(CallResult result)
    {
        CallCounters c = result.Counters;
        yield return new ReportFigure("Caller", Text($"{c.CallerFrames:N0} frames, {c.CallerFramesForwarded:N0} forwarded"));
        yield return new ReportFigure("Agent", Text($"{c.AgentFrames:N0} frames, {c.AgentOctets / 8000.0:0.0} s"));
        (string Name, long Count, string Note)[] figures =
        [
            ("Interruptions", c.Interruptions, "the agent was cut off"),
            ("Not interrupted", c.InterruptionsRefused, "the caller spoke while that was not allowed"),
            ("Too short", c.InterruptionsTooShort, "the caller spoke too briefly to interrupt"),
            ("Held back", c.LocalInterruptions, "on the node's own hearing"),
            ("Held back for nothing", c.FalseInterruptions, "the model heard nobody"),
            ("Echo kept from the model", c.CallerFramesEchoed, "frames no louder than the agent's echo may be"),
            ("Late deltas", c.AgentDeltasLate, "of answers that had been cut off, not played"),
            ("Discarded", c.AgentOctetsDiscarded / 8, "ms of the agent's audio, before it was sent"),
            ("Marks ignored", c.MarksIgnored, "returned by a clear, or not ours"),
            ("Marks overdue", c.MarksOverdue, "the clock stood in for them"),
            ("Chunks missing", c.CallerChunksMissing, "by the carrier's numbers"),
            ("Frames repeated", c.CallerFramesRepeated, "dropped"),
            ("Frames late", c.CallerFramesLate, "dropped"),
            ("Silence put in", c.CallerSilenceOctets / 8, "ms, where the caller's audio was missing"),
            ("Turns stalled", c.CallerTurnsStalled, "media stopped in the middle of a turn"),
            ("Frames rejected", c.CallerFramesRejected, "malformed, repeated or late"),
            ("Frames dropped", c.CallerFramesBehind, "the model read too slowly"),
            ("Early audio dropped", c.EarlyOctetsDropped / 8, "ms, before the model was ready"),
            ("Keys dropped", c.DigitsDropped, "they came too fast"),
            ("Carrier messages", c.CarrierBadMessages, "that could not be read"),
            ("Model events", c.ModelBadEvents, "that could not be read"),
            ("Model events", c.ModelUnknownEvents, "of an unknown kind"),
        ];
        foreach ((string name, long count, string note) in figures)
        {
            if (count > 0)
            {
                yield return new ReportFigure(name, Text($"{count:N0}"), note);
            }
        }

        if (result.Recording is { } recording)
        {
            yield return new ReportFigure("Recording", Text($"{recording.Duration.TotalSeconds:0.0} s"), recording.Truncated ? recording.Detail : "whole");
        }

        yield return new ReportFigure("End", result.Reason.Name(), result.Detail);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
