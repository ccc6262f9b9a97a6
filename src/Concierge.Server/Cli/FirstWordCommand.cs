using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Concierge.Pipelines;
using Concierge.Server.Figures;
using Concierge.Server.Shell;

namespace Concierge.Server.Cli;

/// <summary><c>concierge first-word</c>: how long a caller waits for the first word, with and without dialling the model ahead.</summary>
internal static class FirstWordCommand
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    public static Command Create()
    {
        Option<int> calls = Number("--calls", "Calls in each manner.", 5, 1, 1_000);
        Option<int> connect = Number("--connect-ms", "What dialling the model takes: name, TCP, TLS, upgrade.", 400, 0, 4_000);
        Option<int> think = Number("--think-ms", "From the request for a response to its first audio.", 320, 0, 10_000);
        Option<int> carrier = Number("--carrier-ms", "From the TwiML to the carrier's stream.", 200, 0, 10_000);
        Option<bool> json = new("--json") { Description = "Print the figures as one JSON object." };
        Command command = new("first-word", "Measure the wait for the first word: TwiML request to first agent audio at the carrier, with and without dialling the model ahead.")
        {
            calls, connect, think, carrier, json,
        };
        command.SetAction((result, _) => RunAsync(
            new FirstWordOptions(
                result.GetValue(calls),
                TimeSpan.FromMilliseconds(result.GetValue(connect)),
                TimeSpan.FromMilliseconds(result.GetValue(think)),
                TimeSpan.FromMilliseconds(result.GetValue(carrier)),
                CallAudioMode.Pcm16),
            result.GetValue(json),
            result.InvocationConfiguration.Output));
        return command;
    }

    private static Option<int> Number(string name, string description, int otherwise, int least, int most)
    {
        Option<int> option = new(name) { Description = description, HelpName = "N", DefaultValueFactory = _ => otherwise };
        option.Validators.Add(result =>
        {
            int value = result.GetValueOrDefault<int>();
            if (value < least || value > most)
            {
                result.AddError($"{name} {value}: use {least} to {most}.");
            }
        });
        return option;
    }

    private static async Task<int> RunAsync(FirstWordOptions options, bool json, TextWriter output)
    {
        using Interruption interruption = Interruption.Listen();
        IReadOnlyList<TimeSpan> cold = await FirstWord.MeasureAsync(options, predial: false, interruption.Token);
        IReadOnlyList<TimeSpan> ahead = await FirstWord.MeasureAsync(options, predial: true, interruption.Token);
        if (json)
        {
            var figures = new JsonObject
            {
                ["calls"] = options.Calls,
                ["connect_ms"] = options.Connect.TotalMilliseconds,
                ["think_ms"] = options.Think.TotalMilliseconds,
                ["carrier_ms"] = options.Carrier.TotalMilliseconds,
                ["dialled_with_the_stream"] = ToJson(cold),
                ["dialled_ahead"] = ToJson(ahead),
            };
            await output.WriteLineAsync(figures.ToJsonString(s_indented));
            return ExitCodes.Success;
        }

        await output.WriteLineAsync(
            $"TwiML request to first agent audio at the carrier, {options.Calls} calls each (simulated far ends: the model takes {options.Connect.TotalMilliseconds:0} ms to dial "
            + $"and {options.Think.TotalMilliseconds:0} ms to begin to speak, the carrier {options.Carrier.TotalMilliseconds:0} ms to open its stream):");
        await output.WriteLineAsync();
        await output.WriteLineAsync("  the model is dialled      shortest    median   longest");
        await output.WriteLineAsync(Row("with the stream", cold));
        await output.WriteLineAsync(Row("ahead (the default)", ahead));
        return ExitCodes.Success;
    }

    private static string Row(string name, IReadOnlyList<TimeSpan> waits) =>
        $"  {name,-24}{waits[0].TotalMilliseconds,7:0} ms{waits[waits.Count / 2].TotalMilliseconds,7:0} ms{waits[^1].TotalMilliseconds,7:0} ms";

    private static JsonObject ToJson(IReadOnlyList<TimeSpan> waits) => new()
    {
        ["shortest_ms"] = Math.Round(waits[0].TotalMilliseconds, 1),
        ["median_ms"] = Math.Round(waits[waits.Count / 2].TotalMilliseconds, 1),
        ["longest_ms"] = Math.Round(waits[^1].TotalMilliseconds, 1),
    };
}
