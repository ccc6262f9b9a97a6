using System.Globalization;
using System.Text.RegularExpressions;

namespace Concierge.Calls.Outcome;

/// <summary>Finds the times of day and the numbers of guests that people say, in English and German.</summary>
internal static partial class SpokenTimes
{
    private static readonly TimeOnly s_dinner = new(19, 0);

    /// <summary>The last time of day in a text; null when there is none.</summary>
    /// <param name="text">What was said.</param>
    /// <param name="near">The time asked for: "half past seven" is the one of the two that lies nearer to it. Null means the evening.</param>
    public static TimeOnly? Find(string text, TimeOnly? near)
    {
        TimeOnly? found = null;
        int at = -1;
        foreach (Match match in Clock().Matches(text))
        {
            if (match.Index > at && Read(match, near ?? s_dinner) is { } time)
            {
                (found, at) = (time, match.Index);
            }
        }

        return found;
    }

    /// <summary>The last number of guests in a text; null when there is none.</summary>
    public static int? FindGuests(string text)
    {
        Match? last = Guests().Matches(text).LastOrDefault();
        return last is not null && Number(last.Groups["n"].Value) is int number and >= 1 and <= 50 ? number : null;
    }

    private static TimeOnly? Read(Match match, TimeOnly near)
    {
        if (Number(match.Groups["h"].Value) is not { } hour || hour > 24)
        {
            return null;
        }

        int minute = Number(match.Groups["m"].Value) ?? 0;
        int shift = match.Groups["part"].Value.ToLowerInvariant() switch
        {
            "half past" => 30,
            "quarter past" or "viertel nach" => 15,
            "quarter to" or "viertel vor" => -15,
            "halb" => -30, // "halb acht" is half past seven
            _ => 0,
        };
        if (minute > 59)
        {
            return null;
        }

        string half = match.Groups["ap"].Value.Replace(".", "", StringComparison.Ordinal).ToLowerInvariant();
        int minutes = ((hour % 24) * 60) + minute + shift;
        return half switch
        {
            "pm" => At(((hour % 12) + 12) * 60 + minute),
            "am" => At((hour % 12 * 60) + minute),
            _ => hour > 12 ? At(minutes) : Nearer(At(minutes), At(minutes + (12 * 60)), near),
        };
    }

    private static TimeOnly At(int minutes) => TimeOnly.MinValue.AddMinutes(minutes);

    private static TimeOnly Nearer(TimeOnly one, TimeOnly other, TimeOnly near) =>
        Math.Abs((one.ToTimeSpan() - near.ToTimeSpan()).Ticks) <= Math.Abs((other.ToTimeSpan() - near.ToTimeSpan()).Ticks) ? one : other;

    private static int? Number(string word)
    {
        if (int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            return number;
        }

        string lower = word.ToLowerInvariant();
        if (lower.Length == 0)
        {
            return null;
        }

        return SpokenWords.Units.TryGetValue(lower, out int unit) ? unit
            : SpokenWords.Teens.TryGetValue(lower, out int teen) ? teen
            : SpokenWords.Tens.TryGetValue(lower, out int ten) ? ten
            : SpokenWords.TryGermanPair(lower, out int pair) ? pair
            : null;
    }

    // "half past seven", "halb acht" | "19:30", "7.30 pm" | "seven o'clock", "19 Uhr 30", "7 pm" | "at seven thirty", "um acht"
    [GeneratedRegex(
        @"\b(?<part>half past|quarter past|quarter to|viertel nach|viertel vor|halb)\s+(?<h>\d{1,2}|\p{L}+)\b"
        + @"|\b(?<h>\d{1,2})[:.](?<m>\d{2})\b(?:\s*(?<ap>[ap]\.?m)\b)?"
        + @"|\b(?<h>\d{1,2}|\p{L}+)\s+(?:o['’]?clock\b|uhr\b(?:\s+(?<m>\d{2}|\p{L}+))?)"
        + @"|\b(?<h>\d{1,2}|\p{L}+)\s*(?<ap>[ap]\.?m)\b"
        + @"|(?<=\b(?:at|um)\s+)(?<h>\d{1,2}|\p{L}+)\b(?:\s+(?<m>fifteen|thirty))?",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Clock();

    [GeneratedRegex(
        @"\b(?<n>\d{1,2}|\p{L}+)\s+(?:people|persons?|guests?|personen|gäste|leute)\b|\b(?:table|tisch)\s+(?:for|für)\s+(?<n>\d{1,2}|\p{L}+)\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Guests();
}
