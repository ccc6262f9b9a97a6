using System.CommandLine;
using System.Text.Json;
using Concierge.Agents.Text;
using Concierge.Calls.Outcome;
using Concierge.Server.Configuration;
using Concierge.Server.Requests;
using Concierge.Server.Shell;
using Spectre.Console;

namespace Concierge.Server.Cli;

/// <summary><c>concierge ask "..."</c>: one request in plain words, seen to.</summary>
internal static class AskCommand
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    public static Command Create()
    {
        Argument<string> request = new("REQUEST") { Description = "What you want, in plain words, such as \"book a table for four tomorrow at seven at Trattoria Bella\"." };
        Option<string?> session = new("--session") { Description = "Go on with this conversation; its id is printed with each answer.", HelpName = "ID" };
        Option<bool> simulate = new("--simulate") { Description = "Call nobody and ask no model, whatever is configured." };
        Option<string?> server = new("--server") { Description = "Have this running node see to it (SERVER_URL).", HelpName = "URL" };
        Option<bool> json = new("--json") { Description = "Print the answer as one JSON object; progress goes to the error stream." };
        Option<string?> envFile = new("--env-file") { Description = "Read this file instead of .env.", HelpName = "FILE" };
        Command command = new("ask", "Have the concierge see to one request: find a restaurant, phone it, book or cancel a table.") { request, session, simulate, server, json, envFile };
        command.SetAction((result, _) => RunAsync(
            result.GetValue(request)!,
            result.GetValue(session),
            result.GetValue(simulate),
            result.GetValue(server),
            result.GetValue(json),
            result.GetValue(envFile),
            result.InvocationConfiguration));
        return command;
    }

    /// <summary>The concierge's settings, or a complaint.</summary>
    internal static ConciergeOptions ReadOptions(string? envFile, TextWriter error, string? server = null)
    {
        List<ConfigurationProblem> problems = [];
        IConfiguration configuration = NodeConfiguration.Gather(
            Directory.GetCurrentDirectory(), envFile, server is null ? [] : [new(SettingNames.ServerUrl, server)], problems);
        ConciergeOptions options = ConciergeOptions.Read(configuration, problems);
        if (problems.Count > 0)
        {
            ConfigurationReport.Write(error, problems);
        }

        return problems.Exists(p => p.IsError) ? throw new CommandException(ExitCodes.Configuration, "the settings above must be corrected first.") : options;
    }

    private static async Task<int> RunAsync(string request, string? session, bool simulate, string? server, bool json, string? envFile, InvocationConfiguration streams)
    {
        if (session is not null && !ConciergeService.IsSessionId(session))
        {
            throw new CommandException(ExitCodes.Usage, "--session: an id has letters, digits, '-', '_' and '.', at most 128.");
        }

        if (simulate && server is not null)
        {
            throw new CommandException(ExitCodes.Usage, "--simulate and --server exclude each other: a simulation needs no node.");
        }

        using Interruption interruption = Interruption.Listen();
        ConciergeOptions options = ReadOptions(envFile, streams.Error, server);
        IAnsiConsole terminal = RequestScreen.Open(json ? streams.Error : streams.Output);
        var screen = new RequestScreen(terminal);
        ConciergeAnswer answer;
        if ((options.CanCall || options.HasServer) && !simulate)
        {
            answer = await new RemoteConcierge(options, screen).AskAsync(request, session, interruption.Token);
        }
        else
        {
            terminal.MarkupLine($"[yellow]SIMULATION[/] [grey]{Markup.Escape(WhySimulated(options, simulate))}[/]");
            await using LocalConcierge concierge = await LocalConcierge.OpenAsync(options, simulate, screen.OnCallEvent, interruption.Token);
            answer = await AskAsync(concierge.Service, request, session, screen, interruption.Token);
        }

        if (json)
        {
            await streams.Output.WriteLineAsync(AnswerJson.Write(answer).ToJsonString(s_indented));
        }
        else
        {
            screen.Show(answer);
            terminal.MarkupLine($"[grey]Go on with: concierge ask --session {answer.SessionId} \"...\"[/]");
        }

        return answer.Result is { Status: CallOutcomeStatus.Error or CallOutcomeStatus.Rejected } ? ExitCodes.Failed : ExitCodes.Success;
    }

    internal static async Task<ConciergeAnswer> AskAsync(ConciergeService service, string request, string? session, RequestScreen screen, CancellationToken cancellationToken)
    {
        try
        {
            return await service.AskAsync(request, session, screen.OnAgentEvent, null, cancellationToken);
        }
        catch (TextModelException e)
        {
            throw new CommandException(ExitCodes.Failed, e.Message);
        }
    }

    /// <summary>What a simulation lacks, in words.</summary>
    internal static string WhySimulated(ConciergeOptions options, bool asked) => asked
        ? "as asked: nobody is called, no model is used. The voices are a recording of one fixed conversation, whatever you ask for."
        : options.ApiKey is null
            ? "there is no OPENAI_API_KEY: rules stand in for the model, and nobody is called. The voices are a recording of one fixed conversation, whatever you ask for."
            : "calls need a node: set SERVER_URL to one that runs, or OPENAI_API_KEY, TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_PHONE_NUMBER and PUBLIC_DOMAIN. Nobody is called. The voices are a recording of one fixed conversation, whatever you ask for.";
}
