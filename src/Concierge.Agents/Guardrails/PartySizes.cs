using System.Globalization;
using System.Text.RegularExpressions;

namespace Concierge.Agents.Guardrails;

/// <summary>Reads how many people a text speaks of, English and German. A number counts people only when its neighbours say so.</summary>
public static partial class PartySizes
{
    private static readonly string[] s_units =
    [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen",
        "eighteen", "nineteen",
    ];

    private static readonly string[] s_tens = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

    private static readonly string[] s_german =
        ["null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf"];

    /// <summary>The sizes, in order.</summary>
    public static IReadOnlyList<int> Find(string text)
    {
        var found = new SortedDictionary<int, int>();
        foreach (Regex pattern in (Regex[])[Counted(), Led()])
        {
            foreach (Match match in pattern.Matches(text))
            {
                Group number = match.Groups["n"];
                if (ToNumber(number.Value) is { } value)
                {
                    found[number.Index] = value;
                }
            }
        }

        return [.. found.Values];
    }

    private static int? ToNumber(string text)
    {
        string word = text.ToLowerInvariant();
        if (int.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number))
        {
            return number;
        }

        if (word is "a hundred" or "hundred" or "one hundred")
        {
            return 100;
        }

        if (word is "a dozen" or "dozen")
        {
            return 12;
        }

        int unit = Array.IndexOf(s_units, word);
        if (unit >= 0)
        {
            return unit;
        }

        int german = Array.IndexOf(s_german, word);
        if (german >= 0)
        {
            return german;
        }

        string[] parts = word.Split([' ', '-'], StringSplitOptions.RemoveEmptyEntries);
        int ten = Array.IndexOf(s_tens, parts[0]);
        int rest = parts.Length == 2 ? Array.IndexOf(s_units, parts[1]) : 0;
        return ten >= 0 && rest is >= 0 and < 10 ? ((ten + 2) * 10) + rest : null;
    }

    private const string NumberPattern =
        @"(?<n>-?\d{1,5}|(?:a\s|one\s)?hundred|(?:a\s)?dozen|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))?"
        + @"|zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
        + @"|null|eins|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf)";

    // Digits that go on to the left, and separators of times, dates, prices and telephone numbers, make it part of something else.
    private const string NotInside = @"(?<![\d:./+,€$£#-])(?<!\d[ -])\b?";

    // "60 people", "4 guests", "for 4 of us", "zu viert" is not here: German counts with Personen and Gäste.
    [GeneratedRegex(NotInside + NumberPattern + @"(?:\s+(?:adults?|more))?\s*(?:-|\s)?(?:people|persons?|guests?|diners?|pax|covers|of\s+us|adults|kids|children|top\b|personen|gäste|leute|gästen)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Counted();

    // "party of 60", "table for 60", "group of 60", "we are 60", "Tisch für 60": not when what follows makes it a time, a date, a day, money or a longer number.
    [GeneratedRegex(@"\b(?:part(?:y|ies)\s+of|party\s+size(?:\s*(?:is|of|:|=))?|group\s+of|tables?\s+for|reservations?\s+for|bookings?\s+for|seats?\s+for|book(?:ing)?\s+for|we\s+are|we're|there\s+(?:will\s+be|are)|tisch\s+für|wir\s+sind)\s+(?:about\s+|around\s+|up\s+to\s+)?" + NumberPattern
        + @"(?![\d:]|[.,]\d|\s*(?:a\.?m|p\.?m|o'?clock|uhr|h\b|st\b|nd\b|rd\b|th\b|minutes?|mins?|hours?|days?|nights?|weeks?|euros?|dollars?|pounds?|percent|%|€|jan|feb|mar|apr|may\b|jun|jul|aug|sep|oct|nov|dec|in\s+the\s+(?:morning|evening|afternoon)|tonight|[-/.]\s*\d|\s\d{2,}))", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Led();
}
