using System.Text.Json.Nodes;
using Concierge.Calls.Life;
using Concierge.Calls.Outcome;
using Concierge.Calls.Store;
using Concierge.Server.Shell;

namespace Concierge.Server.Tests.Cli;

/// <summary><c>concierge calls</c> over a store with three calls, as a node left it.</summary>
[Collection("current directory")]
public sealed class CallsCommandTests : IDisposable
{
    private static readonly DateTimeOffset s_at = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly CommandLineFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Lists_what_there_is_newest_first_and_only_what_is_asked_for()
    {
        await FillAsync();
        (int code, string output, string error) = await CommandLineFolder.RunAsync("calls", "list");
        Assert.Equal((ExitCodes.Success, ""), (code, error));
        Assert.Equal(["call_3", "call_2", "call_1"], Ids(output));
        Assert.Equal("call_1  2026-05-01 12:00:00  out  +14155550100     -> +14155550123      completed    confirmed", output.TrimEnd().Split(Environment.NewLine)[^1]);
        Assert.Equal(["call_2"], Ids((await CommandLineFolder.RunAsync("calls", "list", "--state", "busy")).Output));
        Assert.Equal(["call_2", "call_1"], Ids((await CommandLineFolder.RunAsync("calls", "list", "--state", "busy", "--state", "completed")).Output));
        Assert.Equal(["call_1"], Ids((await CommandLineFolder.RunAsync("calls", "list", "--number", "+14155550123")).Output));
        Assert.Equal(["call_3"], Ids((await CommandLineFolder.RunAsync("calls", "list", "--limit", "1")).Output));
        Assert.Equal((ExitCodes.Success, "", ""), await CommandLineFolder.RunAsync("calls", "list", "--state", "failed"));
    }

    [Fact]
    public async Task Shows_a_call_with_what_was_said()
    {
        await FillAsync();
        (int code, string output, _) = await CommandLineFolder.RunAsync("calls", "show", "call_1");
        Assert.Equal(ExitCodes.Success, code);
        int end = output.IndexOf(Environment.NewLine + "}", StringComparison.Ordinal) + Environment.NewLine.Length + 1;
        JsonNode call = JsonNode.Parse(output[..end])!;
        Assert.Equal(("completed", "B4711"), (call["state"]!.GetValue<string>(), call["outcome"]!["confirmation_number"]!.GetValue<string>()));
        Assert.Equal(["     0.0 s  caller  Trattoria, hello?", "     2.0 s  agent   A table for two. [cut off]"], output[end..].Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Exports_everything_as_lines_of_json_and_a_table_as_csv()
    {
        await FillAsync();
        (int code, string output, _) = await CommandLineFolder.RunAsync("calls", "export");
        Assert.Equal(ExitCodes.Success, code);
        JsonNode[] lines = [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!)];
        Assert.Equal(["call_3", "call_2", "call_1"], lines.Select(l => l["id"]!.GetValue<string>()));
        Assert.Contains(lines[2]["facts"]!.AsArray(), f => f!["kind"]!.GetValue<string>() == "said");

        (code, output, _) = await CommandLineFolder.RunAsync("calls", "export", "--format", "csv", "--state", "completed", "--output", "calls.csv");
        Assert.Equal((ExitCodes.Success, "1 calls -> calls.csv"), (code, output.Trim()));
        string[] csv = (await File.ReadAllTextAsync("calls.csv")).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, csv.Length);
        string[] names = csv[0].Split(','), values = csv[1].Split(',');
        Assert.Equal(names.Length, values.Length);
        Assert.Equal(("call_1", "+14155550123", "B4711"), (values[Array.IndexOf(names, "id")], values[Array.IndexOf(names, "to")], values[Array.IndexOf(names, "confirmation_number")]));
    }

    [Fact]
    public async Task Deletes_a_call_with_its_recording_a_number_and_what_is_old()
    {
        await FillAsync();
        await File.WriteAllTextAsync(".env", "RECORDINGS_DIR=recordings\n");
        Directory.CreateDirectory("recordings");
        await File.WriteAllTextAsync(Path.Combine("recordings", "one.wav"), "");
        await File.WriteAllTextAsync(Path.Combine("recordings", "other.wav"), "");
        Assert.Equal((ExitCodes.Success, "1 calls and 1 recordings deleted."), Short(await CommandLineFolder.RunAsync("calls", "delete", "call_1", "--yes")));
        Assert.Equal(["other.wav"], Directory.GetFiles("recordings").Select(Path.GetFileName));
        Assert.Equal((ExitCodes.Success, "1 calls and 0 recordings deleted."), Short(await CommandLineFolder.RunAsync("calls", "delete", "--number", "+14155550124", "--yes")));
        Assert.Equal((ExitCodes.Success, "0 calls and 0 recordings deleted."), Short(await CommandLineFolder.RunAsync("calls", "delete", "--older-than", "1", "--yes"))); // the third still runs
        Assert.Equal(["call_3"], Ids((await CommandLineFolder.RunAsync("calls", "list")).Output));

        static (int, string) Short((int Code, string Output, string Error) ran) => (ran.Code, ran.Output.Trim());
    }

