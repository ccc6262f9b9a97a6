using Concierge.Simulation.Scenarios;

namespace Concierge.Simulation.Exchange;

/// <summary>Answering machine detection: what it finds at a scenario's number, and when (PROTOCOL A.10).</summary>
internal static class MachineDetection
{
    private const int UsualMs = 1200;

    public static (string AnsweredBy, TimeSpan After) Find(Scenario scenario, bool untilEnd, TimeSpan timeout)
    {
        string who = scenario.Callee.AnsweredBy;
        bool machine = who.StartsWith("machine", StringComparison.Ordinal);
        int after = scenario.Callee.DetectionMs ?? (machine && untilEnd ? Greeting(scenario) : UsualMs);
        if (after > timeout.TotalMilliseconds)
        {
            return ("unknown", timeout);
        }

        if (machine)
        {
            bool beeps = scenario.CalleeTurns.Any(t => t.ToneHz > 0);
            who = !untilEnd ? "machine_start" : who is "machine" or "machine_start" ? (beeps ? "machine_end_beep" : "machine_end_silence") : who;
        }

        return (who, TimeSpan.FromMilliseconds(after));
    }

    // The machine talks until its beep: the turns that wait for nobody.
    private static int Greeting(Scenario scenario)
    {
        double at = 0;
        foreach (ScenarioTurn turn in scenario.CalleeTurns.TakeWhile(t => t.When is ScenarioTrigger.Answered or ScenarioTrigger.Elapsed))
        {
            at = (turn.When == ScenarioTrigger.Answered ? turn.AfterMs : at + turn.AfterMs) + (turn.Clip?.Duration.TotalMilliseconds ?? Math.Max(turn.ToneMs, turn.MusicMs));
        }

        return (int)at + 200;
    }
}
