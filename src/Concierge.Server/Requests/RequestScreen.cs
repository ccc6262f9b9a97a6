using System.Globalization;
using System.Text.Json.Nodes;
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
    private string? _state;
    private DateTimeOffset? _began;

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

    /// <summary>The same, as a node tells it.</summary>
    public void OnStep(JsonNode step) => Write((string?)step["kind"] switch
    {
        "handoff" => $"[grey]{Escape((string?)step["from"])} -> {Escape((string?)step["to"])}[/]",
        "tool" when (string?)step["tool"] is "initiate_reservation_call" or "initiate_cancellation_call" => "[grey]Calling the restaurant ...[/]",
        "tool" => $"[grey]{Escape((string?)step["agent"])}: {Escape((string?)step["tool"])}[/]",
        "tool_failed" => $"[yellow]{Escape((string?)step["tool"])} failed[/]",
        "guardrail" => $"[yellow]stopped by {Escape((string?)step["guardrail"])}: {Escape((string?)step["reason"])}[/]",
        _ => null,
    });

    /// <summary>One line per fact of a call on the telephone, as a node tells it: its states, what was said, what came of it.</summary>
    public void OnFact(string kind, JsonNode fact)
    {
        lock (_gate)
        {
            if (kind == "state" && (string?)fact["state"] is { } state)
            {
                // Callbacks may come late and twice; a state is shown when it is new and not behind what was shown.
                if (_state is not ("completed" or "failed" or "busy" or "no_answer" or "canceled") && state != _state && !(state is "initiated" or "ringing" && _state == "in_progress"))
                {
                    _state = state;
                    WriteFact(fact, $"[grey]{Escape(state.Replace('_', ' '))}[/]");
                }
            }
            else if (kind == "created")
            {
                _state = null;
                _began = At(fact);
                WriteFact(fact, $"[grey]dialling {Escape((string?)fact["to"])}[/]");
            }
            else if (kind == "said" && fact["entry"] is { } said)
            {
                bool agent = (string?)said["speaker"] == "agent";
                WriteFact(fact, $"{(agent ? "[deepskyblue1]Agent[/]     " : "[green]Restaurant[/]")}  {Escape((string?)said["text"])}{((bool?)said["interrupted"] == true ? " [grey](interrupted)[/]" : "")}");
            }
            else if (kind == "outcome")
            {
                WriteFact(fact, $"[grey]outcome: {Escape((string?)fact["outcome"]?["status"])}[/]");
            }
        }
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
        Row(table, "Known from", result.Outcome.Source switch
        {
            CallOutcomeSource.AgentTool => "the agent on the telephone" + Sure(result.Outcome.Confidence),
            CallOutcomeSource.Transcript => "the transcript" + Sure(result.Outcome.Confidence),
            _ => null,
        });
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

    private static string Sure(double? confidence) => confidence is { } sure ? string.Create(CultureInfo.InvariantCulture, $", {sure:P0} sure") : "";

    private static DateTimeOffset? At(JsonNode fact) => DateTimeOffset.TryParse((string?)fact["at"], CultureInfo.InvariantCulture, out DateTimeOffset at) ? at : null;

    private void WriteFact(JsonNode fact, string markup)
    {
        TimeSpan at = At(fact) is { } then && _began is { } began && then > began ? then - began : TimeSpan.Zero;
        Write($"  [grey]{(int)at.TotalMinutes}:{at.Seconds:00}[/]  {markup}");
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
