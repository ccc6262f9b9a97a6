using System.Globalization;
using System.Text.RegularExpressions;
using Concierge.Agents.Guardrails;

namespace Concierge.Agents.Simulated;

/// <summary>Reads a reservation out of plain English by rules: what a model would understand, for when there is none.</summary>
internal static partial class RequestReader
{
    private static readonly string[] s_numbers = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];

    public static int? PartySize(string text)
    {
        IReadOnlyList<int> sizes = PartySizes.Find(text);
        if (sizes.Count > 0)
        {
            return sizes[^1];
        }

        // "for two tomorrow at seven": a plain small number behind "for" that no time follows.
        Match match = PlainSize().Match(text);
        return match.Success ? Number(match.Groups["n"].Value) : null;
    }

    public static DateOnly? Date(string text, DateOnly today)
    {
        string lower = text.ToLowerInvariant();
        if (Iso().Match(lower) is { Success: true } iso && DateOnly.TryParseExact(iso.Value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly exact))
        {
            return exact;
        }

        if (lower.Contains("day after tomorrow", StringComparison.Ordinal))
        {
            return today.AddDays(2);
        }

        if (lower.Contains("tomorrow", StringComparison.Ordinal))
        {
            return today.AddDays(1);
        }

        if (Today().IsMatch(lower))
        {
            return today;
        }

        if (DayMonth().Match(lower) is { Success: true } named)
        {
            string day = named.Groups["d1"].Success ? named.Groups["d1"].Value : named.Groups["d2"].Value;
            string month = named.Groups["m1"].Success ? named.Groups["m1"].Value : named.Groups["m2"].Value;
            int number = Array.FindIndex(CultureInfo.InvariantCulture.DateTimeFormat.AbbreviatedMonthNames, m => m.Equals(month[..3], StringComparison.OrdinalIgnoreCase)) + 1;
            int year = named.Groups["y"].Success ? int.Parse(named.Groups["y"].Value, CultureInfo.InvariantCulture) : today.Year;
            if (int.Parse(day, CultureInfo.InvariantCulture) is var d && d >= 1 && d <= DateTime.DaysInMonth(year, number))
            {
                var date = new DateOnly(year, number, d);
                return !named.Groups["y"].Success && date < today ? date.AddYears(1) : date;
            }
        }

        if (Weekday().Match(lower) is { Success: true } weekday)
        {
            DayOfWeek wanted = Enum.GetValues<DayOfWeek>().First(d => d.ToString().StartsWith(weekday.Groups["day"].Value[..3], StringComparison.OrdinalIgnoreCase));
            int ahead = ((int)wanted - (int)today.DayOfWeek + 7) % 7;
            return today.AddDays(ahead == 0 ? 7 : ahead);
        }

        return null;
    }

    public static TimeOnly? Time(string text)
    {
        string lower = text.ToLowerInvariant();
        if (Noon().IsMatch(lower))
        {
            return new TimeOnly(12, 0);
        }

        bool morning = lower.Contains("morning", StringComparison.Ordinal) || lower.Contains("breakfast", StringComparison.Ordinal);
        if (Past().Match(lower) is { Success: true } past && Number(past.Groups["h"].Value) is { } base12)
        {
            int minutes = past.Groups["part"].Value switch { "half past" => 30, "quarter past" => 15, _ => -15 };
            return new TimeOnly(Evening(base12, morning), 0).AddMinutes(minutes);
        }

        foreach (Match match in Clock().Matches(lower))
        {
            if (Number(match.Groups["h"].Value) is not { } hour || hour > 23)
            {
                continue;
            }

            int minute = match.Groups["m"].Success ? int.Parse(match.Groups["m"].Value, CultureInfo.InvariantCulture) : match.Groups["w"].Value switch { "thirty" => 30, "fifteen" => 15, "forty-five" => 45, _ => 0 };
            string half = match.Groups["ap"].Value.Replace(".", "", StringComparison.Ordinal);
            if (minute > 59)
            {
                continue;
            }

            return half switch
            {
                "pm" => new TimeOnly((hour % 12) + 12, minute),
                "am" => new TimeOnly(hour % 12, minute),
                _ => new TimeOnly(match.Groups["h"].Value.Length == 2 && match.Groups["m"].Success && hour < 12 && match.Groups["h"].Value[0] == '0' ? hour : Evening(hour, morning), minute),
            };
        }

        return null;
    }

    /// <summary>The restaurant's name: what stands behind "at", "from" or "called" and is no time.</summary>
    public static string? Restaurant(string text)
    {
        foreach (Match match in Named().Matches(text))
        {
            string name = match.Groups["name"].Value.Trim(' ', '.', ',', '!', '?');
            if (name.Length > 0 && !char.IsDigit(name[0]) && Number(name.Split(' ')[0].ToLowerInvariant()) is null && !NotAName().IsMatch(name))
            {
                return name;
            }
        }

        return null;
    }

    public static string? GuestName(string text) => UnderName().Match(text) is { Success: true } match ? match.Groups["name"].Value.Trim(' ', '.', ',') : null;

    /// <summary>A confirmation number: letters and digits together, or four digits and more.</summary>
    public static string? Code(string text) => CodePattern().Match(text) is { Success: true } match ? match.Value : null;

    private static int? Number(string text) => int.TryParse(text, CultureInfo.InvariantCulture, out int number)
        ? number
        : Array.IndexOf(s_numbers, text) is >= 0 and int at ? at + 1 : null;

    private static int Evening(int hour, bool morning) => hour is >= 1 and <= 11 && !morning ? hour + 12 : hour;

    [GeneratedRegex(@"\bfor\s+(?<n>[1-9]\d?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b(?!\s*(?::|am\b|pm\b|a\.m|p\.m|o'clock|thirty|fifteen))", RegexOptions.IgnoreCase)]
    private static partial Regex PlainSize();

    [GeneratedRegex(@"\b\d{4}-\d{2}-\d{2}\b")]
    private static partial Regex Iso();

    [GeneratedRegex(@"\b(today|tonight|this evening)\b")]
    private static partial Regex Today();

    [GeneratedRegex(@"\b(?:(?<d1>\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?(?<m1>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*|(?<m2>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+(?<d2>\d{1,2})(?:st|nd|rd|th)?)\b(?:,?\s+(?<y>20\d\d)\b)?")]
    private static partial Regex DayMonth();

    [GeneratedRegex(@"\b(?<day>monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b")]
    private static partial Regex Weekday();

    [GeneratedRegex(@"\b(at\s+)?noon\b")]
    private static partial Regex Noon();

    [GeneratedRegex(@"\b(?<part>half past|quarter past|quarter to)\s+(?<h>\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b")]
    private static partial Regex Past();

    [GeneratedRegex(@"(?:\b(?:at|around|about|by|for)\s+(?<h>\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)(?::(?<m>\d{2})|\s+(?<w>thirty|fifteen|forty-five))?\s*(?<ap>a\.?m|p\.?m)?\b(?!\s*(?:people|persons?|guests?|of us|adults))(?<=\b(?:at|around|about|by)\s.*|:\d\d.*|[ap]\.?m)|\b(?<h>\d{1,2}):(?<m>\d{2})\s*(?<ap>a\.?m|p\.?m)?|\b(?<h>\d{1,2})\s*(?<ap>a\.?m|p\.?m)\b)")]
    private static partial Regex Clock();

    [GeneratedRegex(@"\b(?:at|from|called|with)\s+(?:the\s+(?:restaurant\s+)?)?(?<name>[\p{L}\d][\p{L}\d'’&.-]*(?:\s+(?!(?:for|on|at|tomorrow|today|tonight|next|this|under|please|around|about|by|with|in)\b)[\p{L}\d'’&-]+){0,4})", RegexOptions.IgnoreCase)]
    private static partial Regex Named();

    [GeneratedRegex(@"^(noon|midnight|half|quarter|around|about|least|most|home|night|lunch|dinner|the|a|an|any|some|my|me|number|confirmation)\b", RegexOptions.IgnoreCase)]
    private static partial Regex NotAName();

    [GeneratedRegex(@"\b(?:under|in)\s+(?:the\s+)?(?:name\s+(?:of\s+)?)?(?<name>\p{Lu}[\p{L}'’-]+(?:\s+\p{Lu}[\p{L}'’-]+)?)")]
    private static partial Regex UnderName();

    [GeneratedRegex(@"\b(?=[A-Z0-9]*\d)[A-Z]{1,4}\d{2,8}[A-Z0-9]*\b|\b\d{4,10}\b")]
    private static partial Regex CodePattern();
}
