using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.RegularExpressions;

namespace Concierge.Calls.Outcome;

/// <summary>
/// Turns a confirmation number as people say it into the one they mean: "B as in Boston, four seven double one" is <c>B4711</c>. English and German.
/// </summary>
/// <remarks>
/// Letters may be spelled ("B", "bee", "Bravo", "Berta", "B as in Boston", "B wie Berta"), digits may be words, pairs ("forty-seven", "siebenundvierzig")
/// and repeats ("double one", "doppel eins", "triple seven", "dreimal die Sieben"). What was written already, "AB-12", keeps its characters: a group with a
/// digit in it, or one in capitals. The result holds upper-case letters A–Z and digits only. Any other word ends the number; it never becomes part of it.
/// </remarks>
public static partial class ConfirmationNumber
{
    /// <summary>The shortest number that <see cref="TryFind"/> takes for one.</summary>
    public const int MinLength = 3;

    /// <summary>The longest number that is read; what follows is ignored.</summary>
    public const int MaxLength = 32;

    /// <summary>Normalises a text that is a confirmation number and nothing else, such as the argument of a tool call.</summary>
    /// <param name="spoken">The number as said or written.</param>
    /// <returns>Letters and digits joined; empty when there are none.</returns>
    public static string Normalise(string spoken)
    {
        ArgumentNullException.ThrowIfNull(spoken);
        SpokenCodeReader reader = new(Words(spoken));
        StringBuilder code = new();
        while (!reader.AtEnd)
        {
            if (!reader.TryReadGroup(code))
            {
                reader.Skip();
            }
        }

        return Cut(code);
    }

    /// <summary>Finds the number in what the other side said: the spelled or written group after "confirmation number", "reference", "Bestätigungsnummer" and their like.</summary>
    /// <param name="text">One or more sentences of the other side. Never pass the agent's own words.</param>
    /// <param name="number">The number found.</param>
    /// <returns>False when no such phrase is followed by at least <see cref="MinLength"/> characters with a digit among them or spelled letter by letter.</returns>
    public static bool TryFind(string text, [NotNullWhen(true)] out string? number)
    {
        ArgumentNullException.ThrowIfNull(text);
        foreach (Match cue in Cue().Matches(text))
        {
            if (TryReadBehind(text, cue, out number))
            {
                return true;
            }
        }

        number = null;
        return false;
    }

    /// <summary>The same, for the last number of a text: who says another one corrects the first.</summary>
    /// <param name="text">One or more sentences of the other side.</param>
    /// <param name="number">The number found.</param>
    /// <returns>False when there is none.</returns>
    public static bool TryFindLast(string text, [NotNullWhen(true)] out string? number)
    {
        ArgumentNullException.ThrowIfNull(text);
        number = null;
        foreach (Match cue in Cue().Matches(text))
        {
            number = TryReadBehind(text, cue, out string? found) ? found : number;
        }

        return number is not null;
    }

    private static bool TryReadBehind(string text, Match cue, [NotNullWhen(true)] out string? number)
    {
        SpokenCodeReader reader = new(Words(text[(cue.Index + cue.Length)..]));
        while (reader.TrySkipLinkWord())
        {
        }

        StringBuilder code = new();
        int groups = 0;
        while (!reader.AtEnd && reader.TryReadGroup(code))
        {
            groups++;
            reader.TrySkipFiller();
        }

        string found = Cut(code);
        number = found.Length >= MinLength && (groups > 1 || found.AsSpan().IndexOfAnyInRange('0', '9') >= 0) ? found : null;
        return number is not null;
    }

    private static string Cut(StringBuilder code) => code.ToString(0, Math.Min(code.Length, MaxLength));

    private static List<string> Words(string text)
    {
        List<string> words = [];
        foreach (Match word in Word().Matches(text))
        {
            words.Add(word.Value);
        }

        return words;
    }

    [GeneratedRegex(@"[\p{L}\p{Nd}]+(?:['’]\p{L}+)?")]
    private static partial Regex Word();

    [GeneratedRegex(
        @"\b(?:(?:confirmation|reservation|booking|reference)\s+(?:number|code|no\.|id)|reference(?=\s+(?:is|will))|(?:bestätigungs|reservierungs|buchungs|referenz)(?:nummer|code))\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Cue();
}
