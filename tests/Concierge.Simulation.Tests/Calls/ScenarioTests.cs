using Concierge.Simulation.Checks;
using Concierge.Simulation.Realtime;
using Concierge.Simulation.Scenarios;
using Concierge.Simulation.Speech;

namespace Concierge.Simulation.Tests.Calls;

public sealed class ScenarioTests
{
    // The naive bridge does not dial again: what loses its connection is the product's own test.
    public static TheoryData<string> Shipped => [.. ScenarioLibrary.Names.Where(n => ScenarioLibrary.Get(n).Faults.Count == 0)];

    [Theory]
    [MemberData(nameof(Shipped))]
    public void Every_shipped_scenario_comes_out_as_it_says_over_a_bridge_that_works(string name)
    {
        Scenario scenario = ScenarioLibrary.Get(name);
        Assert.Equal(name, scenario.Name);
        Assert.NotEmpty(scenario.Title);

        BridgedCall call = BridgedCall.Run(scenario);

        IReadOnlyList<ScenarioCheckResult> results = ScenarioCheck.Run(scenario, call.Model, call.Carrier);
        Assert.True(results.All(r => r.Passed), string.Join('\n', results.Select(r => $"{(r.Passed ? "ok  " : "FAIL")} {r}")));
        Assert.Null(call.Model.Fault);
        Assert.Null(call.Carrier.Fault);
    }

    [Fact]
    public void A_bridge_that_loses_audio_fails_the_check()
    {
        Scenario scenario = ScenarioLibrary.BookingConfirmed;
        BridgedCall call = BridgedCall.Run(scenario, new RealtimeTwinOptions { Faults = new RealtimeTwinFaults { DuplicateEveryDeltas = 6 } });

        Assert.Contains(ScenarioCheck.Run(scenario, call.Model, call.Carrier), r => !r.Passed && r.Name.StartsWith("the callee heard", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{", "cannot be read")]
    [InlineData("""{"name":"x","turns":[{"by":"agent","say":"no-such-clip"}]}""", "Turn 1 (agent): there is no clip 'no-such-clip'")]
    [InlineData("""{"name":"x","turns":[],"mood":"good"}""", "mood")]
    [InlineData("""{"name":"x"}""", "turns")]
    [InlineData("""{"name":"x","turns":[{"by":"waiter"}]}""", "by")]
    [InlineData("""{"name":"x","turns":[{"by":"agent","dtmf":"1"}]}""", "belong to the callee")]
    [InlineData("""{"name":"x","turns":[{"by":"callee","dtmf":"1x"}]}""", "no DTMF digit")]
    [InlineData("""{"name":"x","turns":[{"by":"callee","digits":"1"}]}""", "\"when\": \"digits\"")]
    [InlineData("""{"name":"x","turns":[{"by":"callee","toneHz":400,"musicMs":10}]}""", "exclude each other")]
    [InlineData("""{"name":"x","turns":[{"by":"agent","calls":[{"name":"f","output":"x"}]}]}""", "belong to calls of an MCP server")]
    [InlineData("""{"name":"x","turns":[{"by":"callee","calls":[{"name":"f"}]}]}""", "belong to the agent")]
    [InlineData("""{"name":"x","turns":[{"by":"callee","afterMs":-5}]}""", "not negative")]
    public void A_scenario_that_makes_no_sense_is_refused_with_its_place(string json, string message)
    {
        Assert.Contains(message, Assert.Throws<ScenarioException>(() => Scenario.Parse(json)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_scenario_does_not_name_keeps_its_initial_value()
    {
        var scenario = Scenario.Parse("""{ "name": "x", "turns": [ { "by": "agent" }, ], "line": { "noiseDb": -60 }, "callee": {} }""");
        Assert.Equal(("", 1, ScenarioPurpose.Booking), (scenario.Title, scenario.Seed, scenario.Purpose));
        Assert.Equal(new ScenarioCallee(), scenario.Callee);
        Assert.Equal(new ScenarioLine { NoiseDb = -60 }, scenario.Line);
        Assert.Equal(new ScenarioExpectations(), scenario.Expect);
        ScenarioTurn turn = Assert.Single(scenario.Turns);
        Assert.Equal((ScenarioTrigger.Silence, 0), (turn.When, turn.Calls.Count));
        Assert.Equal(RealtimeTwinFaults.None, RealtimeTwinFaults.Parse("{}"));
    }

    [Fact]
    public void Reads_a_scenario_and_its_own_clip_from_files()
    {
        string folder = Directory.CreateTempSubdirectory("scenario").FullName;
        try
        {
            File.WriteAllBytes(Path.Combine(folder, "mine.ulaw"), new byte[800]);
            File.WriteAllText(Path.Combine(folder, "mine.json"), """{ "name": "mine", /* own */ "turns": [ { "by": "callee", "when": "answered", "say": "mine.ulaw", "text": "Hm." }, ], }""");

            Scenario scenario = ScenarioLibrary.Find(Path.Combine(folder, "mine.json"));

            Assert.Equal("Hm.", Assert.Single(scenario.Turns).Transcript);
            Assert.Equal(100, scenario.Turns[0].Clip!.Duration.TotalMilliseconds);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Names_what_ships_when_asked_for_something_else()
    {
        ScenarioException error = Assert.Throws<ScenarioException>(() => ScenarioLibrary.Find("no-such-scenario"));
        Assert.Contains("booking-confirmed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_clip_has_speech_at_its_level_and_a_transcript()
    {
        foreach (SpeechClip clip in ClipLibrary.Names.Select(ClipLibrary.Get))
        {
            Assert.InRange(Loudness.Db(clip.At(clip.SampleRate).Span), -20.6, -19.6);
            Assert.NotEmpty(clip.Transcript);
            Assert.InRange(clip.Duration.TotalSeconds, 1, 10);
        }
    }
}