    [Theory]
    [InlineData(ExitCodes.Usage, "--limit: a whole number from 1 to 1000", "calls", "list", "--limit", "0")]
    [InlineData(ExitCodes.Usage, "--limit", "calls", "list", "--limit", "many")]
    [InlineData(ExitCodes.Usage, "--state lost: there are initiated", "calls", "list", "--state", "lost")]
    [InlineData(ExitCodes.Input, "there is no call of that id", "calls", "show", "nobody")]
    [InlineData(ExitCodes.Usage, "xml", "calls", "export", "--format", "xml")]
    [InlineData(ExitCodes.Output, "none/calls.csv cannot be written", "calls", "export", "--output", "none/calls.csv")]
    [InlineData(ExitCodes.Usage, "say which calls", "calls", "delete", "--yes")]
    [InlineData(ExitCodes.Usage, "say --yes", "calls", "delete", "call_1")]
    [InlineData(ExitCodes.Configuration, "DATABASE_URL", "calls", "list", "--env-file", "bad.env")]
    public async Task Says_what_cannot_be_done(int expected, string words, params string[] arguments)
    {
        await FillAsync();
        await File.WriteAllTextAsync("bad.env", "DATABASE_URL=nonsense://x\n");
        (int code, string output, string error) = await CommandLineFolder.RunAsync(arguments);
        Assert.Equal((expected, ""), (code, output));
        Assert.StartsWith("concierge: ", error);
        Assert.Contains(words, error);
        Assert.DoesNotContain("   at ", error);
        Assert.Equal(["call_3", "call_2", "call_1"], Ids((await CommandLineFolder.RunAsync("calls", "list")).Output));
    }

    [Fact]
    public async Task Says_that_there_is_no_store_or_that_the_file_is_none()
    {
        (int code, _, string error) = await CommandLineFolder.RunAsync("calls", "list");
        Assert.Equal(ExitCodes.Input, code);
        Assert.Contains("there is no call store in concierge-data", error);
        Assert.False(Directory.Exists("concierge-data")); // looking makes nothing
        Directory.CreateDirectory("concierge-data");
        await File.WriteAllTextAsync(Path.Combine("concierge-data", "calls.db"), new string('x', 10_000));
        (code, _, error) = await CommandLineFolder.RunAsync("calls", "list");
        Assert.Equal(ExitCodes.Input, code);
        Assert.Single(error.TrimEnd().Split('\n'));
        Assert.DoesNotContain("internal error", error);
    }

    private static IEnumerable<string> Ids(string output) => output.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(' ')[0]);

    private static async Task FillAsync()
    {
        Directory.CreateDirectory("concierge-data");
        await using ICallStore store = CallStores.Sqlite(Path.Combine("concierge-data", "calls.db"), TimeProvider.System);
        await store.MigrateAsync(default);
        await store.AppendAsync(
            [
                Created("call_1", "+14155550123", 0),
                new CallFact.Said { CallId = "call_1", At = s_at, ItemId = "b", Entry = new TranscriptEntry(TranscriptSpeaker.Agent, "A table for two.", 2_000, 3_000, Interrupted: true) },
                new CallFact.Said { CallId = "call_1", At = s_at, ItemId = "a", Entry = new TranscriptEntry(TranscriptSpeaker.Caller, "Trattoria, hello?", 0, 1_000) },
                new CallFact.OutcomeRecorded { CallId = "call_1", At = s_at, Outcome = new CallOutcome { Status = CallOutcomeStatus.Confirmed, ConfirmationNumber = "B4711" } },
                new CallFact.Recorded { CallId = "call_1", At = s_at, Recording = new CallRecording("one.wav", 1, 1, 2) },
                Reported("call_1", CallState.Completed, 60),
                Created("call_2", "+14155550124", 100),
                Reported("call_2", CallState.Busy, 110),
                Created("call_3", "+14155550125", 200),
            ],
            default);
    }

    private static CallFact Created(string id, string to, int second) =>
        new CallFact.Created { CallId = id, At = s_at.AddSeconds(second), Direction = CallDirection.Outbound, From = "+14155550100", To = to };

    private static CallFact Reported(string id, CallState state, int second) =>
        new CallFact.Reported { CallId = id, At = s_at.AddSeconds(second), State = state, Cause = "callback", Source = CallFactSource.Callback };
}
