using Concierge.Calls.Outcome;
using Spectre.Console;

namespace Concierge.Server.Demo;

/// <summary>
/// Shows one call while it happens. On a terminal: who speaks, both levels over time, the transcript as it appears. Elsewhere: one plain line per turn.
/// Every method returns at once and may be called from any thread; none throws for what the terminal does.
/// </summary>
internal sealed class DemoConsole : IAsyncDisposable
{
    private static readonly TimeSpan s_refresh = TimeSpan.FromMilliseconds(80);

    private readonly Lock _gate = new();
    private readonly IAnsiConsole _console;
    private readonly DemoScreen _screen;
    private readonly bool _live;
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _drawing;
    private int _printed;

    private DemoConsole(IAnsiConsole console, string title, bool live)
    {
        _console = console;
        _screen = new DemoScreen(title);
        _live = live;
        _drawing = live ? Task.Run(DrawAsync) : Task.CompletedTask;
        if (!live)
        {
            WriteLine(title);
        }
    }

    /// <summary>Starts showing.</summary>
    /// <param name="console">Where; <see cref="AnsiConsole.Console"/>, or one on the error stream when the output is a result.</param>
    /// <param name="title">The scenario's name.</param>
    /// <param name="live">Whether to draw in place; null decides by the console: only an ANSI terminal that somebody watches is drawn on.</param>
    public static DemoConsole Start(IAnsiConsole console, string title, bool? live = null) =>
        new(console, title, live ?? (console.Profile.Capabilities.Ansi && console.Profile.Out.IsTerminal));

    /// <summary>Somebody begins to speak.</summary>
    public void OnTurnStarted(TranscriptSpeaker speaker, TimeSpan at) => Change(() =>
    {
        _screen.Speaking = speaker;
        _screen.Advance(at);
        _screen.Lines.Add(new DemoLine(speaker, at));
    });

    /// <summary>Nobody speaks any more.</summary>
    public void OnTurnEnded(TranscriptSpeaker speaker, TimeSpan at) => Change(() =>
    {
        _screen.Advance(at);
        if (_screen.Speaking == speaker)
        {
            _screen.Speaking = null;
        }
    });

    /// <summary>More words of a speaker's turn.</summary>
    public void OnTranscript(TranscriptSpeaker speaker, string delta) => Change(() =>
    {
        if (_screen.Open(speaker) is { } line)
        {
            line.Text += delta;
        }
    });

    /// <summary>A speaker's turn is known whole.</summary>
    public void OnTranscriptCompleted(TranscriptSpeaker speaker, string text) => Change(() =>
    {
        if (_screen.Open(speaker) is { } line)
        {
            line.Text = text;
            line.IsComplete = true;
        }
    });

    /// <summary>A voice's level, about five times a second or more.</summary>
    public void OnLevel(TranscriptSpeaker speaker, TimeSpan at, double decibels)
    {
        lock (_gate)
        {
            _screen.AddLevel(speaker, at, decibels);
        }
    }

    /// <summary>The agent was cut off; its turn ends where it was heard last.</summary>
    /// <param name="at">When.</param>
    /// <param name="heard">What was heard of the turn, when that is known; null leaves what was shown.</param>
    public void OnInterrupted(TimeSpan at, string? heard = null) => Change(() =>
    {
        _screen.Advance(at);
        if (_screen.Lines.FindLast(line => line.Speaker == TranscriptSpeaker.Agent) is { } line)
        {
            line.IsInterrupted = true;
            line.IsComplete = true;
            line.Text = heard ?? line.Text;
        }
    });

    /// <summary>The call is over; the view stays on the screen as it is.</summary>
    /// <param name="at">When.</param>
    /// <param name="reason">Why, in words.</param>
    /// <param name="well">Whether it ended as it should.</param>
    public void OnEnded(TimeSpan at, string reason, bool well) => Change(() =>
    {
        _screen.Advance(at);
        _screen.Speaking = null;
        _screen.Lines.ForEach(line => line.IsComplete = true);
        _screen.End = reason;
        _screen.EndedWell = well;
        if (!_live)
        {
            PrintCompleted();
            WriteLine($"{Reports.CallReportHtml.Clock(at.TotalMilliseconds),7}  {reason}");
        }
    });

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _drawing;
        _ended.Dispose();
    }

    private void Change(Action change)
    {
        lock (_gate)
        {
            change();
            if (!_live)
            {
                PrintCompleted();
            }
        }
    }

    /// <summary>Prints every turn up to the first that is still being spoken, so that lines come in the order of the turns.</summary>
    private void PrintCompleted()
    {
        while (_printed < _screen.Lines.Count && _screen.Lines[_printed].IsComplete)
        {
            WriteLine(DemoScreen.Plain(_screen.Lines[_printed++]));
        }
    }

    private void WriteLine(string line)
    {
        try
        {
            _console.Profile.Out.Writer.WriteLine(line);
        }
        catch (IOException)
        {
            // Whoever read this is gone; the call and its files do not depend on them.
        }
    }

    private async Task DrawAsync()
    {
        try
        {
            await _console.Live(Text.Empty).AutoClear(false).Overflow(VerticalOverflow.Crop).StartAsync(async context =>
            {
                while (!_ended.IsCancellationRequested)
                {
                    Draw(context);
                    await Task.Delay(s_refresh, _ended.Token).ContinueWith(static _ => { }, TaskScheduler.Default);
                }

                Draw(context);
            });
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The terminal went away; the call goes on.
        }
    }

    private void Draw(LiveDisplayContext context)
    {
        lock (_gate)
        {
            context.UpdateTarget(_screen.Render(_console.Profile.Width, _console.Profile.Height));
        }
    }
}
