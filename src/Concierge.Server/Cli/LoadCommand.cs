using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Concierge.Server.Load;
using Concierge.Server.Shell;
using Concierge.Simulation.Load;
using Concierge.WebSockets;

namespace Concierge.Server.Cli;

/// <summary><c>concierge load</c>: many calls through a bridge, both far ends played here, measured at one clock.</summary>
internal static class LoadCommand
{
    private const int MostCalls = 16_000;

    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    public static Command Create()
    {
        Option<int> calls = new("--calls") { Description = "How many calls.", HelpName = "N", DefaultValueFactory = _ => 50 };
        Option<int[]?> steps = Steps();
        Option<TimeSpan> duration = Time("--duration", "How long frames are counted.", TimeSpan.FromSeconds(60));
        Option<TimeSpan> warmUp = Time("--warm-up", "How long the calls run before that.", TimeSpan.FromSeconds(5));
        Option<double> ramp = new("--ramp") { Description = "Calls begun per second.", HelpName = "N", DefaultValueFactory = _ => 100 };
        Option<string> target = new("--target") { Description = "The bridge's media stream address, ws:// or wss://; self starts this node.", HelpName = "URL|self", DefaultValueFactory = _ => "self" };
        Option<string?> start = new("--command") { Description = "Starts the bridge that --target names, pinned; it is told PORT, REALTIME_URL and AUDIO_MODE.", HelpName = "SHELL COMMAND" };
        Option<int?> pid = new("--pid") { Description = "The process of a bridge that runs already, for its CPU and memory.", HelpName = "PID" };
        Option<int> realtimePort = new("--realtime-port") { Description = "Where the Realtime server listens, for a bridge that runs already; 0 for any free port.", HelpName = "PORT" };
        Option<LoadMode> mode = Mode();
        Option<bool> tls = new("--tls") { Description = "TLS on both legs, with a certificate made for the run." };
        Option<string> baseline = new("--baseline") { Description = "relay: a bare byte relay in the same run, as the floor; none.", HelpName = "relay|none", DefaultValueFactory = _ => "none" };
        Option<string?> peers = new("--peers") { Description = "Bridges of another make in the same run, of the repository's: plain (.NET the ordinary way), nodejs, python.", HelpName = "NAME,NAME,..." };
        Option<bool> install = new("--install-ws") { Description = "Fetch ws from npm for --peers nodejs, into a temporary folder." };
        Option<int> repeat = new("--repeat") { Description = "Each measurement so many times; medians are compared.", HelpName = "N", DefaultValueFactory = _ => 1 };
        Option<TimeSpan> bound = Time("--bound", "The 99th percentile above which a step is too much.", TimeSpan.FromMilliseconds(20));
        Option<TimeSpan> lateness = Time("--max-lateness", "A run whose generator was later than this at the 99th percentile is not counted.", TimeSpan.FromMilliseconds(1));
        Option<bool> shed = new("--shed") { Description = "Let this node refuse calls that would make it late (MAX_LATENESS_MS), as it does in service." };
        Option<int> stalled = new("--stalled") { Description = "So many of the calls have a caller that stops reading.", HelpName = "N" };
        Option<int> backlogged = new("--backlogged") { Description = "So many of the calls have a model that sends 25 times faster than speech.", HelpName = "N" };
        Option<int> bridgeCore = new("--bridge-core") { Description = "The core of the bridge; -1 pins nothing.", HelpName = "N", DefaultValueFactory = _ => 0 };
        Option<int> generatorCore = new("--generator-core") { Description = "The core of the generator; -1 pins nothing.", HelpName = "N", DefaultValueFactory = _ => 1 };
        Option<string?> json = new("--json") { Description = "Writes the result as JSON.", HelpName = "FILE" };
        Option<string?> report = new("--report") { Description = "Writes the result as a page.", HelpName = "FILE.html" };
        Command command = new("load", "Measure a bridge under load: many calls in real time, both far ends played here, latency at one clock.")
        {
            calls, steps, duration, warmUp, ramp, target, start, pid, realtimePort, mode, tls, baseline, peers, install, repeat, bound, lateness, shed, stalled, backlogged, bridgeCore,
            generatorCore, json, report,
        };
        command.SetAction(async (result, cancellationToken) =>
        {
            LoadOptions options = new()
            {
                Steps = result.GetValue(steps) is { Length: > 0 } several ? several : [Within("--calls", result.GetValue(calls), 1, MostCalls)],
                Duration = result.GetValue(duration),
                WarmUp = result.GetValue(warmUp),
                Ramp = Within("--ramp", result.GetValue(ramp), 0.1, 10_000),
                Mode = result.GetValue(mode),
                Target = Target(result.GetValue(target)!, result.GetValue(tls)),
                Command = result.GetValue(start),
                ProcessId = result.GetValue(pid),
                RealtimePort = Within("--realtime-port", result.GetValue(realtimePort), 0, 65_535),
                Tls = result.GetValue(tls),
                Baseline = Baseline(result.GetValue(baseline)!),
                Repeat = Within("--repeat", result.GetValue(repeat), 1, 100),
                Bound = result.GetValue(bound),
                MaxLateness = result.GetValue(lateness),
                Sheds = result.GetValue(shed),
                Stalled = Within("--stalled", result.GetValue(stalled), 0, MostCalls),
                Backlogged = Within("--backlogged", result.GetValue(backlogged), 0, MostCalls),
                BridgeCore = Core("--bridge-core", result.GetValue(bridgeCore)),
                GeneratorCore = Core("--generator-core", result.GetValue(generatorCore)),
                JsonPath = result.GetValue(json),
                ReportPath = result.GetValue(report),
            };
            string[] names = Peers(result.GetValue(peers), result.GetValue(install));
            Check(options);
            using PeerFinder finder = new(AppContext.BaseDirectory, options.Mode, result.GetValue(install));
            List<PeerBridge> found = [];
            foreach (string name in names)
            {
                found.Add(await finder.FindAsync(name, cancellationToken));
            }

            return await RunAsync(options with { Peers = found }, string.Join(' ', result.Tokens.Select(t => t.Value).Prepend("concierge")), result.InvocationConfiguration);
        });
        return command;
    }

