using System.CommandLine;
using Concierge.Audio;
using Concierge.Server.Codec;
using Concierge.Server.Shell;

namespace Concierge.Server.Cli;

/// <summary><c>concierge filters</c>: what the resampling profiles do, as a table or a drawing.</summary>
internal static class FiltersCommand
{
    public static Command Create()
    {
        Option<string> profile = new("--profile") { Description = "One profile, with its response over frequency: low-latency, balanced, high-fidelity or minimum-phase. Unless given: all of them.", HelpName = "NAME" };
        Option<int> from = new("--from") { Description = "The rate to convert from, in Hz.", DefaultValueFactory = _ => 8_000, HelpName = "HZ" };
        Option<int> to = new("--to") { Description = "The rate to convert to, in Hz.", DefaultValueFactory = _ => 24_000, HelpName = "HZ" };
        Option<string> format = new("--format") { Description = "table or svg.", DefaultValueFactory = _ => "table", HelpName = "FORMAT" };
        format.AcceptOnlyFromAmong("table", "svg");
        Command command = new("filters", "Print what the resampling filters do: delay, ripple, rejection, or their response.") { profile, from, to, format };
        command.SetAction(result => result.InvocationConfiguration.Output.Write(
            Render(result.GetValue(profile), result.GetValue(from), result.GetValue(to), svg: result.GetValue(format) == "svg")));
        return command;
    }

    private static string Render(string? name, int from, int to, bool svg)
    {
        if (!PolyphaseFilter.IsSupported(from, to))
        {
            throw new CommandException(ExitCodes.Usage, $"--from {from} --to {to}: there is no such conversion; use two different rates of {AudioFileFormats.RateList} Hz.");
        }

        ResamplerProfile[] profiles = Enum.GetValues<ResamplerProfile>();
        if (name is null)
        {
            return svg ? FilterPlot.Svg(from, to, profiles) : FilterPlot.Table(from, to, profiles);
        }

        ResamplerProfile[] chosen = [.. profiles.Where(profile => FilterPlot.Name(profile) == name)];
        if (chosen.Length == 0)
        {
            throw new CommandException(ExitCodes.Usage, $"--profile {name}: unknown profile; use one of {string.Join(", ", profiles.Select(FilterPlot.Name))}.");
        }

        return svg ? FilterPlot.Svg(from, to, chosen) : FilterPlot.Table(from, to, chosen) + Environment.NewLine + FilterPlot.ResponseTable(from, to, chosen[0]);
    }
}
