namespace Concierge.Calls.Policy;

/// <summary>
/// Numbers that must not be dialled by a machine: emergency services, and ranges that are billed at a premium or are the usual targets of toll fraud. From the
/// numbering plans (ITU-T E.164 assignments; NANPA; Ofcom; BNetzA; ARCEP and their like). An operator's allow list may open a premium range; nothing opens an emergency number.
/// </summary>
internal static class SpecialNumbers
{
    /// <summary>Emergency and directory short codes, which are none in E.164 but are tried behind a country code.</summary>
    private static readonly string[] s_shortCodes =
        ["112", "911", "999", "000", "110", "111", "113", "114", "115", "116", "117", "118", "119", "100", "101", "102", "103", "104", "108", "120", "122", "190", "191", "192", "193", "194", "995", "997", "998"];

    private static readonly string[] s_premium =
    [
        // NANP: 900, and the Caribbean codes of one-ring fraud.
        "+1900", "+1976", "+1242", "+1246", "+1264", "+1268", "+1284", "+1345", "+1441", "+1473", "+1649", "+1658", "+1664", "+1721", "+1758", "+1767",
        "+1784", "+1809", "+1829", "+1849", "+1868", "+1869", "+1876",

        // Europe: premium, shared cost, personal numbers.
        "+449", "+4487", "+4484", "+4470", "+49900", "+49180", "+49137", "+49118", "+4390", "+4393", "+4184", "+41900", "+41901", "+41906", "+3389", "+3381",
        "+3382", "+34803", "+34806", "+34807", "+34905", "+34901", "+34902", "+3989", "+3190", "+3290", "+3516", "+46900", "+46939", "+46944", "+4582",
        "+47820", "+47829", "+358600", "+358700", "+4870", "+42090", "+3690", "+30901", "+30909",

        // Beyond.
        "+6119", "+64900", "+81990", "+55900", "+7809", "+7803", "+972190", 

        // Satellite, international networks and shared-cost services, premium rate.
        "+870", "+878", "+881", "+882", "+883", "+888", "+979", "+808", "+247", "+290", "+500", "+674", "+675", "+677", "+678", "+679", "+682", "+683", "+685", "+686", "+687", "+688", "+690",
        "+960", "+252", "+53", "+371900", "+37190", "+375602", "+239", "+232", "+245",
    ];

    /// <summary>The countries whose short codes are looked for.</summary>
    private static readonly string[] s_countries =
        ["1", "7", "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46", "47", "48", "49", "51", "52", "54", "55", "56", "57", "60", "61", "62", "63", "64", "65", "66", "81", "82", "84", "86", "90", "91", "351", "352", "353", "354", "358", "420", "421", "852", "886", "971", "972"];

    /// <summary>Whether a text is an emergency number, alone, behind a plus sign, or behind a country code; and the NANP's N11 codes with anything behind.</summary>
    public static bool IsEmergency(string text)
    {
        string digits = text.TrimStart('+');
        if (s_shortCodes.Contains(digits, StringComparer.Ordinal))
        {
            return true;
        }

        // NANP: no area code ends in 11.
        if (text.StartsWith("+1", StringComparison.Ordinal) && digits.Length >= 4 && digits[2..4] == "11")
        {
            return true;
        }

        foreach (string country in s_countries)
        {
            if (digits.StartsWith(country, StringComparison.Ordinal) && s_shortCodes.Contains(digits[country.Length..], StringComparer.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The longest premium range a number is in; null for none.</summary>
    public static string? PremiumRange(string number)
    {
        string? longest = number is ['+', '1', _, _, _, '9', '7', '6', ..] ? number[..8] : null; // NANP: local 976
        foreach (string prefix in s_premium)
        {
            if (number.StartsWith(prefix, StringComparison.Ordinal) && prefix.Length > (longest?.Length ?? 0))
            {
                longest = prefix;
            }
        }

        return longest;
    }
}