    private static async Task<int> RunAsync(LoadOptions options, string commandLine, InvocationConfiguration streams)
    {
        if (!EventLoop.IsSupported)
        {
            throw new CommandException(ExitCodes.Failed, "load needs 64-bit Linux: its generator is an event loop on epoll, and it reads /proc.");
        }

        // Before anything is measured: a run of minutes should not end at a file that cannot be written.
        foreach (string path in new[] { options.JsonPath, options.ReportPath }.OfType<string>())
        {
            await WriteAsync(path, "");
        }

        using Interruption interruption = Interruption.Listen();
        streams.Output.WriteLine($"{options.Subject} on {LoadMachine.Describe()}");
        foreach (PeerBridge peer in options.Peers)
        {
            streams.Output.WriteLine($"{peer.Name}: {peer.Made}");
        }

        streams.Output.WriteLine(LoadScreen.Heading);
        LoadSuite suite = new(options, run => streams.Output.WriteLine(LoadScreen.Line(run)));
        IReadOnlyList<LoadStep> steps = await suite.RunAsync(interruption.Token);
        foreach (string line in LoadScreen.Summary(options, steps))
        {
            streams.Output.WriteLine(line);
        }

        DateTimeOffset date = DateTimeOffset.UtcNow;
        if (options.JsonPath is { } json)
        {
            await WriteAsync(json, LoadJsonReport.Create(options, steps, date).ToJsonString(s_indented) + "\n");
        }

        if (options.ReportPath is { } report)
        {
            await WriteAsync(report, LoadHtml.Create(options, steps, date, commandLine));
        }

        return steps.SelectMany(s => s.Of(LoadKinds.Bridge)).Any() ? ExitCodes.Success : ExitCodes.Failed;
    }

