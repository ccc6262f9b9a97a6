using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using Concierge.Agents;
using Concierge.Agents.Files;
using Concierge.Agents.Graphs;
using Concierge.Agents.Ready;
using Concierge.Server.Requests;
using Concierge.Server.Shell;

namespace Concierge.Server.Cli;

/// <summary><c>concierge agents</c>: looks at agent files: whether they are right, and what they look like.</summary>
internal static class AgentsCommand
{
    private static readonly string Described =
        $"Agent files, or the names of those that come with the program ({string.Join(", ", ReadyAgents.Names)}). Unless given: AGENTS_FILE, or the concierge.";

    private static readonly string[] s_formats = ["dot", "mermaid", "svg", "png"];

    public static Command Create() => new("agents", "Check agent files, and draw them.") { CreateValidate(), CreateGraph(), CreateSchema() };

    private static Command CreateValidate()
    {
        Argument<string[]> files = Files();
        Command command = new("validate", "Report everything that is wrong with agent files, with line and path.") { files };
        command.SetAction(async (result, _) =>
        {
            bool allUsable = true;
            foreach (string file in Given(result.GetValue(files)))
            {
                await using AgentDefinitions read = AgentFiles.Load(file);
                foreach (AgentProblem problem in read.Problems)
                {
                    await result.InvocationConfiguration.Error.WriteLineAsync($"{file}{problem}.");
                }

                if (read.Set is { } set)
                {
                    await result.InvocationConfiguration.Output.WriteLineAsync(
                        $"{file}: {Count(set.Agents.Count, "agent")} ({string.Join(", ", set.Agents.Select(a => a.Name))}), {Count(set.Agents.SelectMany(a => a.Tools).Distinct().Count(), "tool")}, {Count(read.Servers.Count, "tool server")}; {set.Start.Name} begins.");
                }

                allUsable &= read.IsUsable;
            }

            return allUsable ? ExitCodes.Success : ExitCodes.Input;
        });
        return command;
    }

    private static Command CreateGraph()
    {
        Argument<string?> files = new("FILE") { Description = Described, Arity = ArgumentArity.ZeroOrOne };
        Option<string?> format = new("--format") { Description = $"{string.Join(", ", s_formats)}; svg unless given or told by the output's ending.", HelpName = "FORMAT" };
        Option<string?> output = new("--output", "-o") { Description = "The file to write; the output stream unless given.", HelpName = "FILE" };
        Command command = new("graph", "Draw agents, tools, hand-offs and tool servers.") { files, format, output };
        command.SetAction(async (result, cancellationToken) =>
        {
            string? target = result.GetValue(output);
            string wanted = result.GetValue(format) ?? FormatOf(target);
            if (!s_formats.Contains(wanted))
            {
                throw new CommandException(ExitCodes.Usage, $"--format {wanted}: use one of {string.Join(", ", s_formats)}.");
            }

            string file = Given(result.GetValue(files) is { } named ? [named] : [])[0];
            await using AgentDefinitions read = AgentFiles.Load(file);
            AgentGraph graph = AgentGraph.Of(read.Set ?? throw AgentFiles.Broken(file, read));
            byte[] picture = wanted switch
            {
                "dot" => System.Text.Encoding.UTF8.GetBytes(DotWriter.Write(graph)),
                "mermaid" => System.Text.Encoding.UTF8.GetBytes(MermaidWriter.Write(graph)),
                "png" => await ToPngAsync(graph, cancellationToken),
                _ => System.Text.Encoding.UTF8.GetBytes(SvgWriter.Write(graph, $"Agents of {Path.GetFileName(file)}")),
            };
            await WriteAsync(picture, target, isText: wanted != "png", result.InvocationConfiguration.Output, cancellationToken);
            return ExitCodes.Success;
        });
        return command;
    }

    private static Command CreateSchema()
    {
        Command command = new("schema", "Print the JSON schema of agent files, for editors.");
        command.SetAction(result =>
        {
            result.InvocationConfiguration.Output.Write(AgentFile.Schema);
            return ExitCodes.Success;
        });
        return command;
    }

    private static Argument<string[]> Files() => new("FILE")
    {
        Description = Described,
        Arity = ArgumentArity.ZeroOrMore,
        DefaultValueFactory = _ => [],
    };

    /// <summary>The files meant by the arguments.</summary>
    private static string[] Given(string[]? files) => files is { Length: > 0 }
        ? [.. files.Select(AgentFiles.Resolve)]
        : [Environment.GetEnvironmentVariable("AGENTS_FILE") is { Length: > 0 } set ? set : ReadyAgents.Concierge];

    private static string Count(int number, string thing) => $"{number} {thing}{(number == 1 ? "" : "s")}";

    private static string FormatOf(string? target) => Path.GetExtension(target) switch
    {
        ".dot" or ".gv" => "dot",
        ".mmd" or ".mermaid" or ".md" => "mermaid",
        ".png" => "png",
        _ => "svg",
    };

    private static async Task WriteAsync(byte[] picture, string? target, bool isText, TextWriter output, CancellationToken cancellationToken)
    {
        if (target is null)
        {
            if (!isText)
            {
                throw new CommandException(ExitCodes.Usage, "a PNG is no text: give a file with --output.");
            }

            await output.WriteAsync(System.Text.Encoding.UTF8.GetString(picture));
            return;
        }

        try
        {
            await File.WriteAllBytesAsync(target, picture, cancellationToken);
            await output.WriteLineAsync(target);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCodes.Output, $"{target} cannot be written: {e.Message}");
        }
    }

    private static async Task<byte[]> ToPngAsync(AgentGraph graph, CancellationToken cancellationToken)
    {
        try
        {
            using Process dot = Process.Start(new ProcessStartInfo("dot", "-Tpng -Gdpi=144") { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false })!;
            await dot.StandardInput.WriteAsync(DotWriter.Write(graph).AsMemory(), cancellationToken);
            dot.StandardInput.Close();
            using var png = new MemoryStream();
            await dot.StandardOutput.BaseStream.CopyToAsync(png, cancellationToken);
            await dot.WaitForExitAsync(cancellationToken);
            return dot.ExitCode == 0 ? png.ToArray() : throw new CommandException(ExitCodes.Failed, $"Graphviz failed with code {dot.ExitCode}.");
        }
        catch (Win32Exception)
        {
            throw new CommandException(ExitCodes.Failed, "PNG needs Graphviz (the program 'dot'), which is not installed; install it (Debian: apt-get install graphviz), or use --format svg, which needs nothing.");
        }
    }
}
