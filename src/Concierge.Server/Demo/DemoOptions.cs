using Concierge.Pipelines;
using Concierge.Simulation.Scenarios;

namespace Concierge.Server.Demo;

/// <summary>What the demo plays, and how.</summary>
/// <param name="Scenario">The script of both far ends.</param>
/// <param name="Mode">What crosses the bridge towards the model.</param>
/// <param name="Fast">Under the virtual clock, in memory, instead of over sockets in real time.</param>
internal sealed record DemoOptions(Scenario Scenario, CallAudioMode Mode, bool Fast);