    private static async Task WriteAsync(string path, string text)
    {
        try
        {
            await File.WriteAllTextAsync(path, text);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCodes.Output, $"cannot write '{path}': {exception.Message}");
        }
    }

    private static void Check(LoadOptions options)
    {
        if (options.Target is null && (options.Command is not null || options.ProcessId is not null))
        {
            throw new CommandException(ExitCodes.Usage, "--command and --pid belong to a bridge that --target names.");
        }

        if (options.Command is not null && options.ProcessId is not null)
        {
            throw new CommandException(ExitCodes.Usage, "--command starts the bridge and --pid names one that runs: give one of them.");
        }

        if (options.Target is not null && options.Command is null && options.RealtimePort == 0)
        {
            throw new CommandException(ExitCodes.Usage, "a bridge that runs already must know where the Realtime server will be: give --realtime-port, and have the bridge dial ws://127.0.0.1:PORT.");
        }

        if (options.Sheds && options.Target is not null)
        {
            throw new CommandException(ExitCodes.Usage, "--shed is a setting of this node, and --target names another bridge.");
        }

        if (options.Stalled + options.Backlogged >= options.Steps.Min())
        {
            throw new CommandException(ExitCodes.Usage, "--stalled and --backlogged leave no call to be measured.");
        }
    }

    private static Uri? Target(string text, bool tls)
    {
        if (text == "self")
        {
            return null;
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("ws" or "wss"))
        {
            throw new CommandException(ExitCodes.Usage, $"--target {text}: give a ws:// or wss:// address, or self.");
        }

        return tls == (uri.Scheme == "wss") ? uri : throw new CommandException(ExitCodes.Usage, $"--target {text}: wss:// goes with --tls, ws:// without it.");
    }

    private static string[] Peers(string? text, bool install)
    {
        string[] names = text?.Split(',', StringSplitOptions.TrimEntries) ?? [];
        if (install && !names.Contains(PeerFinder.NodeJs))
        {
            throw new CommandException(ExitCodes.Usage, "--install-ws is for --peers nodejs.");
        }

        return names.All(PeerFinder.Names.Contains) && names.Distinct().Count() == names.Length
            ? names
            : throw new CommandException(ExitCodes.Usage, $"--peers {text}: give some of {string.Join(", ", PeerFinder.Names)}, separated by commas.");
    }

    private static bool Baseline(string text) => text switch
    {
        "relay" => true,
        "none" => false,
        _ => throw new CommandException(ExitCodes.Usage, $"--baseline {text}: use relay or none."),
    };

    private static int? Core(string name, int core) => core == -1 || Environment.ProcessorCount == 1 ? null : Within(name, core, 0, Environment.ProcessorCount - 1);

    private static T Within<T>(string name, T value, T least, T most)
        where T : IComparable<T>, IFormattable =>
        value.CompareTo(least) >= 0 && value.CompareTo(most) <= 0
            ? value
            : throw new CommandException(ExitCodes.Usage, string.Create(CultureInfo.InvariantCulture, $"{name} {value}: give a number from {least} to {most}."));

    private static Option<LoadMode> Mode() => new("--mode")
    {
        Description = "pcm16 or pcmu: what the bridge gives the model.",
        HelpName = "MODE",
        CustomParser = argument =>
        {
            switch (argument.Tokens[0].Value)
            {
                case "pcm16":
                    return LoadMode.Pcm16;
                case "pcmu":
                    return LoadMode.MuLaw;
                default:
                    argument.AddError($"--mode {argument.Tokens[0].Value}: use pcm16 or pcmu.");
                    return default;
            }
        },
    };

    private static Option<int[]?> Steps() => new("--steps")
    {
        Description = "Numbers of calls, rising, such as 50,100,200,400: finds the largest that --bound allows.",
        HelpName = "N,N,...",
        CustomParser = argument =>
        {
            string text = argument.Tokens[0].Value;
            int[] steps = [.. text.Split(',').Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int n) && n is > 0 and <= MostCalls ? n : -1)];
            if (steps.Contains(-1) || !steps.SequenceEqual(steps.Distinct().Order()))
            {
                argument.AddError($"--steps {text}: give rising numbers from 1 to {MostCalls}, separated by commas.");
            }

            return steps;
        },
    };

    private static Option<TimeSpan> Time(string name, string description, TimeSpan otherwise) => new(name)
    {
        Description = $"{description} Such as 500ms, 10s or 2m.",
        HelpName = "TIME",
        DefaultValueFactory = _ => otherwise,
        CustomParser = argument =>
        {
            if (TryParseTime(argument.Tokens[0].Value, out TimeSpan time))
            {
                return time;
            }

            argument.AddError($"{name} {argument.Tokens[0].Value}: give a time such as 500ms, 10s or 2m.");
            return default;
        },
    };

    private static bool TryParseTime(string text, out TimeSpan time)
    {
        (double unit, int suffix) = text switch
        {
            _ when text.EndsWith("ms", StringComparison.Ordinal) => (0.001, 2),
            _ when text.EndsWith('s') => (1, 1),
            _ when text.EndsWith('m') => (60, 1),
            _ => (1.0, 0),
        };
        bool parsed = double.TryParse(text[..^suffix], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number) && number > 0 && number * unit <= 86_400;
        time = parsed ? TimeSpan.FromSeconds(number * unit) : default;
        return parsed;
    }
}
