using System.Globalization;
using Concierge.Agents.Reservations;
using Concierge.Agents.Text;
using Concierge.Calls.Outcome;
using Concierge.Calls.Reservations;
using Concierge.Pipelines;
using Spectre.Console;

namespace Concierge.Server.Requests;

/// <summary>Shows a request at work and what came of it, on a terminal or as plain lines.</summary>
internal sealed class RequestScreen(IAnsiConsole console)
{
    private readonly Lock _gate = new();

    /// <summary>A console over a writer: coloured only where a person looks at it.</summary>
    public static IAnsiConsole Open(TextWriter writer)
    {
        bool seen = ReferenceEquals(writer, Console.Out) && !Console.IsOutputRedirected;
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = seen ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = seen ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
        });
        if (!seen)
        {
            console.Profile.Width = 160;
        }

        return console;
    }

    /// <summary>One line per thing that happens among the agents.</summary>
    public void OnAgentEvent(TextRunEvent happened)
    {
        string? line = happened switch
        {
            TextRunEvent.Handoff handoff => $"[grey]{Markup.Escape(handoff.From)} -> {Markup.Escape(handoff.To)}[/]",
            TextRunEvent.ToolStart { Tool: "initiate_reservation_call" or "initiate_cancellation_call" } => "[grey]Calling the restaurant ...[/]",
            TextRunEvent.ToolStart tool => $"[grey]{Markup.Escape(tool.Agent)}: {Markup.Escape(tool.Tool)}[/]",
            TextRunEvent.ToolEnd { IsError: true } tool => $"[yellow]{Markup.Escape(tool.Tool)} failed[/]",
            TextRunEvent.GuardrailTripped tripped => $"[yellow]stopped by {Markup.Escape(tripped.Trip.Guardrail)}: {Markup.Escape(tripped.Trip.Reason)}[/]",
            _ => null,
        };
        Write(line);
    }

    /// <summary>One line per thing that happens on the telephone.</summary>
    public void OnCallEvent(CallEvent happened)
    {
        string at = $"[grey]{(int)happened.At.TotalMinutes}:{happened.At.Seconds:00}[/]";
        Write(happened switch
        {
            CallEvent.CallStarted => $"  {at}  [grey]answered[/]",
            CallEvent.CallerTranscriptCompleted said => $"  {at}  [green]Restaurant[/]  {Markup.Escape(said.Text)}",
            CallEvent.AgentTranscriptCompleted said => $"  {at}  [deepskyblue1]Agent[/]       {Markup.Escape(said.Text)}",
            CallEvent.AgentInterrupted => $"  {at}  [grey](interrupted)[/]",
            CallEvent.CallEnded ended => $"  {at}  [grey]{Markup.Escape(ended.Reason.Describe())}[/]",
            _ => null,
        });
    }

    /// <summary>The answer, and a card when a call was made.</summary>
    public void Show(ConciergeAnswer answer)
    {
        lock (_gate)
        {
            console.WriteLine();
            console.WriteLine(answer.Text);
            if (answer.Result is { } result)
            {
                console.WriteLine();
                console.Write(Card(result, answer.IsSimulated));
            }
        }
    }

    private static Panel Card(ReservationResult result, bool simulated)
    {
        var table = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn();
        bool cancels = result.Details.Kind == ReservationKind.Cancel;
        (string word, string colour) = result.Status switch
        {
            CallOutcomeStatus.Confirmed => (cancels ? "Cancelled" : "Confirmed", "green"),
            CallOutcomeStatus.Rejected => ("Refused", "red"),
            CallOutcomeStatus.Pending => ("Not decided yet", "yellow"),
            _ => ("Not reached", "red"),
        };
        Row(table, "Status", $"[{colour}]{word}[/]");
        Row(table, "Restaurant", Escape(result.Details.Restaurant));
        Row(table, "Confirmation", Escape(result.Outcome.ConfirmationNumber ?? result.Details.ConfirmationNumber));
        Row(table, "Date", (result.Outcome.Date ?? result.Details.Date)?.ToString("dddd, d MMMM yyyy", CultureInfo.InvariantCulture));
        Row(table, "Time", (result.Outcome.Time ?? result.Details.Time)?.ToString("HH:mm", CultureInfo.InvariantCulture));
        Row(table, "Guests", (result.Outcome.PartySize ?? result.Details.PartySize)?.ToString(CultureInfo.InvariantCulture));
        Row(table, "Name", Escape(result.Outcome.Name ?? result.Details.GuestName));
        Row(table, "Notes", Escape(result.Outcome.Notes));
        Row(table, "Differs in", result.Differences() is { Count: > 0 } differences ? $"[yellow]{string.Join(", ", differences).Replace('_', ' ')}[/]" : null);
        Row(table, "Reason", Escape(result.Error));
        Row(table, "Call", Escape(result.CallId));
        return new Panel(table) { Border = BoxBorder.Rounded, Header = new PanelHeader(simulated ? " SIMULATION: nobody was called " : cancels ? " Cancellation " : " Reservation ") };
    }

    private static void Row(Grid grid, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            grid.AddRow($"[grey]{name}[/]", value);
        }
    }

    private static string? Escape(string? text) => text is null ? null : Markup.Escape(text);

    private void Write(string? markup)
    {
        if (markup is not null)
        {
            lock (_gate)
            {
                console.MarkupLine(markup);
            }
        }
    }
}
