using System.Diagnostics.CodeAnalysis;

namespace Concierge.Calls.Policy;

/// <summary>Numbers in E.164: a plus sign, a country code that does not begin with 0, and 7 to 15 digits in all. Nothing is guessed or repaired.</summary>
public static class PhoneNumber
{
    /// <summary>The fewest digits of a number that can be dialled from everywhere.</summary>
    public const int MinDigits = 7;

    /// <summary>The most digits. Source: ITU-T E.164 §6.</summary>
    public const int MaxDigits = 15;

    /// <summary>Whether a text is exactly one such number: no spaces, no brackets, no letters, no digits other than 0–9, no extension, no SIP address.</summary>
    /// <param name="text">The text.</param>
    /// <returns>True when it is.</returns>
    public static bool IsE164([NotNullWhen(true)] string? text) =>
        text is ['+', >= '1' and <= '9', ..] && text.Length - 1 is >= MinDigits and <= MaxDigits && text.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0;

    /// <summary>A number as a log may show it: the last two digits only.</summary>
    /// <param name="text">The number, or whatever the carrier put in its place; null for none.</param>
    /// <returns>For instance <c>+1•••••••23</c>; <c>•••</c> for anything that is no number.</returns>
    public static string Mask(string? text) => text switch
    {
        null => "",
        _ when IsE164(text) => $"{text[..2]}{new string('•', text.Length - 4)}{text[^2..]}",
        _ => "•••",
    };
}
