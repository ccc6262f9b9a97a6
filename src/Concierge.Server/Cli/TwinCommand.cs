using System.CommandLine;
using Concierge.Server.Shell;
using Concierge.Simulation.Scenarios;

namespace Concierge.Server.Cli;

/// <summary><c>concierge twin</c>: the two far ends of a call, offline, for this node or for anybody's bridge.</summary>
internal static class TwinCommand
{
    public static Command Create() => new("twin", "The offline twins: a carrier and a Realtime API that behave like the real ones.")
    {
        TwinRealtimeCommand.Create(),
        TwinTwilioCommand.Create(),
        List(),
    };

    private static Command List()
    {
        Option<string?> show = new("--show") { Description = "Print one scenario's file instead, as a start for your own.", HelpName = "NAME" };
        Option<string?> schema = new("--schema") { Description = "Print the JSON schema of scenario files or of text scripts instead.", HelpName = "scenario|text" };
        schema.AcceptOnlyFromAmong("scenario", "text");
        Command command = new("list", "List the scenarios that ship with the twins.") { show, schema };
        command.SetAction(result =>
        {
            TextWriter output = result.InvocationConfiguration.Output;
            if (result.GetValue(schema) is { } kind)
            {
                output.Write(kind == "text" ? ScenarioLibrary.TextScriptSchema : ScenarioLibrary.Schema);
                return ExitCodes.Success;
            }

            if (result.GetValue(show) is { } name)
            {
                TwinArguments.Find(name);
                output.Write(ScenarioLibrary.Text(name));
                return ExitCodes.Success;
            }

            int width = ScenarioLibrary.Names.Max(n => n.Length);
            foreach (string scenario in ScenarioLibrary.Names)
            {
                output.WriteLine($"{scenario.PadRight(width)}  {ScenarioLibrary.Get(scenario).Title}");
            }

            return ExitCodes.Success;
        });
        return command;
    }
}
