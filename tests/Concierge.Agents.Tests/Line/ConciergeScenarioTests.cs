using System.Text.Json.Nodes;
using Concierge.Agents.Files;
using Concierge.Agents.Ready;
using Concierge.Agents.Realtime;
using Concierge.Agents.Reservations;
using Concierge.Agents.Telephone;
using Concierge.Calls.Outcome;
using Concierge.Calls.Reservations;
using Concierge.Pipelines;
using Concierge.Simulation.Checks;
using Concierge.Simulation.Scenarios;

namespace Concierge.Agents.Tests.Line;

/// <summary>The agents that come with the program, on every scenario that comes with the twins, under the virtual clock.</summary>
public sealed class ConciergeScenarioTests
{
    /// <summary>Those in which the line to the model is not lost: dialling again is the server's affair, and its tests'.</summary>
    public static TheoryData<string> Scenarios => [.. ScenarioLibrary.Names.Where(n => ScenarioLibrary.Get(n).ModelFaults.Count == 0)];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void The_concierge_lives_through(string name)
    {
        Scenario scenario = ScenarioLibrary.Get(name);
        var recorder = new OutcomeRecorder();
        TwinCall call = TwinCall.Run(time => OnLine(time, name == "cancellation" ? ReservationKind.Cancel : ReservationKind.Book, recorder), ScenarioLibrary.Text(name));
        Assert.All(ScenarioCheck.Run(scenario, call.Model, call.Carrier), r => Assert.True(r.Passed, $"{r.Name}: {r.Detail}"));
        if (scenario.Expect?.Outcome is { } expected)
        {
            JsonNode outcome = JsonNode.Parse(CallsJson.Write(recorder.Outcome!))!;
            Assert.All(expected, e => Assert.Equal(e.Value?.ToJsonString(), outcome[e.Key]?.ToJsonString()));
            Assert.Equal(CallOutcomeSource.AgentTool, recorder.Outcome!.Source);
        }

        Assert.True(call.Result.Reason.IsOrderly(), call.Result.Reason.ToString());
        Assert.Empty(call.Model.Errors);
    }

    private static RealtimeSession OnLine(TimeProvider time, ReservationKind kind, OutcomeRecorder recorder)
    {
        AgentDefinitions concierge = AgentFile.Load(ReadyAgents.Concierge, new AgentFileOptions { HostTools = ConciergeTools.Catalog, Time = time });
        var details = new ReservationDetails
        {
            Kind = kind,
            Restaurant = "Trattoria Bella",
            Date = new DateOnly(2027, 6, 11),
            Time = new TimeOnly(19, 30),
            PartySize = 4,
            GuestName = "Morgan",
            LatestTime = new TimeOnly(21, 0),
        };
        return new RealtimeRunner(concierge.Set!, new RealtimeRunnerOptions { Time = time }).CreateSession(
            ReservationBrief.CreateContext(details, "call_1", concierge.Variables, recorder), kind == ReservationKind.Cancel ? ReadyAgents.CancellationCall : ReadyAgents.ReservationCall);
    }
}
