using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Concierge.Calls.Outcome;
using Concierge.Pipelines;
using Concierge.Server.Demo;
using Concierge.Server.Reports;
using Concierge.Server.Requests;
using Concierge.Server.Shell;
using Concierge.Simulation.Scenarios;
using Spectre.Console;

namespace Concierge.Server.Cli;

/// <summary><c>concierge demo</c>: one call through the product with both far ends simulated, checked against what they heard.</summary>
internal static class DemoCommand
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    public static Command Create()
    {
        Option<string> scenario = new("--scenario")
        {
            Description = $"What is played: a shipped scenario ({string.Join(", ", ScenarioLibrary.Names)}) or a file.",
            HelpName = "NAME|FILE",
            DefaultValueFactory = _ => "booking-confirmed",
        };
        Option<string> output = new("--output")
        {
            Description = "The folder for the recording, the transcript, the outcome and the report.",
            HelpName = "DIR",
            DefaultValueFactory = _ => "concierge-demo",
        };
        Option<CallAudioMode> mode = AudioMode();
        Option<bool> fast = new("--fast") { Description = "Under a virtual clock, as fast as this machine can." };
        Option<bool> json = new("--json") { Description = "Print the result as one JSON object; everything else goes to the error stream." };
        Option<string?> agents = new("--agents") { Description = "Your own agent file, instead of the concierge's.", HelpName = "FILE" };
        Option<string?> agent = new("--agent") { Description = "Which of its agents speaks; the one that begins unless given.", HelpName = "NAME" };
        Option<string?> events = new("--events") { Description = "A file that gets every event between the node and the model, a line of JSON each.", HelpName = "FILE" };
        Command command = new("demo", "Place one simulated call through the node: real speech, real frames, checked at both ends.") { scenario, output, mode, fast, json, agents, agent, events };
        command.SetAction((result, _) => RunAsync(
            result.GetValue(scenario)!,
            result.GetValue(output)!,
            result.GetValue(mode),
            result.GetValue(fast),
            result.GetValue(json),
            (result.GetValue(agents), result.GetValue(agent)),
            result.GetValue(events),
            result.InvocationConfiguration));
        return command;
    }

    private static Option<CallAudioMode> AudioMode() => new("--audio-mode")
    {
        Description = "pcm16, pcmu or pcma: what crosses to the model.",
        HelpName = "MODE",
        DefaultValueFactory = _ => CallAudioMode.Pcm16,
        CustomParser = argument =>
        {
            switch (argument.Tokens[0].Value)
            {
                case "pcm16":
                    return CallAudioMode.Pcm16;
                case "pcmu":
                    return CallAudioMode.MuLaw;
                case "pcma":
                    return CallAudioMode.ALaw;
                default:
                    argument.AddError($"--audio-mode {argument.Tokens[0].Value}: use pcm16, pcmu or pcma.");
                    return default;
            }
        },
    };

    private static async Task<int> RunAsync(string scenarioName, string folder, CallAudioMode mode, bool fast, bool json, (string? File, string? Name) agent, string? events, InvocationConfiguration streams)
    {
        Scenario scenario = Find(scenarioName);
        using TextWriter? log = TwinArguments.OpenEventLog(events, append: false);
        var options = new DemoOptions(scenario, mode, fast) { AgentsFile = agent.File is { } given ? AgentFiles.Resolve(given) : null, Agent = agent.Name, EventLog = log };
        var files = new DemoFiles(folder);
        files.Prepare();
        using Interruption interruption = Interruption.Listen();
        IAnsiConsole terminal = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(json ? streams.Error : streams.Output) });
        DemoEvidence evidence;
        await using (DemoConsole console = DemoConsole.Start(terminal, $"{scenario.Title} ({(fast ? "virtual clock" : "real time")})"))
        {
            evidence = await new DemoCall(options, console).RunAsync(interruption.Token);
        }

        IReadOnlyList<HeardResponse> heard = HeardResponse.FindAll(evidence);
        IReadOnlyList<ReportCheck> checks = DemoChecks.Run(evidence, heard);
        CallReport report = DemoReport.Create(evidence, heard, checks);
        files.Write(evidence, report);
        if (json)
        {
            await streams.Output.WriteLineAsync(ToJson(evidence, report, files).ToJsonString(s_indented));
        }
        else
        {
            WriteSummary(streams.Output, evidence, report, files);
        }

        return report.AllPassed ? ExitCodes.Success : ExitCodes.Failed;
    }

    private static Scenario Find(string name)
    {
        try
        {
            return ScenarioLibrary.Find(name);
        }
        catch (ScenarioException e)
        {
            throw new CommandException(ExitCodes.Input, e.Message);
        }
    }

    private static void WriteSummary(TextWriter writer, DemoEvidence evidence, CallReport report, DemoFiles files)
    {
        writer.WriteLine();
        foreach (ReportCheck check in report.Checks)
        {
            writer.WriteLine($"  {(check.Passed ? "ok  " : "FAIL")}  {check.Name}: {check.Detail}");
        }

        writer.WriteLine();
        foreach (ReportFigure figure in report.Allocation)
        {
            writer.WriteLine($"  {figure.Name}: {figure.Value} allocated ({figure.Note})");
        }

        writer.WriteLine();
        string what = evidence.Scenario.Purpose == ScenarioPurpose.Cancellation ? $"cancellation {evidence.Outcome.Status.ToString().ToLowerInvariant()}" : $"{evidence.Outcome.Status}";
        string outcome = evidence.Outcome.ConfirmationNumber is { } number ? $"{what}, confirmation number {number}" : what;
        writer.WriteLine($"  Outcome: {outcome} (both far ends were simulated; nobody was called)");
        writer.WriteLine($"  Files:   {files.Folder}");
        writer.WriteLine($"  Report:  {files.ReportPath}");
        if (!report.AllPassed)
        {
            writer.WriteLine("  Listen:  call.wav (left the caller, right the agent as heard), caller.wav, agent.wav: the times above are theirs");
        }
    }

    private static JsonObject ToJson(DemoEvidence evidence, CallReport report, DemoFiles files) => new()
    {
        ["passed"] = report.AllPassed,
        ["scenario"] = evidence.Scenario.Name,
        ["simulated"] = true,
        ["virtual_clock"] = evidence.Fast,
        ["end_reason"] = evidence.Node.Reason.Name(),
        ["duration_seconds"] = Math.Round(evidence.Carrier.EndedAt.TotalSeconds, 3),
        ["outcome"] = JsonNode.Parse(CallsJson.Write(evidence.Outcome)),
        ["transcript"] = JsonNode.Parse(CallsJson.Write(report.Turns)),
        ["checks"] = new JsonArray([.. report.Checks.Select(c => new JsonObject { ["name"] = c.Name, ["passed"] = c.Passed, ["detail"] = c.Detail })]),
        ["folder"] = files.Folder,
        ["report"] = files.ReportPath,
    };
}
