using System.CommandLine;
using Concierge.Agents.Text;
using Concierge.Server.Node;
using Concierge.Server.Requests;
using Concierge.Server.Shell;
using Spectre.Console;

namespace Concierge.Server.Cli;

/// <summary><c>concierge</c> without a word: a prompt that takes requests until the person leaves. Reads lines from a pipe as well.</summary>
internal static class PromptCommand
{
    public static async Task<int> RunAsync(InvocationConfiguration streams, TextReader input, bool isTerminal)
    {
        using Interruption interruption = Interruption.Listen();
        ConciergeOptions options = AskCommand.ReadOptions(null, streams.Error);
        IAnsiConsole terminal = RequestScreen.Open(streams.Output);
        var screen = new RequestScreen(terminal);
        bool real = options.CanCall || options.HasServer;
        await using LocalConcierge? local = real ? null : await LocalConcierge.OpenAsync(options, simulateModel: false, screen.OnCallEvent, interruption.Token);
        WriteBanner(terminal, options);
        string session = Guid.CreateVersion7().ToString("n");
        List<string> history = [];
        while (!interruption.Token.IsCancellationRequested)
        {
            if (isTerminal)
            {
                terminal.Markup("\n[bold]>[/] ");
            }

            string? line = isTerminal ? LineEditor.Read(history) : await input.ReadLineAsync(interruption.Token);
            switch (line?.Trim())
            {
                case null or "exit" or "quit" or "/exit" or "/quit":
                    return ExitCodes.Success;
                case "":
                    continue;
                case "help" or "/help" or "?":
                    terminal.WriteLine("Say what you want, for instance: book a table for four tomorrow at seven. 'new' begins another conversation, 'history' shows what you said, 'exit' leaves.");
                    continue;
                case "new" or "/new":
                    session = Guid.CreateVersion7().ToString("n");
                    terminal.WriteLine("A new conversation.");
                    continue;
                case "history" or "/history":
                    history.ForEach(terminal.WriteLine);
                    continue;
                case { } request:
                    history.Add(request);
                    await AnswerAsync(request);
                    continue;
            }
        }

        return ExitCodes.Interrupted;

        async Task AnswerAsync(string request)
        {
            try
            {
                screen.Show(local is null
                    ? await new RemoteConcierge(options, screen).AskAsync(request, session, interruption.Token)
                    : await AskCommand.AskAsync(local.Service, request, session, screen, interruption.Token));
            }
            catch (CommandException e)
            {
                // One request that failed is no reason to leave.
                terminal.MarkupLine($"[red]{Markup.Escape(e.Message)}[/]");
            }
        }
    }

    private static void WriteBanner(IAnsiConsole terminal, ConciergeOptions options)
    {
        terminal.MarkupLine($"[bold]Concierge {FrontDoor.Version}[/]  books, cancels and finds tables by telephone. 'help' says how, 'exit' leaves.");
        bool remote = options.CanCall || options.HasServer;
        ITextModel model = options.CreateModel(TimeProvider.System);
        Grid status = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn();
        status.AddRow("  model", Mark(remote || !model.IsSimulated, remote ? "the node's" : Markup.Escape(model.Description)));
        status.AddRow("  telephone", Mark(remote, remote ? $"through the node at {Markup.Escape(options.ServerUrl.ToString())}" : "simulated: nobody is called"));
        status.AddRow("  restaurants", remote ? Mark(true, "the node's") : Mark(options.Restaurants.Count > 0, options.Restaurants.Count > 0 ? $"{options.Restaurants.Count}" : "one made up; set RESTAURANTS_FILE or DEMO_RESTAURANT_NAME and _PHONE"));
        status.AddRow("  agents", remote ? Mark(true, "the node's") : Markup.Escape(options.AgentsFile));
        terminal.Write(status);
        if (!remote)
        {
            terminal.MarkupLine($"[yellow]SIMULATION[/] [grey]{Markup.Escape(AskCommand.WhySimulated(options, asked: false))}[/]");
        }
    }

    private static string Mark(bool well, string text) => $"{(well ? "[green]ready[/]    " : "[yellow]simulated[/]")} {text}";
}
