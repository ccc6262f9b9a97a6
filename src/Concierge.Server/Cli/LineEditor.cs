using System.Text;

namespace Concierge.Server.Cli;

/// <summary>Reads a line from the terminal with the arrows, Home, End and the history of earlier lines; Ctrl+D on an empty line ends the input.</summary>
internal static class LineEditor
{
    /// <returns>The line; null at the end of input.</returns>
    public static string? Read(IReadOnlyList<string> history)
    {
        var line = new StringBuilder();
        int at = 0, shown = 0, recalled = history.Count;
        while (true)
        {
            ConsoleKeyInfo key = Console.ReadKey(intercept: true);
            switch (key)
            {
                case { Key: ConsoleKey.Enter }:
                    Console.WriteLine();
                    return line.ToString();
                case { Key: ConsoleKey.D, Modifiers: ConsoleModifiers.Control } when line.Length == 0:
                    Console.WriteLine();
                    return null;
                case { Key: ConsoleKey.Backspace } when at > 0:
                    line.Remove(--at, 1);
                    break;
                case { Key: ConsoleKey.Delete } when at < line.Length:
                    line.Remove(at, 1);
                    break;
                case { Key: ConsoleKey.LeftArrow } when at > 0:
                    at--;
                    break;
                case { Key: ConsoleKey.RightArrow } when at < line.Length:
                    at++;
                    break;
                case { Key: ConsoleKey.Home }:
                    at = 0;
                    break;
                case { Key: ConsoleKey.End }:
                    at = line.Length;
                    break;
                case { Key: ConsoleKey.UpArrow or ConsoleKey.DownArrow }:
                    recalled = Math.Clamp(recalled + (key.Key == ConsoleKey.UpArrow ? -1 : 1), 0, history.Count);
                    line.Clear().Append(recalled < history.Count ? history[recalled] : "");
                    at = line.Length;
                    break;
                default:
                    if (!char.IsControl(key.KeyChar))
                    {
                        line.Insert(at++, key.KeyChar);
                    }

                    break;
            }

            shown = Redraw(line, at, shown);
        }
    }

    /// <summary>Draws the line again behind the prompt's two columns, over what was there.</summary>
    private static int Redraw(StringBuilder line, int at, int shown)
    {
        Console.Write($"\r\u001b[2C{line}{new string(' ', Math.Max(0, shown - line.Length))}\r\u001b[{2 + at}C");
        return line.Length;
    }
}
