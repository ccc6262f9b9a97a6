using Concierge.Server.Configuration;
using Concierge.Server.Shell;
using Concierge.Server.Tests.Calls;
using Concierge.Simulation.Scenarios;

namespace Concierge.Server.Tests.Cli;

/// <summary><c>concierge call</c> against a node of this process, its carrier and its model: what is printed, and what the exit code tells a script.</summary>
[Collection("current directory")]
public sealed class CallCommandTests : IDisposable
{
    private static readonly Scenario s_busy = Scenario.Parse("""{"name":"busy","callee":{"answers":"busy","ringMs":100},"turns":[{"by":"callee","when":"answered"}]}""");

    private static readonly Scenario s_booked = Scenario.Parse("""
        {"name":"booked","callee":{"ringMs":100,"patienceMs":20000},"turns":[
          {"by":"agent","say":"concierge-goodbye","calls":[{"name":"record_outcome","arguments":{"status":"confirmed","confirmation_number":"B 4 7 1 1"}}]},
          {"by":"callee","when":"silence","afterMs":200,"hangUp":true}]}
        """);

    private readonly CommandLineFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Tells_each_state_and_the_outcome_and_succeeds()
    {
        await using TestFleet fleet = await TestFleet.StartAsync("sqlite", s_booked);
        (int code, string output, string error) = await CommandLineFolder.RunAsync("call", TestFleet.Number, "--server", fleet.Nodes[0].Address.ToString(), "--request", "A table for two");
        Assert.Equal((ExitCodes.Success, ""), (code, error));
        string[] lines = output.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        Assert.Matches("^call_[0-9a-f]+  initiated", lines[0]);
        Assert.Contains(lines, l => l.Contains("  completed  ", StringComparison.Ordinal));
        Assert.Equal("  outcome: confirmed, confirmation number B4711", lines[^1]);
    }

    [Fact]
    public async Task A_call_that_nobody_took_is_a_failure()
    {
        await using TestFleet fleet = await TestFleet.StartAsync("sqlite", s_busy);
        (int code, string output, _) = await CommandLineFolder.RunAsync("call", TestFleet.Number, "--server", fleet.Nodes[0].Address.ToString());
        Assert.Equal(ExitCodes.Failed, code);
        Assert.EndsWith("  busy  callback", output.TrimEnd());
    }

    [Fact]
    public async Task Returns_with_the_order_when_told_not_to_wait_and_shows_its_key()
    {
        (string secret, ApiKey key) = ApiKey.Create("me", ApiRole.Call);
        await using TestFleet fleet = await TestFleet.StartAsync("sqlite", s_busy, configure: o => o with { ApiKeys = [key] });
        await File.WriteAllTextAsync(".env", $"SERVER_URL={fleet.Nodes[0].Address}\n");
        (int code, string output, string error) = await CommandLineFolder.RunAsync("call", TestFleet.Number, "--no-wait");
        Assert.Equal((ExitCodes.Failed, ""), (code, output));
        Assert.StartsWith("concierge: the node refuses (401): ", error);
        Assert.Empty(fleet.Carrier.Exchange.Calls);

        await File.AppendAllTextAsync(".env", $"CONCIERGE_API_KEY={secret}\n");
        (code, output, error) = await CommandLineFolder.RunAsync("call", TestFleet.Number, "--no-wait");
        Assert.Equal((ExitCodes.Success, ""), (code, error));
        Assert.Single(output.TrimEnd().Split(Environment.NewLine));
        Assert.DoesNotContain(secret, output);
        await fleet.EndAsync(output.Split(' ')[0]);
    }

    [Theory]
    [InlineData("+19005550123", "the node refuses (")]
    [InlineData("+4915112345678", "the node refuses (")]
    public async Task A_number_that_may_not_be_called_is_refused_by_the_node_in_words(string number, string words)
    {
        await using TestFleet fleet = await TestFleet.StartAsync("sqlite", s_busy);
        (int code, string output, string error) = await CommandLineFolder.RunAsync("call", number, "--server", fleet.Nodes[0].Address.ToString());
        Assert.Equal((ExitCodes.Failed, ""), (code, output));
        Assert.Contains(words, error);
        Assert.Empty(fleet.Carrier.Exchange.Calls);
    }

    [Theory]
    [InlineData(ExitCodes.Usage, "E.164", "call", "+1 415 555 0123")]
    [InlineData(ExitCodes.Usage, "E.164", "call", "0014155550123")]
    [InlineData(ExitCodes.Usage, "E.164", "call", "sip:someone@example.com")]
    [InlineData(ExitCodes.Usage, "E.164", "call", "+14155550123;ext=5")]
    [InlineData(ExitCodes.Usage, "E.164", "call", "+١٤١٥٥٥٥٠١٢٣")]
    [InlineData(ExitCodes.Usage, "", "call")]
    [InlineData(ExitCodes.Failed, "no node answers at http://127.0.0.1:9", "call", "+14155550123", "--server", "http://127.0.0.1:9")]
    [InlineData(ExitCodes.Configuration, "not an https address", "call", "+14155550123", "--server", "http://node.example.com")]
    [InlineData(ExitCodes.Configuration, "not an https address", "call", "+14155550123", "--server", "node")]
    public async Task Says_what_cannot_be_done(int expected, string words, params string[] arguments)
    {
        (int code, string output, string error) = await CommandLineFolder.RunAsync(arguments);
        Assert.Equal((expected, ""), (code, output));
        Assert.StartsWith("concierge: ", error);
        Assert.Contains(words, error);
    }
}
