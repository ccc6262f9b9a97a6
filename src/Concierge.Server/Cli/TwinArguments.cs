using System.CommandLine;
using System.Globalization;
using Concierge.Server.Shell;
using Concierge.Simulation.Scenarios;

namespace Concierge.Server.Cli;

/// <summary>What the commands that run twins have in common: options, files, and waiting for the end.</summary>
internal static class TwinArguments
{
    /// <summary>What is played: a shipped scenario or a file.</summary>
    public static Option<string> Scenario(string description) => new("--scenario")
    {
        Description = description,
        HelpName = "NAME|FILE",
        DefaultValueFactory = _ => "booking-confirmed",
    };

    /// <summary>The loopback port.</summary>
    public static Option<int> Port(int usual) => new("--port")
    {
        Description = "The port on 127.0.0.1; 0 takes a free one.",
        HelpName = "PORT",
        DefaultValueFactory = _ => usual,
        CustomParser = argument =>
        {
            string text = argument.Tokens[0].Value;
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port <= 65535)
            {
                return port;
            }

            argument.AddError($"--port {text}: a port is a whole number up to 65535.");
            return 0;
        },
    };

    /// <summary>Reads a scenario by name or path.</summary>
    /// <exception cref="CommandException">There is none, or it cannot be used; the message says why.</exception>
    public static Scenario Find(string name)
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

    /// <summary>Opens the file that gets the events between a client and the model's twin.</summary>
    /// <param name="path">The file; null for none.</param>
    /// <param name="append">Whether to keep what is in it.</param>
    /// <exception cref="CommandException">It cannot be written.</exception>
    public static TextWriter? OpenEventLog(string? path, bool append)
    {
        try
        {
            return path is null ? null : new StreamWriter(path, append) { AutoFlush = append };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCodes.Output, $"--events: {path} cannot be written: {e.Message}");
        }
    }

    /// <summary>Waits for Ctrl+C.</summary>
    public static async Task WaitForEndAsync(CancellationToken ct) =>
        await Task.Delay(Timeout.InfiniteTimeSpan, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
}
