using System.CommandLine;
using System.Globalization;
using Concierge.Server.Shell;
using Concierge.Simulation.Chat;
using Concierge.Simulation.Realtime;
using Concierge.Simulation.Scenarios;

namespace Concierge.Server.Cli;

/// <summary><c>concierge twin realtime</c>: the model on a loopback port: Realtime socket, client secrets, responses, chat completions.</summary>
internal static class TwinRealtimeCommand
{
    private static readonly Option<int> s_port = TwinArguments.Port(8081);

    private static readonly Option<string> s_scenario = TwinArguments.Scenario("What the model says: a shipped scenario (see 'concierge twin list') or a file.");

    private static readonly Option<string?> s_text = new("--text") { Description = "What /v1/responses and /v1/chat/completions answer: a script file; without it the agent's turns of the scenario.", HelpName = "FILE" };

    private static readonly Option<string?> s_key = new("--key") { Description = "The only key accepted; without it any key is.", HelpName = "KEY" };

    private static readonly Option<string?> s_faults = new("--faults") { Description = "What goes wrong on every connection: a JSON file, or the JSON itself (docs/twin.md lists the names).", HelpName = "FILE|JSON" };

    private static readonly Option<double> s_speed = new("--speed") { Description = "How much faster than real time audio is generated; 0 sends it at once.", HelpName = "N", DefaultValueFactory = _ => 4 };

    private static readonly Option<int> s_minDelta = new("--min-delta-ms") { Description = "The shortest audio delta.", HelpName = "MS", DefaultValueFactory = _ => 40 };

    private static readonly Option<int> s_maxDelta = new("--max-delta-ms") { Description = "The longest audio delta.", HelpName = "MS", DefaultValueFactory = _ => 400 };

    private static readonly Option<double> s_limit = new("--session-limit") { Description = "Seconds until session_expired and close 1001.", HelpName = "S", DefaultValueFactory = _ => 3600 };

    private static readonly Option<string?> s_events = new("--events") { Description = "A file that gets every event of either direction, a line of JSON each; added to if it is there.", HelpName = "FILE" };

    public static Command Create()
    {
        Command command = new("realtime", "Serve the model: the Realtime API over WebSocket, client secrets, and scripted text models.")
        {
            s_port, s_scenario, s_text, s_key, s_faults, s_speed, s_minDelta, s_maxDelta, s_limit, s_events,
        };
        command.SetAction((result, _) => RunAsync(
            result.GetValue(s_port), TwinArguments.Find(result.GetValue(s_scenario)!), Text(result.GetValue(s_text)), Options(result), result.GetValue(s_events), result.InvocationConfiguration.Output));
        return command;
    }

    private static RealtimeTwinOptions Options(ParseResult result)
    {
        int least = result.GetValue(s_minDelta), most = result.GetValue(s_maxDelta);
        if (least < 1 || most < least)
        {
            throw new CommandException(ExitCodes.Usage, "--min-delta-ms is at least 1 and not more than --max-delta-ms.");
        }

        if (result.GetValue(s_speed) < 0 || result.GetValue(s_limit) <= 0)
        {
            throw new CommandException(ExitCodes.Usage, "--speed is not negative, and --session-limit is above 0.");
        }

        return new RealtimeTwinOptions
        {
            ApiKey = result.GetValue(s_key),
            AudioSpeed = result.GetValue(s_speed),
            MinDeltaMs = least,
            MaxDeltaMs = most,
            SessionLimit = TimeSpan.FromSeconds(result.GetValue(s_limit)),
            Faults = Faults(result.GetValue(s_faults)),
        };
    }

    private static RealtimeTwinFaults Faults(string? given)
    {
        if (given is null)
        {
            return RealtimeTwinFaults.None;
        }

        try
        {
            return RealtimeTwinFaults.Parse(given.TrimStart().StartsWith('{') ? given : File.ReadAllText(given));
        }
        catch (Exception e) when (e is ScenarioException or IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCodes.Input, $"--faults: {e.Message}");
        }
    }

    private static TextScript? Text(string? path)
    {
        try
        {
            return path is null ? null : TextScript.Load(path);
        }
        catch (ScenarioException e)
        {
            throw new CommandException(ExitCodes.Input, e.Message);
        }
    }

    private static async Task<int> RunAsync(int port, Scenario scenario, TextScript? text, RealtimeTwinOptions options, string? events, TextWriter output)
    {
        using TextWriter? log = TwinArguments.OpenEventLog(events, append: true);
        options = options with { EventLog = log };
        using Interruption interruption = Interruption.Listen();
        await using RealtimeTwinServer server = await StartAsync(port, scenario, text, options);
        TextWriter lines = TextWriter.Synchronized(output);
        var root = new UriBuilder(server.Url) { Scheme = "http", Path = "/twin" };
        lines.WriteLine($"The model's twin listens on {server.Url} (instead of wss://api.openai.com/v1/realtime)");
        lines.WriteLine($"  text        {server.HttpUrl} (instead of https://api.openai.com/v1): responses, chat/completions, realtime/client_secrets");
        lines.WriteLine($"  key         {options.ApiKey ?? "any"}");
        lines.WriteLine($"  scenario    {scenario.Name}");
        lines.WriteLine($"  faults      curl -d '{{\"closeAtMs\":5000}}' {root.Uri}/faults, {root.Uri}/sessions/0/faults");
        lines.WriteLine($"  look        curl {root.Uri}/sessions, {root.Uri}/sessions/0");
        lines.WriteLine("Stop with Ctrl+C.");
        server.SessionEnded = session => lines.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{session.Record.SessionId} ended after {session.Record.EndedAt.TotalSeconds:0.0} s, close {session.Record.CloseCode}, heard {session.Record.Heard.Duration.TotalSeconds:0.0} s, {session.Record.Responses.Count} responses, {session.Record.Errors.Count} errors{string.Concat(session.Record.Errors.Select(e => $" {e.Code}"))}"));
        await TwinArguments.WaitForEndAsync(interruption.Token);
        return ExitCodes.Success;
    }

    private static async Task<RealtimeTwinServer> StartAsync(int port, Scenario scenario, TextScript? text, RealtimeTwinOptions options)
    {
        try
        {
            return await RealtimeTwinServer.StartAsync(scenario, options, port, text: text);
        }
        catch (IOException e)
        {
            throw new CommandException(ExitCodes.Listen, $"127.0.0.1:{port} cannot be listened on: {e.Message} Give another with --port.");
        }
    }
}
