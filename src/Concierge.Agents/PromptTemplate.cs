using System.Text;

namespace Concierge.Agents;

/// <summary>Texts with holes: <c>{{name}}</c>, or <c>{{name|otherwise}}</c> for a variable that may be missing. There is nothing else in it, no code.</summary>
public static class PromptTemplate
{
    /// <summary>Fills a text.</summary>
    /// <param name="template">The text.</param>
    /// <param name="variables">What the holes stand for.</param>
    /// <returns>The text; a hole without a value and without an alternative becomes empty.</returns>
    public static string Fill(string template, IReadOnlyDictionary<string, string> variables)
    {
        if (!template.Contains("{{", StringComparison.Ordinal))
        {
            return template;
        }

        var text = new StringBuilder(template.Length);
        Walk(template, (literal, name, otherwise) =>
        {
            text.Append(literal);
            if (name is not null)
            {
                text.Append(variables.TryGetValue(name, out string? value) ? value : otherwise);
            }
        });
        return text.ToString();
    }

    /// <summary>The names of the holes, with whether each has an alternative.</summary>
    /// <param name="template">The text.</param>
    public static IReadOnlyList<(string Name, bool HasAlternative)> Holes(string template)
    {
        var holes = new List<(string, bool)>();
        Walk(template, (_, name, otherwise) =>
        {
            if (name is not null)
            {
                holes.Add((name, otherwise is not null));
            }
        });
        return holes;
    }

    private static void Walk(string template, Action<string, string?, string?> visit)
    {
        int at = 0;
        while (true)
        {
            int open = template.IndexOf("{{", at, StringComparison.Ordinal);
            int close = open < 0 ? -1 : template.IndexOf("}}", open, StringComparison.Ordinal);
            if (close < 0)
            {
                visit(template[at..], null, null);
                return;
            }

            string hole = template[(open + 2)..close];
            int bar = hole.IndexOf('|', StringComparison.Ordinal);
            visit(template[at..open], (bar < 0 ? hole : hole[..bar]).Trim(), bar < 0 ? null : hole[(bar + 1)..].Trim());
            at = close + 2;
        }
    }
}
