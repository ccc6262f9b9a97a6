using System.CommandLine;
using System.CommandLine.Invocation;
using Concierge.Server.Node;
using Concierge.Server.Shell;

namespace Concierge.Server.Cli;

/// <summary>The program's command line: every way out is an exit code of <see cref="ExitCodes"/> and, for a failure, one line on the error stream.</summary>
internal static class ConciergeCommandLine
{
    /// <summary>By name, in the order of the help.</summary>
    private static readonly (string Name, Func<Command> Create)[] s_commands =
    [
        ("serve", ServeCommand.Create),
        ("call", CallCommand.Create),
        ("calls", CallsCommand.Create),
        ("config", ConfigCommand.Create),
        ("demo", DemoCommand.Create),
        ("first-word", FirstWordCommand.Create),
        ("figures", FiguresCommand.Create),
        ("codec", CodecCommand.Create),
        ("load", LoadCommand.Create),
        ("load-relay", LoadRelayCommand.Create),
        ("agents", AgentsCommand.Create),
        ("ask", AskCommand.Create),
        ("filters", FiltersCommand.Create),
        ("twin", TwinCommand.Create),
    ];

    /// <summary>Runs one command.</summary>
    /// <param name="arguments">As the shell gave them.</param>
    /// <param name="output">Where results go.</param>
    /// <param name="error">Where complaints go.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter error)
    {
        try
        {
            ParseResult result = Build(arguments.FirstOrDefault()).Parse(arguments);
            if (result.Errors.Count > 0 && result.Action is ParseErrorAction)
            {
                return await ReportUsageAsync(result, error);
            }

            // Signals belong to the commands: each knows what it has to finish (Interruption).
            InvocationConfiguration configuration = new()
            {
                Output = output,
                Error = error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            };
            return await result.InvokeAsync(configuration);
        }
        catch (CommandException exception)
        {
            await error.WriteLineAsync($"concierge: {exception.Message}");
            return exception.ExitCode;
        }
        catch (OperationCanceledException)
        {
            await error.WriteLineAsync("concierge: interrupted.");
            return ExitCodes.Interrupted;
        }
        catch (Exception exception)
        {
            // A stack trace helps nobody at a terminal; whoever debugs asks for it.
            bool debug = Environment.GetEnvironmentVariable("CONCIERGE_DEBUG") is "1" or "true";
            await error.WriteLineAsync(debug ? exception.ToString() : $"concierge: internal error: {exception.GetType().Name}: {exception.Message} (CONCIERGE_DEBUG=1 shows where)");
            return ExitCodes.Internal;
        }
    }

    /// <summary>The root command with everything under it, or with the one command that is named: the others would only cost the start.</summary>
    internal static RootCommand Build(string? named = null)
    {
        RootCommand root = new("A telephony edge node: bridges phone calls (Twilio Media Streams) to a speech model (OpenAI Realtime).");
        root.Options.OfType<VersionOption>().Single().Action = new PrintVersion();
        int only = Array.FindIndex(s_commands, c => c.Name == named);
        foreach ((_, Func<Command> create) in only < 0 ? s_commands : [s_commands[only]])
        {
            root.Add(create());
        }

        root.SetAction((result, _) => PromptCommand.RunAsync(result.InvocationConfiguration, Console.In, isTerminal: !Console.IsInputRedirected && !Console.IsOutputRedirected));
        return root;
    }

    private static async Task<int> ReportUsageAsync(ParseResult result, TextWriter error)
    {
        foreach (string message in result.Errors.Select(parseError => parseError.Message).Distinct())
        {
            await error.WriteLineAsync($"concierge: {message}");
        }

        Command command = result.CommandResult.Command;
        string name = command is RootCommand ? "concierge" : $"concierge {command.Name}";
        await error.WriteLineAsync($"Try '{name} --help'.");
        return ExitCodes.Usage;
    }

    /// <summary>This program's version, whoever hosts it.</summary>
    private sealed class PrintVersion : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            parseResult.InvocationConfiguration.Output.WriteLine(FrontDoor.Version);
            return ExitCodes.Success;
        }
    }
}
