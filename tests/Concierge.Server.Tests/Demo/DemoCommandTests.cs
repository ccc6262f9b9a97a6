using System.Text.Json.Nodes;
using Concierge.Audio;
using Concierge.Server.Cli;
using Concierge.Server.Shell;
using Concierge.Simulation.Scenarios;
using Concierge.TestKit;

namespace Concierge.Server.Tests.Demo;

/// <summary>The main job, under the virtual clock: the same session and the same far ends as in real time, in seconds.</summary>
public sealed class DemoCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("concierge-demo-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("pcm16")]
    [InlineData("pcmu")]
    [InlineData("pcma")]
    public async Task Books_a_table_and_finds_nothing_wrong_with_the_call(string mode)
    {
        (int code, string output, string error) = await RunAsync("demo", "--fast", "--json", "--audio-mode", mode, "--output", _folder);
        JsonNode result = JsonNode.Parse(output)!;
        Assert.True(code == 0, string.Join('\n', result["checks"]!.AsArray().Select(c => c!.ToJsonString())) + error);
        Assert.True((bool)result["passed"]!);
        Assert.Equal("TB4729", (string?)result["outcome"]!["confirmation_number"]);
        Assert.Equal("agent_ended", (string?)result["end_reason"]);
        Assert.True(result["transcript"]!.AsArray().Count >= 6);
        Assert.Single(result["transcript"]!.AsArray(), t => (bool)t!["interrupted"]!);
    }

    // Among them: a re-dial with the conversation told anew, an interruption, keys pressed, tools and their outputs.
    [Theory]
    [InlineData("upstream-lost")]
    [InlineData("alternative-time")]
    [InlineData("fully-booked")]
    [InlineData("cancellation")]
    [InlineData("barge-in-middle")]
    [InlineData("ivr")]
    public async Task Plays_a_scenario_as_it_expects_and_sends_the_model_nothing_that_breaks_the_vendors_rules(string scenario)
    {
        Directory.CreateDirectory(_folder);
        string log = Path.Combine(_folder, "events.jsonl");
        (int code, string output, string error) = await RunAsync("demo", "--fast", "--json", "--scenario", scenario, "--output", _folder, "--events", log);
        JsonNode result = JsonNode.Parse(output)!;
        Assert.True(code == 0, string.Join('\n', result["checks"]!.AsArray().Select(c => c!.ToJsonString())) + error);
        bool hasOutcome = ScenarioLibrary.Get(scenario).Expect.Outcome is not null;
        Assert.Equal(hasOutcome, result["checks"]!.AsArray().Any(c => c!["name"]!.ToString() == "The outcome is what the scenario came to"));

        int events = 0;
        await foreach (string line in File.ReadLinesAsync(log))
        {
            JsonNode entry = JsonNode.Parse(line)!;
            JsonObject sent = entry["event"]!.AsObject();
            string[] broken = [.. entry["from"]!.ToString() == "client" ? RealtimeClientRules.Broken(sent) : RealtimeServerRules.Broken(sent)];
            Assert.True(broken.Length == 0, $"{string.Join("; ", broken)} in {line}");
            events++;
        }

        Assert.True(events > 100);
    }

    [Fact]
    public async Task A_failed_expectation_says_where_in_the_call_and_leaves_the_recordings()
    {
        Directory.CreateDirectory(_folder);
        string file = Path.Combine(_folder, "mine.json");
        string text = ScenarioLibrary.Text("fully-booked").Replace("\"functionCalls\": [ \"record_outcome\", \"end_call\" ]", "\"functionCalls\": [ \"end_call\" ]", StringComparison.Ordinal)
            .Replace("\"rejected\", \"confirmation_number\"", "\"confirmed\", \"confirmation_number\"", StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, text);
        (int code, string output, _) = await RunAsync("demo", "--fast", "--scenario", file, "--output", _folder);
        Assert.Equal(ExitCodes.Failed, code);
        Assert.Matches(@"FAIL\s+The call went as the scenario says: functions called in order: record_outcome, end_call; expected end_call \[at 00:\d\d\.\d{3}\]", output);
        Assert.Matches(@"FAIL\s+The outcome is what the scenario came to: status is ""rejected"", expected ""confirmed"" \[at 00:\d\d\.\d{3}\]", output);
        Assert.Contains("Listen:", output, StringComparison.Ordinal);
        Assert.All((string[])["call.wav", "caller.wav", "agent.wav"], wav => Assert.True(new FileInfo(Path.Combine(_folder, wav)).Length > 100_000));
    }

    [Fact]
    public async Task Leaves_the_recording_the_words_the_outcome_and_the_report()
    {
        await RunAsync("demo", "--fast", "--output", _folder);
        Assert.Equal(
            ["agent.wav", "call.wav", "caller.wav", "outcome.json", "report.html", "transcript.json", "transcript.txt"],
            Directory.EnumerateFiles(_folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        using WavReader call = new(File.OpenRead(Path.Combine(_folder, "call.wav")));
        Assert.Equal((2, 8000), (call.Channels, call.SampleRate));
        Assert.InRange(call.TotalFrames, 40 * 8000, 60 * 8000);
        Assert.Contains("TB4729", await File.ReadAllTextAsync(Path.Combine(_folder, "outcome.json")));
        Assert.Contains("Trattoria Bella", await File.ReadAllTextAsync(Path.Combine(_folder, "transcript.txt")));
    }

    [Fact]
    public async Task Gives_the_same_recording_every_time()
    {
        await RunAsync("demo", "--fast", "--output", Path.Combine(_folder, "a"));
        await RunAsync("demo", "--fast", "--output", Path.Combine(_folder, "b"));
        foreach (string file in (string[])["call.wav", "transcript.json", "outcome.json"])
        {
            Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(_folder, "a", file)), await File.ReadAllBytesAsync(Path.Combine(_folder, "b", file)));
        }
    }

    [Fact]
    public async Task An_unknown_scenario_is_named_with_those_that_exist()
    {
        (int code, _, string error) = await RunAsync("demo", "--fast", "--scenario", "no-such-thing", "--output", _folder);
        Assert.Equal(ExitCodes.Input, code);
        Assert.Contains("no-such-thing", error);
        Assert.Contains("booking-confirmed", error);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_said_before_the_call()
    {
        string file = Path.Combine(_folder, "taken");
        await File.WriteAllTextAsync(file, "");
        (int code, _, string error) = await RunAsync("demo", "--fast", "--output", file);
        Assert.Equal(ExitCodes.Output, code);
        Assert.Contains("--output", error);
    }

    [Fact]
    public async Task A_call_that_differs_from_its_scenario_fails()
    {
        // The same conversation, but the outcome that the model records is not what the person said.
        string scenario = Concierge.Simulation.Scenarios.ScenarioLibrary.Text("booking-confirmed")
            .Replace("\"confirmation_number\": \"TB4729\"", "\"confirmation_number\": \"TB4728\"", StringComparison.Ordinal);
        string path = Path.Combine(_folder, "wrong.json");
        await File.WriteAllTextAsync(path, scenario);
        (int code, string output, _) = await RunAsync("demo", "--fast", "--json", "--scenario", path, "--output", _folder);
        Assert.Equal(ExitCodes.Failed, code);
        JsonNode failed = JsonNode.Parse(output)!["checks"]!.AsArray().First(c => (string?)c!["name"] == "The confirmation number is the spoken one")!;
        Assert.False((bool)failed["passed"]!);
        Assert.Contains("TB4728", (string?)failed["detail"]);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = await ConciergeCommandLine.RunAsync(arguments, output, error);
        return (code, output.ToString(), error.ToString());
    }
}
