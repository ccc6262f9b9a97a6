using System.Text;
using Concierge.Server.Cli;

// Socket completions run inline on the socket engine's threads: the wake-up of a pool thread costs more than all the work on a frame.
// It must be set before the first socket of the process; doing it here leaves nothing for an operator to forget.
Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
if (!Console.IsOutputRedirected)
{
    Console.OutputEncoding = Encoding.UTF8;
}

return await ConciergeCommandLine.RunAsync(args, Console.Out, Console.Error);
