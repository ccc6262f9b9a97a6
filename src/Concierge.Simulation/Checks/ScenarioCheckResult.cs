namespace Concierge.Simulation.Checks;

/// <summary>One thing that was looked at after a call.</summary>
/// <param name="Name">What.</param>
/// <param name="Passed">Whether it was as expected.</param>
/// <param name="Detail">Figures and places.</param>
/// <param name="Audio">For an audio check, how well it matched.</param>
/// <param name="At">Where in the call, on the stream's clock, which is that of its recordings; null for what has no place.</param>
public sealed record ScenarioCheckResult(string Name, bool Passed, string Detail, AudioMatchResult? Audio = null, TimeSpan? At = null)
{
    /// <summary>Name, detail and place in one line.</summary>
    public override string ToString() => At is { } at
        ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Name}: {Detail} [at {(int)at.TotalMinutes:00}:{at.Seconds:00}.{at.Milliseconds:000}]")
        : $"{Name}: {Detail}";
}
