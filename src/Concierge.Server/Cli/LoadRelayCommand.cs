using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using Concierge.Server.Shell;
using Concierge.Simulation.Load;

namespace Concierge.Server.Cli;

/// <summary><c>concierge load-relay</c>: the bare byte relay that <c>load --baseline relay</c> runs in a process of its own.</summary>
internal static class LoadRelayCommand
{
    public static Command Create()
    {
        Option<IPEndPoint> listen = EndPoint("--listen", "Where it listens, as ADDRESS:PORT.");
        Option<IPEndPoint> to = EndPoint("--to", "Where it dials, as ADDRESS:PORT.");
        Command command = new("load-relay", "Copy bytes between each connection and one of its own: the floor that load compares with.") { listen, to };
        command.Hidden = true;
        command.SetAction((result, _) => RunAsync(result.GetRequiredValue(listen), result.GetRequiredValue(to), result.InvocationConfiguration.Output));
        return command;
    }

    private static Option<IPEndPoint> EndPoint(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "ADDRESS:PORT",
        Required = true,
        CustomParser = argument =>
        {
            if (IPEndPoint.TryParse(argument.Tokens[0].Value, out IPEndPoint? end))
            {
                return end;
            }

            argument.AddError($"{name} {argument.Tokens[0].Value}: give an address and a port, such as 127.0.0.1:9000.");
            return null!;
        },
    };

    private static async Task<int> RunAsync(IPEndPoint listen, IPEndPoint to, TextWriter output)
    {
        using Interruption interruption = Interruption.Listen();
        try
        {
            using LoadRelay relay = new(listen, to);
            await output.WriteLineAsync($"relaying {relay.EndPoint} to {to}");
            await output.FlushAsync();
            await Task.Delay(Timeout.Infinite, interruption.Token).ContinueWith(static _ => { }, TaskScheduler.Default);
        }
        catch (SocketException exception)
        {
            throw new CommandException(ExitCodes.Listen, $"cannot listen on {listen}: {exception.Message}.");
        }

        return ExitCodes.Success;
    }
}
