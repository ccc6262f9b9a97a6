using System.Text;
using System.Text.RegularExpressions;

namespace Concierge.Agents.Guardrails;

/// <summary>Finds and masks what must not be said: keys, passwords, social security and card numbers, also with digits spoken as words.</summary>
public static partial class SensitiveText
{
    private static readonly string[] s_digitWords = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];

    /// <summary>Everything sensitive, in order; what overlaps is given once.</summary>
    public static IReadOnlyList<SensitiveMatch> Find(string text)
    {
        var found = new List<SensitiveMatch>();
        Add(found, Secrets(), text, SensitiveKind.Secret);
        Add(found, Passwords(), text, SensitiveKind.Password);
        foreach (Match match in SocialSecurity().Matches(text))
        {
            // Area 000, 666 and 900 on, group 00 and serial 0000 are never given out (SSA).
            if (match.Groups["area"].Value is not ("000" or "666") && match.Groups["area"].Value[0] != '9'
                && match.Groups["group"].Value != "00" && match.Groups["serial"].Value != "0000")
            {
                found.Add(new SensitiveMatch(SensitiveKind.SocialSecurityNumber, match.Index, match.Length));
            }
        }

        AddCards(found, text);
        found.Sort((a, b) => a.Start != b.Start ? a.Start.CompareTo(b.Start) : b.Length.CompareTo(a.Length));
        int end = -1;
        found.RemoveAll(m =>
        {
            bool inside = m.Start < end;
            end = Math.Max(end, m.Start + m.Length);
            return inside;
        });
        return found;
    }

    /// <summary>The text with everything sensitive replaced: <c>[card number]</c>.</summary>
    public static string Mask(string text)
    {
        IReadOnlyList<SensitiveMatch> found = Find(text);
        if (found.Count == 0)
        {
            return text;
        }

        var masked = new StringBuilder(text.Length);
        int at = 0;
        foreach (SensitiveMatch match in found)
        {
            masked.Append(text, at, match.Start - at).Append('[').Append(Name(match.Kind)).Append(']');
            at = match.Start + match.Length;
        }

        return masked.Append(text, at, text.Length - at).ToString();
    }

    /// <summary>What a kind is called.</summary>
    internal static string Name(SensitiveKind kind) => kind switch
    {
        SensitiveKind.Secret => "secret key",
        SensitiveKind.Password => "password",
        SensitiveKind.SocialSecurityNumber => "social security number",
        _ => "card number",
    };

    /// <summary>The check digit of ISO/IEC 7812-1, annex B: every second digit from the right doubled, digits summed, a multiple of ten.</summary>
    internal static bool IsLuhn(ReadOnlySpan<char> digits)
    {
        int sum = 0;
        for (int i = 0; i < digits.Length; i++)
        {
            int digit = digits[^(i + 1)] - '0';
            int counted = i % 2 == 0 ? digit : digit * 2;
            sum += counted > 9 ? counted - 9 : counted;
        }

        return sum % 10 == 0;
    }

    private static void Add(List<SensitiveMatch> found, Regex pattern, string text, SensitiveKind kind)
    {
        foreach (Match match in pattern.Matches(text))
        {
            found.Add(new SensitiveMatch(kind, match.Index, match.Length));
        }
    }

    /// <summary>Runs of 13 to 19 digits, written with spaces or hyphens or spoken digit by digit, beginning as cards do (2 to 6) and right in the check digit.</summary>
    private static void AddCards(List<SensitiveMatch> found, string text)
    {
        Span<char> digits = stackalloc char[64];
        foreach (Match run in DigitRuns().Matches(text))
        {
            int count = 0;
            foreach (Match token in DigitToken().Matches(run.Value))
            {
                foreach (char c in char.IsAsciiDigit(token.Value[0]) ? token.Value : Digit(token.Value))
                {
                    if (count < digits.Length)
                    {
                        digits[count++] = c;
                    }
                }
            }

            if (count is >= 13 and <= 19 && digits[0] is >= '2' and <= '6' && digits[..count].IndexOfAnyExcept(digits[0]) >= 0 && IsLuhn(digits[..count]))
            {
                found.Add(new SensitiveMatch(SensitiveKind.CardNumber, run.Index, run.Length));
            }
        }
    }

    private static string Digit(string word) => word.Equals("oh", StringComparison.OrdinalIgnoreCase)
        ? "0"
        : ((char)('0' + Array.FindIndex(s_digitWords, w => w.Equals(word, StringComparison.OrdinalIgnoreCase)))).ToString();

    [GeneratedRegex(
        @"\b(sk|pk|rk)[-_](live|test|proj|ant|svcacct)?[-_]?[A-Za-z0-9_-]{16,}|\b(AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{30,}|\bxox[abprs]-[A-Za-z0-9-]{10,}|\bAIza[A-Za-z0-9_-]{30,}"
        + @"|\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{5,}|-----BEGIN [A-Z ]*PRIVATE KEY-----|\b(api[ _-]?key|access[ _-]?token|auth[ _-]?token|client[ _-]?secret|bearer)\b\s*(is|:|=)?\s*[""']?[A-Za-z0-9_./+-]{16,}",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Secrets();

    [GeneratedRegex(@"\b(password|passwd|passcode|pin code|kennwort|passwort)\b\s*(is|ist|:|=)\s*[""']?[^\s""']{3,}", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Passwords();

    [GeneratedRegex(@"(?<![\d-])(?<area>\d{3})[- ](?<group>\d{2})[- ](?<serial>\d{4})(?![\d-])", RegexOptions.CultureInvariant)]
    private static partial Regex SocialSecurity();

    [GeneratedRegex(@"\b(?:\d|(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)\b)(?:[ ,.-]{0,2}(?:\d|(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)\b)){12,}", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex DigitRuns();

    [GeneratedRegex(@"\d|[a-z]+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex DigitToken();
}
