using System.CommandLine;
using System.Text.Json;
using Concierge.Server.Cli;
using Concierge.Server.Shell;

namespace Concierge.Server.Tests.Cli;

/// <summary>Requests in plain words, from the sentence to the result card, with nothing but this program. The settings are those of an empty folder.</summary>
[Collection("current directory")]
public sealed class AskCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ask-").FullName;
    private readonly string _before = Directory.GetCurrentDirectory();

    public AskCommandTests() => Directory.SetCurrentDirectory(_folder);

    public void Dispose()
    {
        Directory.SetCurrentDirectory(_before);
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_sentence_ends_in_a_table_booked_by_a_simulated_call_and_says_that_it_is_one()
    {
        (int code, string output, string error) = await RunAsync("ask", "book me a table for four on Friday at half past seven", "--simulate", "--json");
        Assert.Equal(ExitCodes.Success, code);
        JsonElement answer = JsonDocument.Parse(output).RootElement;
        Assert.True(answer.GetProperty("simulated").GetBoolean());
        Assert.Equal("Reservation", answer.GetProperty("agent").GetString());
        Assert.Equal("TB4729", answer.GetProperty("outcome").GetProperty("confirmation_number").GetString());
        Assert.Contains("nobody was called", answer.GetProperty("response").GetString());
        Assert.Contains("SIMULATION", error);
        Assert.Contains("Restaurant  Trattoria Bella, good evening?", error);
    }

    [Fact]
    public async Task A_conversation_goes_on_in_another_process_and_asks_for_what_is_missing()
    {
        (_, string first, _) = await RunAsync("ask", "I would like a table", "--simulate", "--json", "--session", "s1");
        Assert.EndsWith("?", JsonDocument.Parse(first).RootElement.GetProperty("response").GetString());
        (int code, string second, _) = await RunAsync("ask", "for two tomorrow at eight", "--simulate", "--json", "--session", "s1");
        Assert.Equal(ExitCodes.Success, code);
        Assert.Contains("is confirmed", JsonDocument.Parse(second).RootElement.GetProperty("response").GetString());
    }

    [Fact]
    public async Task The_prompt_takes_requests_until_it_is_left()
    {
        StringWriter output = new(), error = new();
        int code = await PromptCommand.RunAsync(
            new InvocationConfiguration { Output = output, Error = error }, new StringReader("which restaurants do you know?\nhistory\nexit\nnever read\n"), isTerminal: false);
        Assert.Equal(ExitCodes.Success, code);
        string text = output.ToString();
        Assert.Contains("SIMULATION", text);
        Assert.Contains("- Trattoria Bella, Italian, North Beach", text);
        Assert.DoesNotContain("never read", text);
    }

    [Theory]
    [InlineData(ExitCodes.Usage, "ask")]
    [InlineData(ExitCodes.Usage, "ask", "x", "--session", "no good")]
    [InlineData(ExitCodes.Input, "agents", "validate", "none.json")]
    [InlineData(ExitCodes.Input, "agents", "graph", "broken.json")]
    [InlineData(ExitCodes.Usage, "agents", "graph", "--format", "gif")]
    public async Task What_cannot_be_done_is_said_in_words(int expected, params string[] arguments)
    {
        File.WriteAllText("broken.json", """{ "agents": [ { "name": "A" } ] }""");
        (int code, string output, string error) = await RunAsync(arguments);
        Assert.Equal(expected, code);
        Assert.Equal("", output);
        Assert.StartsWith("concierge: ", error);
    }

    [Fact]
    public async Task Agent_files_are_checked_and_drawn()
    {
        File.WriteAllText("mine.json", "{ \"agents\": [\n { \"name\": \"A\", \"instructions\": \"x\", \"handofs\": [] } ] }");
        (int code, _, string error) = await RunAsync("agents", "validate", "mine.json", "receptionist");
        Assert.Equal(ExitCodes.Input, code);
        Assert.Contains("mine.json(2,38): error: agents[0].handofs: 'handofs' is not known here; did you mean 'handoffs'?.", error);
        (code, string output, _) = await RunAsync("agents", "graph", "concierge", "--output", "g.svg");
        Assert.Equal((ExitCodes.Success, "g.svg"), (code, output.Trim()));
        Assert.StartsWith("<svg", File.ReadAllText("g.svg"));
        (_, output, _) = await RunAsync("agents", "graph", "receptionist", "--format", "mermaid");
        Assert.Contains("Receptionist", output);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        StringWriter output = new(), error = new();
        int code = await ConciergeCommandLine.RunAsync(arguments, output, error);
        return (code, output.ToString(), error.ToString());
    }
}
