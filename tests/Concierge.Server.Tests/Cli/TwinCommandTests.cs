using Concierge.Server.Cli;
using Concierge.Server.Shell;
using Concierge.Simulation.Scenarios;

namespace Concierge.Server.Tests.Cli;

public sealed class TwinCommandTests
{
    [Fact]
    public async Task Lists_every_scenario_with_its_title_and_shows_a_file()
    {
        (int code, string output, _) = await RunAsync("twin", "list");
        Assert.Equal(ExitCodes.Success, code);
        Assert.All(ScenarioLibrary.Names, name => Assert.Contains($"{name} ", output, StringComparison.Ordinal));

        (code, output, _) = await RunAsync("twin", "list", "--show", "hold");
        Assert.Equal(ExitCodes.Success, code);
        Assert.Equal("hold", Scenario.Parse(output).Name);

        (code, output, _) = await RunAsync("twin", "list", "--schema", "scenario");
        Assert.Equal((ExitCodes.Success, ScenarioLibrary.Schema), (code, output));
    }

    [Theory]
    [InlineData(ExitCodes.Input, "no-such", "twin", "twilio", "--scenario", "no-such")]
    [InlineData(ExitCodes.Usage, "+15005550171=wrong-number", "twin", "twilio", "--number", "171")]
    [InlineData(ExitCodes.Usage, "belong together", "twin", "twilio", "--node", "http://127.0.0.1:1")]
    [InlineData(ExitCodes.Usage, "up to 65535", "twin", "twilio", "--port", "70000")]
    [InlineData(ExitCodes.Input, "no-such", "twin", "realtime", "--scenario", "no-such")]
    [InlineData(ExitCodes.Input, "text script", "twin", "realtime", "--text", "/no/such/file.json")]
    [InlineData(ExitCodes.Input, "--faults: The faults cannot be read", "twin", "realtime", "--faults", "{\"explode\":1}")]
    [InlineData(ExitCodes.Usage, "--min-delta-ms", "twin", "realtime", "--min-delta-ms", "500")]
    [InlineData(ExitCodes.Usage, "--session-limit", "twin", "realtime", "--session-limit", "0")]
    [InlineData(ExitCodes.Input, "Shipped:", "twin", "list", "--show", "no-such")]
    public async Task What_cannot_be_is_said_in_a_sentence(int expected, string words, params string[] arguments)
    {
        (int code, _, string error) = await RunAsync(arguments);
        Assert.Equal(expected, code);
        Assert.Contains(words, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("twilio")]
    [InlineData("realtime")]
    public async Task A_port_that_is_taken_is_said_in_a_sentence(string twin)
    {
        using var socket = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        socket.Start();
        int port = ((System.Net.IPEndPoint)socket.LocalEndpoint).Port;
        (int code, _, string error) = await RunAsync("twin", twin, "--port", port.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(ExitCodes.Listen, code);
        Assert.Contains("--port", error, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = await ConciergeCommandLine.RunAsync(arguments, output, error);
        return (code, output.ToString(), error.ToString());
    }
}
