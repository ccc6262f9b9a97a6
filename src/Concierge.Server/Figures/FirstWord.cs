using Concierge.Agents;
using Concierge.Agents.Realtime;
using Concierge.Server.Configuration;
using Concierge.Server.Hosting;
using Concierge.Server.Node;
using Concierge.Server.Shell;
using Concierge.Simulation.Realtime;
using Concierge.Simulation.Scenarios;
using Concierge.Simulation.Twilio;

namespace Concierge.Server.Figures;

/// <summary>
/// Measures how long a caller waits for the first word: from the carrier's request for TwiML to the first agent audio played at its end, in real time, over loopback
/// sockets, against twins that take as long as the real far ends do.
/// </summary>
internal static class FirstWord
{
    private static readonly Scenario s_scenario = Scenario.Parse(
        """
        {
          "name": "first-word",
          "turns": [
            { "by": "agent", "say": "concierge-purpose" },
            { "by": "callee", "when": "speaking", "afterMs": 200, "hangUp": true }
          ]
        }
        """);

    /// <summary>Places the calls of one manner, one after the other.</summary>
    /// <param name="options">The delays.</param>
    /// <param name="predial">Whether the model is dialled while the carrier reads its TwiML.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The waits, shortest first.</returns>
    /// <exception cref="CommandException">A call did not come about.</exception>
    public static async Task<IReadOnlyList<TimeSpan>> MeasureAsync(FirstWordOptions options, bool predial, CancellationToken cancellationToken)
    {
        var behaviour = new RealtimeTwinOptions { ThinkMs = (int)options.Think.TotalMilliseconds, Faults = new RealtimeTwinFaults { HandshakeDelay = options.Connect } };
        await using RealtimeTwinServer model = await RealtimeTwinServer.StartAsync(s_scenario, behaviour);
        NodeOptions node = new()
        {
            RealtimeUrl = new Uri($"{model.Url}?model={NodeOptions.DefaultModel}"),
            Authentication = RealtimeAuthentication.None,
            Model = NodeOptions.DefaultModel,
            AudioMode = options.Mode,
            Host = "127.0.0.1",
            Port = 0,
            Predial = predial,
            LogLevel = LogLevel.None,
        };
        AgentSet agents = FrontDeskAgent.Create(node);
        await using NodeHost host = await NodeHost.StartAsync(
            node,
            TimeProvider.System,
            (tokens, loggers) => new CallStreamHandler(
                node,
                tokens,
                admit => new CallPlan(new RealtimeRunner(agents, NodeSession.RunnerOptions(node, TimeProvider.System, admit, loggers)).CreateSession()),
                loggers,
                TimeProvider.System,
                expected: (_, ct) => NodeSession.ExpectAsync(agents, node, TimeProvider.System, ct)),
            cancellationToken: cancellationToken);

        var waits = new List<TimeSpan>(options.Calls);
        var caller = new TwilioTwinCaller(s_scenario, new TwilioTwinCallerOptions { StreamDelay = options.Carrier, Direction = "inbound" });

        // One that does not count: the first call of a process pays for the JIT.
        for (int i = -1; i < options.Calls; i++)
        {
            DateTimeOffset asked = TimeProvider.System.GetUtcNow();
            TwilioTwinCall call = await caller.CallAsync(new Uri(host.Address, FrontDoor.TwimlPath), cancellationToken);
            if (call.Stream is not { FirstAudioAt: { } heard } stream)
            {
                throw new CommandException(ExitCodes.Failed, $"no word was heard: {call.ErrorCode} {call.Error}".TrimEnd());
            }

            if (i >= 0)
            {
                waits.Add(stream.StartedAt + heard - asked);
            }
        }

        waits.Sort();
        return waits;
    }
}
