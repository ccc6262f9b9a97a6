using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Concierge.Pipelines;
using Concierge.Server.Demo;
using Concierge.Server.Figures;
using Concierge.Server.Shell;
using Concierge.Simulation.Scenarios;
using Spectre.Console;

namespace Concierge.Server.Cli;

/// <summary><c>concierge figures</c>: how well interruptions work, over scenarios, in figures.</summary>
internal static class FiguresCommand
{
    private const string Total = "all";
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    public static Command Create()
    {
        Option<string[]> scenarios = new("--scenario")
        {
            Description = "What is played, several times if given so; without it those with interruptions, on clean and on bad lines.",
            HelpName = "NAME|FILE",
        };
        Option<int> calls = new("--calls") { Description = "Calls of each scenario, each with its own seed.", HelpName = "N", DefaultValueFactory = _ => 1 };
        calls.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 1_000)
            {
                result.AddError("--calls must be between 1 and 1000.");
            }
        });
        Option<bool> local = new("--local") { Description = "With the node's own ear: it holds the agent back before the model has said a word." };
        Option<bool> realTime = new("--real-time") { Description = "Over sockets in real time instead of under a virtual clock." };
        Option<int> delay = new("--model-delay") { Description = "How late the node hears the model, in milliseconds (not in real time).", HelpName = "MS", DefaultValueFactory = _ => 0 };
        delay.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 0 or > 2_000)
            {
                result.AddError("--model-delay must be between 0 and 2000.");
            }
        });
        Option<bool> json = new("--json") { Description = "Print the figures as a JSON array, one object for each scenario and one for all." };
        Command command = new("figures", "Measure interruptions: how fast, how much is heard after, what the model is told, what was taken for one.") { scenarios, calls, local, delay, realTime, json };
        command.SetAction((result, _) => RunAsync(
            result.GetValue(scenarios) ?? [],
            result.GetValue(calls),
            result.GetValue(local),
            TimeSpan.FromMilliseconds(result.GetValue(delay)),
            result.GetValue(realTime),
            result.GetValue(json),
            result.InvocationConfiguration));
        return command;
    }

    private static async Task<int> RunAsync(string[] names, int calls, bool local, TimeSpan delay, bool realTime, bool json, InvocationConfiguration streams)
    {
        List<Scenario> scenarios = names.Length == 0 ? [.. BargeInScenarios.All] : [.. names.Select(Find)];
        BargeInPolicy policy = new() { Local = local ? new LocalBargeIn() : null };
        using Interruption interruption = Interruption.Listen();
        List<BargeInFigures> figures = [];

        // The first interruption of a process is compiled while it happens: it is played and not counted.
        await PlayAsync(BargeInScenarios.All[0], fast: true);
        foreach (Scenario scenario in scenarios)
        {
            List<BargeInFigures> played = [];
            for (int call = 0; call < calls; call++)
            {
                played.Add(await PlayAsync(scenario with { Seed = scenario.Seed + call }, !realTime));
            }

            figures.Add(BargeInFigures.Sum(scenario.Name, played));
        }

        figures.Add(BargeInFigures.Sum(Total, figures));
        if (json)
        {
            await streams.Output.WriteLineAsync(new JsonArray([.. figures.Select(ToJson)]).ToJsonString(s_indented));
        }
        else
        {
            Write(streams.Output, figures);
        }

        // What must never be: a truncation refused, or told further than heard by more than three frames.
        BargeInFigures all = figures[^1];
        return all.Refused == 0 && all.TruncationErrors.All(e => e <= 60) ? ExitCodes.Success : ExitCodes.Failed;

        async Task<BargeInFigures> PlayAsync(Scenario scenario, bool fast)
        {
            var options = new DemoOptions(scenario, CallAudioMode.Pcm16, fast) { BargeIn = policy, ModelDelay = delay };
            await using DemoConsole silent = DemoConsole.Start(AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(TextWriter.Null) }), scenario.Title, live: false);
            return BargeInFigures.Of(await new DemoCall(options, silent).RunAsync(interruption.Token));
        }
    }

    private static Scenario Find(string name)
    {
        try
        {
            return BargeInScenarios.All.FirstOrDefault(s => s.Name == name) ?? ScenarioLibrary.Find(name);
        }
        catch (ScenarioException e)
        {
            throw new CommandException(ExitCodes.Input, e.Message);
        }
    }

    private static void Write(TextWriter writer, IReadOnlyList<BargeInFigures> figures)
    {
        writer.WriteLine($"{"scenario",-24}{"calls",6}{"cut in",8}{"clears",8}{"reaction ms",16}{"heard after ms",18}{"told - heard ms",20}{"refused",9}{"wrongly",9}{"local",7}{"false",7}");
        foreach (BargeInFigures f in figures)
        {
            string reaction = Pair(BargeInFigures.Median(f.Reactions), f.Reactions.DefaultIfEmpty(double.NaN).Max(), "0.00");
            string after = Pair(BargeInFigures.Median(f.HeardAfterOnset), f.HeardAfterOnset.DefaultIfEmpty(double.NaN).Max(), "0");
            string told = f.TruncationErrors.Count == 0 ? "-" : Text($"{f.TruncationErrors.Min():+0;-0;0} .. {f.TruncationErrors.Max():+0;-0;0}");
            writer.WriteLine(Text($"{f.Scenario,-24}{f.Calls,6}{f.Interruptions,8}{f.Clears,8}{reaction,16}{after,18}{told,20}{f.Refused,9}{f.Wrongly,9}{f.Local,7}{f.False,7}"));
        }

        writer.WriteLine();
        writer.WriteLine("reaction: median / worst, from the model's word to the clear handed on and the model told; heard after: of the agent, from the caller's first sound, the");
        writer.WriteLine("model's detection included; told - heard: least and most of where the model was told to truncate, less what was heard; wrongly: stopped though nobody cut in;");
        writer.WriteLine("local, false: held back by the node itself, and among them those where the model heard nobody and the agent went on.");
    }

    private static JsonObject ToJson(BargeInFigures f) => new()
    {
        ["scenario"] = f.Scenario,
        ["calls"] = f.Calls,
        ["interruptions"] = f.Interruptions,
        ["clears"] = f.Clears,
        ["reaction_ms"] = new JsonObject { ["median"] = Number(BargeInFigures.Median(f.Reactions)), ["worst"] = Number(f.Reactions.DefaultIfEmpty(double.NaN).Max()) },
        ["heard_after_onset_ms"] = new JsonObject { ["median"] = Number(BargeInFigures.Median(f.HeardAfterOnset)), ["worst"] = Number(f.HeardAfterOnset.DefaultIfEmpty(double.NaN).Max()) },
        ["told_less_heard_ms"] = new JsonObject { ["least"] = Number(f.TruncationErrors.DefaultIfEmpty(double.NaN).Min()), ["most"] = Number(f.TruncationErrors.DefaultIfEmpty(double.NaN).Max()) },
        ["refused"] = f.Refused,
        ["wrongly"] = f.Wrongly,
        ["local"] = f.Local,
        ["false"] = f.False,
    };

    private static JsonNode? Number(double value) => double.IsNaN(value) ? null : JsonValue.Create(Math.Round(value, 3));

    private static string Pair(double median, double worst, string format) =>
        double.IsNaN(median) ? "-" : $"{median.ToString(format, CultureInfo.InvariantCulture)} / {worst.ToString(format, CultureInfo.InvariantCulture)}";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
