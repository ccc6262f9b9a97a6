using System.Text.Json.Nodes;
using Concierge.Server.Cli;
using Concierge.Server.Shell;

namespace Concierge.Server.Tests.Figures;

/// <summary>The figures of interruptions, which the goals are read from.</summary>
public sealed class FiguresCommandTests
{
    [Fact]
    public async Task An_interruption_is_told_where_it_was_heard_and_never_refused()
    {
        JsonObject figures = await RunAsync("--scenario", "barge-in-middle");
        Assert.Equal((1, 1, 0), ((int)figures["interruptions"]!, (int)figures["clears"]!, (int)figures["refused"]!));
        Assert.InRange((double)figures["told_less_heard_ms"]!["most"]!, -260, 60);
        Assert.InRange((double)figures["heard_after_onset_ms"]!["worst"]!, 20, 600);
        Assert.True((double)figures["reaction_ms"]!["median"]! > 0);
        Assert.Equal(0, (int)figures["local"]!);
    }

    [Fact]
    public async Task The_nodes_own_ear_is_faster_and_takes_no_echo_for_a_caller()
    {
        JsonObject without = await RunAsync("--scenario", "barge-in-early", "--model-delay", "150");
        JsonObject with = await RunAsync("--scenario", "barge-in-early", "--model-delay", "150", "--local");
        Assert.Equal((1, 0, 0), ((int)with["local"]!, (int)with["false"]!, (int)with["refused"]!));
        Assert.True((double)with["heard_after_onset_ms"]!["worst"]! + 40 <= (double)without["heard_after_onset_ms"]!["worst"]!);

        JsonObject noise = await RunAsync("--scenario", "noisy-line", "--model-delay", "150", "--local");
        Assert.Equal((0, 0), ((int)noise["false"]!, (int)noise["wrongly"]!));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("300")]
    public async Task On_an_echoing_line_the_agents_own_voice_stops_it_no_more(string delay)
    {
        // Without it the model hears the agent's echo as a caller, and the call goes astray: it begins turns that nobody has taken.
        JsonObject without = await RunAsync("--scenario", "alternative-time+echo", "--model-delay", delay);
        Assert.True((int)without["wrongly"]! > 0);
        JsonObject with = await RunAsync("--scenario", "alternative-time+echo", "--model-delay", delay, "--local");
        Assert.Equal((0, 0, 0, 0), ((int)with["clears"]!, (int)with["wrongly"]!, (int)with["local"]!, (int)with["false"]!));
        JsonObject cut = await RunAsync("--scenario", "booking-confirmed+echo", "--model-delay", delay, "--local");
        Assert.Equal((1, 1, 0, 0), ((int)cut["interruptions"]!, (int)cut["clears"]!, (int)cut["wrongly"]!, (int)cut["false"]!));
    }

    [Theory]
    [InlineData(ExitCodes.Input, "--scenario", "no-such-scenario")]
    [InlineData(ExitCodes.Usage, "--calls", "0")]
    public async Task What_cannot_be_measured_is_refused_in_words(int code, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        Assert.Equal(code, await ConciergeCommandLine.RunAsync(["figures", .. arguments], output, error));
        Assert.NotEmpty(error.ToString());
    }

    private static async Task<JsonObject> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = await ConciergeCommandLine.RunAsync(["figures", "--json", .. arguments], output, error);
        Assert.Equal((ExitCodes.Success, ""), (code, error.ToString()));
        return JsonNode.Parse(output.ToString())!.AsArray()[0]!.AsObject();
    }
}
