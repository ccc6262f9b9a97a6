namespace Concierge.WebSockets.Tests.Conformance;

/// <summary>Cases 6.5 to 6.23: Markus Kuhn's UTF-8 decoder stress sequences, each with its verdict.</summary>
internal static class Utf8Sequences
{
    private static readonly string[] s_missingLast = ["C0", "E080", "F08080", "F8808080", "FC80808080", "DF", "EFBF", "F7BFBF", "FBBFBFBF", "FDBFBFBFBF"];

    private static readonly (string Valid, string Invalid)[] s_groups =
    [
        ("68656C6C6F24776F726C64 68656C6C6FC2A2776F726C64 68656C6C6FE282AC776F726C64 68656C6C6FF0A4ADA2776F726C64 CEBAE1BDB9CF83CEBCCEB5", ""),
        ("CEBA CEBAE1BDB9 CEBAE1BDB9CF83 CEBAE1BDB9CF83CEBC CEBAE1BDB9CF83CEBCCEB5", "CE CEBAE1 CEBAE1BD CEBAE1BDB9CF CEBAE1BDB9CF83CE CEBAE1BDB9CF83CEBCCE"),
        ("00 C280 E0A080 F0908080", ""),
        ("", "F888808080 FC8480808080"),
        ("7F DFBF EFBFBF F48FBFBF", ""),
        ("", "F7BFBFBF FBBFBFBFBF FDBFBFBFBFBF"),
        ("ED9FBF EE8080 EFBFBD F48FBFBF", "F4908080"),
        ("", "80 BF 80BF 80BF80 80BF80BF 80BF80BF80 80BF80BF80BF " + Range(0x80, 0xBF, "")),
        ("", $"{Range(0xC0, 0xDF, "20")} {Range(0xE0, 0xEF, "20")} {Range(0xF0, 0xF7, "20")} {Range(0xF8, 0xFB, "20")} FC20"),
        ("", string.Join(' ', s_missingLast)),
        ("", string.Concat(s_missingLast)),
        ("", "FE FF FEFEFFFF"),
        ("", "C0AF E080AF F08080AF F8808080AF FC80808080AF"),
        ("", "C1BF E09FBF F08FBFBF F887BFBFBF FC83BFBFBFBF"),
        ("", "C080 E08080 F0808080 F880808080 FC8080808080"),
        ("", "EDA080 EDADBF EDAE80 EDAFBF EDB080 EDBE80 EDBFBF"),
        ("", "EDA080EDB080 EDA080EDBFBF EDADBFEDB080 EDADBFEDBFBF EDAE80EDB080 EDAE80EDBFBF EDAFBFEDB080 EDAFBFEDBFBF"),
        ("EFBFBE EFBFBF F09FBFBE F09FBFBF F0AFBFBE F0AFBFBF F0BFBFBE F0BFBFBF F18FBFBE F19FBFBF F1AFBFBE F1BFBFBF F28FBFBE F29FBFBF F2AFBFBE F2BFBFBF "
            + "F38FBFBE F39FBFBF F3AFBFBE F3BFBFBF F48FBFBE F48FBFBF", ""),
        ("EFBFB9 EFBFBA EFBFBB EFBFBC EFBFBD EFBFBE EFBFBF", ""),
    ];

    public static IEnumerable<(string Id, byte[] Octets, bool Valid)> All()
    {
        for (int group = 0; group < s_groups.Length; group++)
        {
            int number = 1;
            foreach (string hex in s_groups[group].Valid.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                yield return ($"6.{group + 5}.{number++}", Convert.FromHexString(hex), true);
            }

            foreach (string hex in s_groups[group].Invalid.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                yield return ($"6.{group + 5}.{number++}", Convert.FromHexString(hex), false);
            }
        }
    }

    private static string Range(int first, int end, string between)
    {
        string hex = "";
        for (int value = first; value < end; value++)
        {
            hex += value.ToString("X2", System.Globalization.CultureInfo.InvariantCulture) + between;
        }

        return hex;
    }
}
