using Concierge.Calls.Outcome;
using Concierge.Server.Demo;
using Spectre.Console;

namespace Concierge.Server.Tests.Demo;

public class DemoConsoleTests
{
    [Fact]
    public async Task Prints_one_plain_line_per_turn_in_the_order_of_the_turns_where_nobody_watches()
    {
        StringWriter output = new();
        await using (DemoConsole view = DemoConsole.Start(Console(output), "A table for four"))
        {
            view.OnTurnStarted(TranscriptSpeaker.Caller, TimeSpan.FromSeconds(1));
            view.OnTurnEnded(TranscriptSpeaker.Caller, TimeSpan.FromSeconds(3));
            view.OnTurnStarted(TranscriptSpeaker.Agent, TimeSpan.FromSeconds(4));
            view.OnTranscript(TranscriptSpeaker.Agent, "Good ");
            view.OnTranscript(TranscriptSpeaker.Agent, "evening, I ");
            Assert.DoesNotContain("Good", output.ToString());
            view.OnInterrupted(TimeSpan.FromSeconds(6.25), "Good evening");
            view.OnTranscriptCompleted(TranscriptSpeaker.Caller, "Bellini, hello?");
            view.OnLevel(TranscriptSpeaker.Agent, TimeSpan.FromSeconds(5), -20);
            view.OnEnded(TimeSpan.FromSeconds(61.5), "the agent hung up", well: true);
        }

        Assert.Equal(
            [
                "A table for four",
                " 0:01.0  Caller  Bellini, hello?",
                " 0:04.0  Agent   Good evening -- interrupted",
                " 1:01.5  the agent hung up",
            ],
            output.ToString().ReplaceLineEndings("\n").TrimEnd().Split('\n'));
    }

    [Fact]
    public void Draws_who_speaks_the_levels_and_the_words()
    {
        DemoScreen screen = new("A table [for] four");
        screen.Lines.Add(new DemoLine(TranscriptSpeaker.Agent, TimeSpan.FromSeconds(1)) { Text = "Good [evening]" });
        screen.Speaking = TranscriptSpeaker.Agent;
        screen.AddLevel(TranscriptSpeaker.Agent, TimeSpan.FromSeconds(1.5), -1);
        string drawn = Draw(screen, 80, 24);
        Assert.Contains("A table [for] four", drawn);
        Assert.Contains("Agent speaks", drawn);
        Assert.Contains("Good [evening]", drawn);
        Assert.Contains("█", drawn);

        screen.Speaking = null;
        screen.End = "the agent hung up";
        Assert.Contains("■ the agent hung up", Draw(screen, 80, 24));
    }

    [Theory]
    [InlineData(80, 24)]
    [InlineData(40, 12)]
    [InlineData(200, 50)]
    public void Fits_the_terminal_and_keeps_the_newest_turns(int width, int height)
    {
        DemoScreen screen = new("A long call");
        for (int i = 0; i < 60; i++)
        {
            screen.Lines.Add(new DemoLine(TranscriptSpeaker.Caller, TimeSpan.FromSeconds(i)) { Text = $"turn {i} with a few words that may have to wrap around", IsComplete = true });
        }

        string[] rows = Draw(screen, width, height).TrimEnd('\n').Split('\n');
        Assert.InRange(rows.Length, 5, height);
        Assert.All(rows, row => Assert.InRange(row.Length, 0, width));
        Assert.Contains("turn 59", string.Join('\n', rows));
        Assert.DoesNotContain("turn 0 ", string.Join('\n', rows));
    }

    [Fact]
    public void Shows_levels_where_they_were_and_silence_elsewhere()
    {
        LevelStrip strip = new();
        strip.Add(TimeSpan.FromMilliseconds(0), 0);
        strip.Add(TimeSpan.FromMilliseconds(450), -27);
        strip.Add(TimeSpan.FromMilliseconds(600), double.NegativeInfinity);
        Assert.Equal("█ ▄ ", strip.Draw(TimeSpan.FromMilliseconds(600), 4));
        Assert.Equal("  █ ▄ ", strip.Draw(TimeSpan.FromMilliseconds(600), 6));
        strip.Add(TimeSpan.FromMinutes(10), -200);
        Assert.Equal(new string(' ', 40), strip.Draw(TimeSpan.FromMinutes(10), 40));
    }

    private static IAnsiConsole Console(StringWriter output)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(output) });
        console.Profile.Width = 200;
        return console;
    }

    private static string Draw(DemoScreen screen, int width, int height)
    {
        StringWriter output = new();
        IAnsiConsole console = Console(output);
        console.Profile.Width = width;
        console.Profile.Height = height;
        console.Write(screen.Render(width, height));
        return output.ToString().ReplaceLineEndings("\n");
    }
}
