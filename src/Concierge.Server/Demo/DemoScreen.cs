using Concierge.Calls.Outcome;
using Concierge.Server.Reports;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Concierge.Server.Demo;

/// <summary>What the demo's live view shows, and how. Not thread-safe: <see cref="DemoConsole"/> guards it.</summary>
/// <param name="title">The scenario's name.</param>
internal sealed class DemoScreen(string title)
{
    private const int NameWidth = 8;
    private const string CallerColor = "teal";
    private const string AgentColor = "mediumpurple1";

    private readonly LevelStrip _caller = new();
    private readonly LevelStrip _agent = new();

    /// <summary>The turns in the order they began.</summary>
    public List<DemoLine> Lines { get; } = [];

    public TimeSpan Now { get; private set; }

    public string? End { get; set; }

    public bool EndedWell { get; set; }

    public TranscriptSpeaker? Speaking { get; set; }

    /// <summary>The turn that a speaker's words belong to: the last one of theirs that is not complete.</summary>
    public DemoLine? Open(TranscriptSpeaker speaker) => Lines.FindLast(line => line.Speaker == speaker && !line.IsComplete);

    public void AddLevel(TranscriptSpeaker speaker, TimeSpan at, double decibels)
    {
        (speaker == TranscriptSpeaker.Caller ? _caller : _agent).Add(at, decibels);
        Advance(at);
    }

    public void Advance(TimeSpan to) => Now = to > Now ? to : Now;

    /// <summary>The whole view.</summary>
    /// <param name="width">Columns there are.</param>
    /// <param name="height">Rows there are; the oldest turns give way.</param>
    public IRenderable Render(int width, int height)
    {
        int inner = Math.Max(20, width - 6);
        List<IRenderable> rows = [new Spectre.Console.Markup(Status()), Text.Empty];
        rows.Add(Strip("Caller", CallerColor, _caller, Speaking == TranscriptSpeaker.Caller, inner));
        rows.Add(Strip("Agent", AgentColor, _agent, Speaking == TranscriptSpeaker.Agent, inner));
        rows.Add(Text.Empty);
        rows.AddRange(Transcript(inner, Math.Max(3, height - rows.Count - 3)));
        return new Panel(new Rows(rows)).Header($"[bold] {Spectre.Console.Markup.Escape(title)} [/]").Border(BoxBorder.Rounded).BorderColor(Color.Grey).Padding(2, 0).Expand();
    }

    /// <summary>A turn as one plain line.</summary>
    public static string Plain(DemoLine line) =>
        $"{CallReportHtml.Clock(line.At.TotalMilliseconds),7}  {Name(line.Speaker),-NameWidth}{line.Text}{(line.IsInterrupted ? " -- interrupted" : "")}";

    private static string Name(TranscriptSpeaker speaker) => speaker == TranscriptSpeaker.Caller ? "Caller" : "Agent";

    private string Status()
    {
        string clock = $"[bold]{CallReportHtml.Clock(Now.TotalMilliseconds)}[/]";
        if (End is { } end)
        {
            return $"{clock}  [{(EndedWell ? "green" : "red")}]■ {Spectre.Console.Markup.Escape(end)}[/]";
        }

        return Speaking is { } speaker
            ? $"{clock}  [{ColorOf(speaker)}]● {Name(speaker)} speaks[/]"
            : $"{clock}  [grey]○ nobody speaks[/]";
    }

    private Spectre.Console.Markup Strip(string name, string color, LevelStrip strip, bool speaks, int width)
    {
        string cells = strip.Draw(Now, width - NameWidth);
        return new Spectre.Console.Markup($"[{(speaks ? "bold " : "")}{color}]{name,-NameWidth}[/][{color}]{cells}[/]") { Overflow = Overflow.Crop };
    }

    /// <summary>The newest turns that fit, wrapped at words.</summary>
    private List<IRenderable> Transcript(int width, int rows)
    {
        List<IRenderable> shown = [];
        int used = 0;
        for (int i = Lines.Count - 1; i >= 0; i--)
        {
            DemoLine line = Lines[i];
            used += 1 + (line.Text.Length / Math.Max(1, width - NameWidth - 2));
            if (used > rows)
            {
                break;
            }

            Grid grid = new Grid().AddColumn(new GridColumn().Width(NameWidth).NoWrap().PadLeft(0).PadRight(0)).AddColumn(new GridColumn().PadLeft(0).PadRight(0));
            string tail = line.IsInterrupted ? " [red]-- interrupted[/]" : line.IsComplete ? "" : " [grey]…[/]";
            string style = line.IsComplete ? "" : "bold ";
            grid.AddRow($"[{ColorOf(line.Speaker)}]{Name(line.Speaker)}[/]", $"[{style}default]{Spectre.Console.Markup.Escape(line.Text.TrimEnd())}[/]{tail}");
            shown.Insert(0, grid);
        }

        return shown;
    }

    private static string ColorOf(TranscriptSpeaker speaker) => speaker == TranscriptSpeaker.Caller ? CallerColor : AgentColor;
}
