namespace Concierge.Simulation.Checks;

/// <summary>One thing that was looked at after a call.</summary>
/// <param name="Name">What.</param>
/// <param name="Passed">Whether it was as expected.</param>
/// <param name="Detail">Figures and places.</param>
/// <param name="Audio">For an audio check, how well it matched.</param>
public sealed record ScenarioCheckResult(string Name, bool Passed, string Detail, AudioMatchResult? Audio = null);
