using System.Text;

namespace Concierge.Server.Configuration;

/// <summary>
/// Reads a <c>.env</c> file: <c>NAME=value</c> lines, <c>#</c> comments, an optional <c>export</c>, single quotes (literal) and double quotes (with
/// <c>\n \r \t \" \\</c>). Nothing is expanded.
/// </summary>
internal static class DotEnvFile
{
    /// <summary>Parses the file's text.</summary>
    /// <param name="text">All lines.</param>
    /// <param name="problems">Takes one entry per line that is none of the above.</param>
    public static Dictionary<string, string?> Parse(string text, List<ConfigurationProblem> problems)
    {
        Dictionary<string, string?> settings = new(StringComparer.OrdinalIgnoreCase);
        int number = 0;
        foreach (string raw in text.ReplaceLineEndings("\n").Split('\n'))
        {
            number++;
            string line = raw.Trim().TrimStart('\uFEFF');
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            if (line.StartsWith("export ", StringComparison.Ordinal))
            {
                line = line[7..].TrimStart();
            }

            int equals = line.IndexOf('=', StringComparison.Ordinal);
            string name = equals > 0 ? line[..equals].TrimEnd() : "";
            if (name.Length == 0 || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('_' or '.' or ':' or '-')))
            {
                problems.Add(new ConfigurationProblem(".env", $"line {number} is not NAME=value", "write NAME=value, or start the line with # to make it a comment"));
            }
            else if (TryUnquote(line[(equals + 1)..].Trim(), out string value))
            {
                settings[name] = value;
            }
            else
            {
                problems.Add(new ConfigurationProblem(".env", $"line {number}, {name}: the quote is not closed", "close the quote on the same line"));
            }
        }

        return settings;
    }

    private static bool TryUnquote(string text, out string value)
    {
        value = text;
        if (text.Length > 0 && text[0] is '\'' or '"')
        {
            return text[0] == '\'' ? TryLiteral(text, out value) : TryEscaped(text, out value);
        }

        int comment = text.IndexOf(" #", StringComparison.Ordinal);
        value = comment < 0 ? text : text[..comment].TrimEnd();
        return true;
    }

    private static bool TryLiteral(string text, out string value)
    {
        int end = text.IndexOf('\'', 1);
        value = end < 0 ? "" : text[1..end];
        return end > 0;
    }

    private static bool TryEscaped(string text, out string value)
    {
        StringBuilder plain = new();
        for (int i = 1; i < text.Length; i++)
        {
            if (text[i] == '"')
            {
                value = plain.ToString();
                return true;
            }

            if (text[i] == '\\' && i + 1 < text.Length)
            {
                i++;
                plain.Append(text[i] switch { 'n' => '\n', 'r' => '\r', 't' => '\t', char other => other });
            }
            else
            {
                plain.Append(text[i]);
            }
        }

        value = "";
        return false;
    }
}
