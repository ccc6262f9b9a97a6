using System.CommandLine;
using System.Net.Sockets;
using Concierge.Agents;
using Concierge.Calls.Store;
using Concierge.Server.Configuration;
using Concierge.Server.Hosting;
using Concierge.Server.Node;
using Concierge.Server.Requests;
using Concierge.Server.Shell;
using Microsoft.Extensions.Logging.Console;

namespace Concierge.Server.Cli;

/// <summary><c>concierge serve</c>: the edge node.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        (Option<string?> Option, string Setting)[] overrides =
        [
            (new("--host") { Description = "The address to listen on (SERVER_HOST).", HelpName = "ADDRESS" }, SettingNames.ServerHost),
            (new("--port") { Description = "The port to listen on, 0 for any (SERVER_PORT).", HelpName = "PORT" }, SettingNames.ServerPort),
            (new("--public-domain") { Description = "The host name the carrier dials (PUBLIC_DOMAIN).", HelpName = "HOST" }, SettingNames.PublicDomain),
            (new("--realtime-url") { Description = "Where the model is dialled (REALTIME_URL).", HelpName = "URL" }, SettingNames.RealtimeUrl),
            (new("--model") { Description = "The model, on Azure the deployment (REALTIME_MODEL).", HelpName = "NAME" }, SettingNames.RealtimeModel),
            (new("--voice") { Description = "The model's voice (REALTIME_VOICE).", HelpName = "NAME" }, SettingNames.RealtimeVoice),
            (new("--audio-mode") { Description = "pcm16, pcmu or pcma: what crosses to the model (AUDIO_MODE).", HelpName = "MODE" }, SettingNames.AudioMode),
            (new("--log-level") { Description = "trace, debug, information, warning, error, critical or none (LOG_LEVEL).", HelpName = "LEVEL" }, SettingNames.LogLevel),
        ];
        Option<string?> envFile = new("--env-file") { Description = "Read this file instead of .env.", HelpName = "FILE" };
        Option<bool> check = new("--check") { Description = "Only check the configuration, then exit." };
        Command command = new("serve", "Run the edge node: answer the carrier, bridge each media stream to the model.");
        foreach ((Option<string?> option, _) in overrides)
        {
            command.Add(option);
        }

        command.Add(envFile);
        command.Add(check);
        command.SetAction((result, _) =>
        {
            List<KeyValuePair<string, string?>> given = [];
            foreach ((Option<string?> option, string setting) in overrides)
            {
                if (result.GetValue(option) is { } value)
                {
                    given.Add(new(setting, value));
                }
            }

            return RunAsync(given, result.GetValue(envFile), result.GetValue(check), result.InvocationConfiguration);
        });
        return command;
    }

    private static async Task<int> RunAsync(List<KeyValuePair<string, string?>> given, string? envFile, bool checkOnly, InvocationConfiguration streams)
    {
        List<ConfigurationProblem> problems = [];
        IConfiguration configuration = NodeConfiguration.Gather(Directory.GetCurrentDirectory(), envFile, given, problems);
        NodeConfigurationResult result = NodeConfiguration.Read(configuration, problems);
        ConfigurationReport.Write(streams.Error, result.Problems);
        if (result.Options is not { } options)
        {
            return ExitCodes.Configuration;
        }

        ConciergeOptions concierge = ReadConcierge(configuration, streams.Error);
        await using NodeAgents agents = OpenAgents(options, concierge, configuration);
        CheckRoutes(options, agents);
        if (checkOnly)
        {
            await streams.Output.WriteLineAsync("The configuration is complete.");
            return ExitCodes.Success;
        }

        // Signals are ours from before the first socket to after the last call.
        using Interruption interruption = Interruption.Listen();
        using IDisposable? traces = TraceExport.Start(configuration);
        await using NodeHost node = await StartAsync(options, concierge, agents, interruption.Token);
        ConfigurationReport.WriteBanner(streams.Output, options, node.Address, DescribeAgents(concierge, agents.Current, node.Memory?.Outbound is not null));
        Task warmUp = NodeWarmUp.RunAsync(node, interruption.Token);
        await Task.Delay(Timeout.Infinite, interruption.Token).ContinueWith(static _ => { }, TaskScheduler.Default);
        bool inOrder = await node.StopAsync(interruption.Force);
        await warmUp;
        return inOrder ? ExitCodes.Success : ExitCodes.Failed;
    }

    private static ConciergeOptions ReadConcierge(IConfiguration configuration, TextWriter error)
    {
        List<ConfigurationProblem> problems = [];
        ConciergeOptions concierge = ConciergeOptions.Read(configuration, problems);
        ConfigurationReport.Write(error, problems);
        return problems.Exists(p => p.IsError) ? throw new CommandException(ExitCodes.Configuration, "the settings above must be corrected first.") : concierge;
    }

    private static NodeAgents OpenAgents(NodeOptions options, ConciergeOptions concierge, IConfiguration configuration)
    {
        string file = concierge.AgentsFile;
        try
        {
            return NodeAgents.Open(
                options, file, concierge.Transfers, concierge.DataDirectory, configuration[ConciergeSettings.VendorTracing] is { Length: > 0 } workflow ? workflow : null, concierge.ConciergeName);
        }
        catch (AgentDefinitionException e)
        {
            throw new CommandException(ExitCodes.Configuration, $"AGENTS_FILE: {file} cannot be used:\n{string.Join('\n', e.Problems.Select(p => $"  {file}{p}."))}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCodes.Configuration, $"AGENTS_FILE: {file} cannot be read: {e.Message}");
        }
    }

    private static void CheckRoutes(NodeOptions options, NodeAgents agents)
    {
        foreach ((string number, string agent) in options.Calls?.InboundRoutes ?? new Dictionary<string, string>())
        {
            if (!agents.Current.OnLineNames.Contains(agent, StringComparer.OrdinalIgnoreCase))
            {
                throw new CommandException(ExitCodes.Configuration, $"INBOUND_ROUTES: {number} leads to '{agent}', and there is no such agent for calls; there are {string.Join(", ", agents.Current.OnLineNames)}.");
            }
        }
    }

    private static string[] DescribeAgents(ConciergeOptions concierge, AgentCast cast, bool calls) =>
    [
        $"agents      {cast.OnLine.Name} answers; calls may ask for {string.Join(", ", cast.OnLineNames)}",
        $"requests    {cast.InWriting.Name} takes them; model: {concierge.CreateModel(TimeProvider.System).Description}; {(calls ? "restaurants are phoned" : "calls are simulated: nobody is phoned")}",
    ];

    private static async Task<NodeHost> StartAsync(NodeOptions options, ConciergeOptions concierge, NodeAgents agents, CancellationToken cancellationToken)
    {
        try
        {
            return await NodeComposition.StartAsync(options, concierge, agents, TimeProvider.System, Log, cancellationToken: cancellationToken);
        }
        catch (CallStoreException exception)
        {
            throw new CommandException(ExitCodes.Configuration, exception.Message);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            string reason = exception is SocketException socket ? socket.Message : "the address is in use already";
            throw new CommandException(ExitCodes.Listen, $"cannot listen on {options.Host}:{options.Port}: {reason}. Set SERVER_HOST and SERVER_PORT to an address that is free.");
        }
    }

    /// <summary>One line per event on the error stream: the output stream is for results.</summary>
    private static void Log(ILoggingBuilder logging)
    {
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss.fff ";
            console.UseUtcTimestamp = true;
        });
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }
}
