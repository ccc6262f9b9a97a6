using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Concierge.Server.Cli;
using Concierge.Server.Shell;

namespace Concierge.Server.Tests.Cli;

public class CommandLineTests
{
    [Theory]
    [InlineData("bogus")]
    [InlineData("codec")]
    [InlineData("codec", "a.wav")]
    [InlineData("codec", "a.wav", "b.wav", "c.wav")]
    [InlineData("codec", "a.wav", "b.ulaw", "--rate", "fast")]
    [InlineData("codec", "a.wav", "b.ulaw", "--rate", "44100")]
    [InlineData("codec", "a.wav", "b.ulaw", "--output-rate", "-8000")]
    [InlineData("codec", "a.wav", "b.wav", "--rate", "8000")]
    [InlineData("codec", "a.mp3", "b.wav")]
    [InlineData("codec", "a", "b.wav")]
    [InlineData("codec", "a.wav", "a.wav")]
    [InlineData("serve", "--nonsense")]
    public async Task Answers_a_usage_error_with_2_and_a_line_on_the_error_stream(params string[] arguments)
    {
        (int code, string output, string error) = await RunAsync(arguments);
        Assert.Equal(ExitCodes.Usage, code);
        Assert.Equal("", output);
        Assert.StartsWith("concierge: ", error);
        Assert.DoesNotContain("System.", error);
        Assert.DoesNotContain("   at ", error);
    }

    [Theory]
    [InlineData("--help")]
    public async Task Helps(params string[] arguments)
    {
        (int code, string output, string error) = await RunAsync(arguments);
        Assert.Equal(ExitCodes.Success, code);
        Assert.Contains("serve", output);
        Assert.Contains("codec", output);
        Assert.Equal("", error);
    }

    [Fact]
    public void A_command_that_is_named_is_the_only_one_that_is_built()
    {
        foreach (System.CommandLine.Command command in ConciergeCommandLine.Build().Subcommands)
        {
            System.CommandLine.Command only = Assert.Single(ConciergeCommandLine.Build(command.Name).Subcommands);
            Assert.Equal((command.Name, command.Options.Count, command.Arguments.Count), (only.Name, only.Options.Count, only.Arguments.Count));
        }
    }

    [Fact]
    public async Task Tells_its_version()
    {
        (int code, string output, _) = await RunAsync("--version");
        Assert.Equal(ExitCodes.Success, code);
        Assert.Matches(@"^\d+\.\d+\.\d+\s*$", output);
    }

    [Fact]
    public async Task Names_everything_that_is_wrong_with_the_configuration_at_once_and_exits_with_3()
    {
        string file = Path.Combine(Directory.CreateTempSubdirectory("concierge-").FullName, "bad.env");
        await File.WriteAllTextAsync(file, "SERVER_PORT=eighty\nREALTIME_VOICE=nova\nAUDIO_MODE=mp3\nREALTIME_URL=http://x\nOPENAI_API_KEY=sk-secret value\n");
        (int code, string output, string error) = await RunAsync("serve", "--check", "--env-file", file);
        Assert.Equal(ExitCodes.Configuration, code);
        Assert.Equal("", output);
        Assert.All(["SERVER_PORT", "REALTIME_VOICE", "AUDIO_MODE", "REALTIME_URL", "OPENAI_API_KEY"], name => Assert.Contains("  " + name + ":", error));
        Assert.DoesNotContain("sk-secret", error);
    }

    [Fact]
    public async Task Says_that_a_configuration_is_complete()
    {
        (int code, string output, _) = await RunAsync("serve", "--check", "--host", "127.0.0.1", "--realtime-url", "ws://127.0.0.1:9/");
        Assert.Equal(ExitCodes.Success, code);
        Assert.Contains("complete", output);
    }

    [Fact]
    public async Task Says_in_one_line_that_an_address_is_taken_and_exits_with_6()
    {
        using TcpListener taken = new(IPAddress.Loopback, 0);
        taken.Start();
        string port = ((IPEndPoint)taken.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        (int code, string output, string error) = await RunAsync("serve", "--host", "127.0.0.1", "--port", port, "--realtime-url", "ws://127.0.0.1:9/", "--log-level", "none");
        Assert.Equal(ExitCodes.Listen, code);
        Assert.Equal("", output);
        Assert.Single(error.TrimEnd().Split('\n'));
        Assert.Contains(port, error);
    }

    [Fact]
    public async Task Prints_the_filters_as_a_table_a_response_or_a_drawing()
    {
        (int code, string output, _) = await RunAsync("filters");
        Assert.Equal(ExitCodes.Success, code);
        Assert.All(["low-latency", "balanced", "high-fidelity", "minimum-phase"], name => Assert.Contains(name, output));
        (_, output, _) = await RunAsync("filters", "--profile", "balanced", "--from", "24000", "--to", "8000");
        Assert.Matches(@"balanced +111 +1\.875 ms", output);
        Assert.Matches(@"\n +1000 +-?0\.000 +1\.875", output);
        (_, output, _) = await RunAsync("filters", "--format", "svg");
        Assert.Equal(4, System.Xml.Linq.XDocument.Parse(output).Descendants().Count(element => element.Name.LocalName == "polyline"));
    }

    [Theory]
    [InlineData("filters", "--profile", "finest")]
    [InlineData("filters", "--from", "8000", "--to", "8000")]
    [InlineData("filters", "--format", "png")]
    [InlineData("codec", "only.wav")]
    [InlineData("codec", "in.wav", "out.wav", "--analyze", "in.wav")]
    public async Task Refuses_what_cannot_be_meant_in_one_line_and_exits_with_2(params string[] arguments)
    {
        (int code, string output, string error) = await RunAsync(arguments);
        Assert.Equal(ExitCodes.Usage, code);
        Assert.Equal("", output);
        Assert.StartsWith("concierge: ", error);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        StringWriter output = new();
        StringWriter error = new();
        int code = await ConciergeCommandLine.RunAsync(arguments, output, error);
        return (code, output.ToString(), error.ToString());
    }
}
