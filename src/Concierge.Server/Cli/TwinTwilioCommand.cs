using System.CommandLine;
using System.Globalization;
using Concierge.Server.Shell;
using Concierge.Simulation.Exchange;
using Concierge.Simulation.Scenarios;
using Concierge.Simulation.Twilio;

namespace Concierge.Server.Cli;

/// <summary><c>concierge twin twilio</c>: the carrier's REST interface on a loopback port, with a scripted person at every number.</summary>
internal static class TwinTwilioCommand
{
    private static readonly Option<int> s_port = TwinArguments.Port(8082);

    private static readonly Option<string> s_scenario = TwinArguments.Scenario("What happens at every number: a shipped scenario (see 'concierge twin list') or a file.");

    private static readonly Option<string[]> s_numbers = new("--number")
    {
        Description = "What happens at one number, as +15005550171=wrong-number; may be repeated.",
        HelpName = "NUMBER=NAME|FILE",
    };

    private static readonly Option<string> s_account = new("--account")
    {
        Description = "The account: AC and 32 hexadecimal digits.",
        HelpName = "SID",
        DefaultValueFactory = _ => TwilioSid.Make("AC", 1),
    };

    private static readonly Option<string> s_token = new("--token")
    {
        Description = "Its auth token: the password of REST requests, the key of all signatures.",
        HelpName = "TOKEN",
        DefaultValueFactory = _ => "twin-auth-token",
    };

    private static readonly Option<Uri?> s_publicUrl = Url("--public-url", "The address that your bridge believes it has; webhooks and streams to it are signed for it and sent to --node.");

    private static readonly Option<Uri?> s_node = Url("--node", "Where the bridge of --public-url really listens.");

    private static readonly Option<double> s_rate = new("--cps") { Description = "Calls started per second, more are queued; 0 does not queue.", HelpName = "N", DefaultValueFactory = _ => 1 };

    private static readonly Option<bool> s_swap = new("--swap-callbacks") { Description = "Send status callbacks in pairs the wrong way round, as the vendor may." };

    private static readonly Option<int> s_duplicate = new("--duplicate-callbacks") { Description = "Send every n-th status callback twice.", HelpName = "N" };

    private static readonly Option<int> s_seed = new("--seed") { Description = "Seeds identifiers and jitter.", HelpName = "N", DefaultValueFactory = _ => 1 };

    public static Command Create()
    {
        Command command = new("twilio", "Serve the carrier: calls by REST, webhooks, TwiML, media streams, callbacks, recordings.")
        {
            s_port, s_scenario, s_numbers, s_account, s_token, s_publicUrl, s_node, s_rate, s_swap, s_duplicate, s_seed,
        };
        command.SetAction((result, _) => RunAsync(result.GetValue(s_port), Options(result), result.InvocationConfiguration.Output));
        return command;
    }

    private static TwilioExchangeOptions Options(ParseResult result)
    {
        var numbers = new Dictionary<string, Scenario>();
        foreach (string pair in result.GetValue(s_numbers) ?? [])
        {
            string[] parts = pair.Split('=', 2);
            if (parts.Length != 2 || !parts[0].StartsWith('+'))
            {
                throw new CommandException(ExitCodes.Usage, $"--number {pair}: give a number and what happens there, as +15005550171=wrong-number.");
            }

            numbers[parts[0]] = TwinArguments.Find(parts[1]);
        }

        Uri? publicUrl = result.GetValue(s_publicUrl), node = result.GetValue(s_node);
        if (publicUrl is null != node is null)
        {
            throw new CommandException(ExitCodes.Usage, "--public-url and --node belong together: the address your bridge believes it has, and where it really listens.");
        }

        return new TwilioExchangeOptions
        {
            AccountSid = result.GetValue(s_account)!,
            AuthToken = result.GetValue(s_token)!,
            Scenario = TwinArguments.Find(result.GetValue(s_scenario)!),
            Numbers = numbers,
            PublicUrl = publicUrl,
            ReachableUrl = node,
            CallsPerSecond = result.GetValue(s_rate),
            CallbackOrder = result.GetValue(s_swap) ? StatusCallbackOrder.Swapped : StatusCallbackOrder.InOrder,
            DuplicateEveryCallbacks = result.GetValue(s_duplicate),
            Seed = result.GetValue(s_seed),
        };
    }

    private static async Task<int> RunAsync(int port, TwilioExchangeOptions options, TextWriter output)
    {
        using Interruption interruption = Interruption.Listen();
        await using TwilioExchangeServer server = await StartAsync(port, options);
        TextWriter lines = TextWriter.Synchronized(output);
        lines.WriteLine($"The carrier's twin listens on {server.Url} (instead of https://api.twilio.com)");
        lines.WriteLine($"  account     {options.AccountSid}");
        lines.WriteLine($"  auth token  {options.AuthToken}");
        lines.WriteLine($"  numbers     all: {options.Scenario.Name}{string.Concat(options.Numbers.Select(n => $"; {n.Key}: {n.Value.Name}"))}");
        lines.WriteLine($"  call in     curl -d Url=http://127.0.0.1:5050/twiml {server.Url}twin/calls");
        lines.WriteLine($"  look        curl {server.Url}twin/calls, {server.Url}twin/calls/CA..., {server.Url}twin/warnings");
        lines.WriteLine("Stop with Ctrl+C.");
        server.Exchange.CallEnded = call => lines.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{call.EndedAt:HH:mm:ss} {call.Sid} {call.Direction} {call.From} -> {call.To} {call.Status}, {(call.EndedAt - call.AnsweredAt)?.TotalSeconds ?? 0:0.0} s, {string.Join(' ', call.Verbs.Select(v => v.Name))}"));
        await TwinArguments.WaitForEndAsync(interruption.Token);
        return ExitCodes.Success;
    }

    private static async Task<TwilioExchangeServer> StartAsync(int port, TwilioExchangeOptions options)
    {
        try
        {
            return await TwilioExchangeServer.StartAsync(options, port);
        }
        catch (IOException e)
        {
            throw new CommandException(ExitCodes.Listen, $"127.0.0.1:{port} cannot be listened on: {e.Message} Give another with --port.");
        }
    }

    private static Option<Uri?> Url(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "URL",
        CustomParser = argument =>
        {
            if (Uri.TryCreate(argument.Tokens[0].Value, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https")
            {
                return url;
            }

            argument.AddError($"{name} {argument.Tokens[0].Value}: give an http or https address.");
            return null;
        },
    };
}
