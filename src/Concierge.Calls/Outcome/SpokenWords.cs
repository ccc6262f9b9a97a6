namespace Concierge.Calls.Outcome;

/// <summary>The words by which English and German speakers say digits and letters. All lower case.</summary>
internal static class SpokenWords
{
    public static readonly Dictionary<string, int> Units = new(StringComparer.Ordinal)
    {
        ["zero"] = 0,
        ["nought"] = 0,
        ["naught"] = 0,
        ["null"] = 0,
        ["oh"] = 0,
        ["one"] = 1,
        ["eins"] = 1,
        ["ein"] = 1,
        ["two"] = 2,
        ["zwei"] = 2,
        ["zwo"] = 2,
        ["three"] = 3,
        ["drei"] = 3,
        ["four"] = 4,
        ["vier"] = 4,
        ["five"] = 5,
        ["fünf"] = 5,
        ["fuenf"] = 5,
        ["six"] = 6,
        ["sechs"] = 6,
        ["seven"] = 7,
        ["sieben"] = 7,
        ["eight"] = 8,
        ["acht"] = 8,
        ["nine"] = 9,
        ["niner"] = 9,
        ["neun"] = 9,
    };

    public static readonly Dictionary<string, int> Teens = new(StringComparer.Ordinal)
    {
        ["ten"] = 10,
        ["eleven"] = 11,
        ["twelve"] = 12,
        ["thirteen"] = 13,
        ["fourteen"] = 14,
        ["fifteen"] = 15,
        ["sixteen"] = 16,
        ["seventeen"] = 17,
        ["eighteen"] = 18,
        ["nineteen"] = 19,
        ["zehn"] = 10,
        ["elf"] = 11,
        ["zwölf"] = 12,
        ["zwoelf"] = 12,
        ["dreizehn"] = 13,
        ["vierzehn"] = 14,
        ["fünfzehn"] = 15,
        ["fuenfzehn"] = 15,
        ["sechzehn"] = 16,
        ["siebzehn"] = 17,
        ["achtzehn"] = 18,
        ["neunzehn"] = 19,
    };

    /// <summary>English tens, after which a unit may follow as a word of its own; German ones stand alone or in a pair.</summary>
    public static readonly Dictionary<string, int> Tens = new(StringComparer.Ordinal)
    {
        ["twenty"] = 20,
        ["thirty"] = 30,
        ["forty"] = 40,
        ["fourty"] = 40,
        ["fifty"] = 50,
        ["sixty"] = 60,
        ["seventy"] = 70,
        ["eighty"] = 80,
        ["ninety"] = 90,
    };

    public static readonly Dictionary<string, int> Repeats = new(StringComparer.Ordinal)
    {
        ["double"] = 2,
        ["triple"] = 3,
        ["treble"] = 3,
        ["doppel"] = 2,
        ["doppelt"] = 2,
        ["zweimal"] = 2,
        ["dreimal"] = 3,
        ["viermal"] = 4,
    };

    /// <summary>Names of letters, the ICAO alphabet, and the German one of DIN 5009 (1996 and 2022 where the words are distinct).</summary>
    public static readonly Dictionary<string, char> Letters = Build(
        "bee=B cee=C dee=D eff=F gee=G aitch=H haitch=H jay=J kay=K ell=L em=M en=N pee=P queue=Q cue=Q ess=S tee=T vee=V ex=X wye=Y zed=Z zee=Z " +
        "alpha=A alfa=A bravo=B charlie=C delta=D echo=E foxtrot=F golf=G hotel=H india=I juliet=J juliett=J kilo=K lima=L mike=M november=N oscar=O papa=P " +
        "quebec=Q romeo=R sierra=S tango=T uniform=U victor=V whiskey=W whisky=W xray=X yankee=Y zulu=Z " +
        "anton=A berta=B cäsar=C caesar=C dora=D emil=E friedrich=F gustav=G heinrich=H ida=I julius=J kaufmann=K ludwig=L martha=M nordpol=N otto=O paula=P " +
        "quelle=Q richard=R samuel=S siegfried=S theodor=T ulrich=U viktor=V wilhelm=W xanthippe=X ypsilon=Y zacharias=Z zeppelin=Z");

    /// <summary>Words between the phrase and its number.</summary>
    public static readonly HashSet<string> Links = new(StringComparer.Ordinal)
    {
        "is", "will", "be", "it", "it's", "it’s", "for", "you", "your", "that", "that's", "that’s", "this", "the", "table", "reservation", "booking", "here", "comes", "would", "um", "uh",
        "ist", "lautet", "wäre", "für", "sie", "ihre", "ihr", "diese", "reservierung", "die", "also", "äh", "ähm", "kommt", "jetzt",
    };

    /// <summary>Words between the characters of a number.</summary>
    public static readonly HashSet<string> Fillers = new(StringComparer.Ordinal)
    {
        "then", "and", "um", "uh", "dash", "hyphen", "minus", "slash", "the", "letter", "number", "digit", "digits", "letters",
        "dann", "und", "äh", "ähm", "bindestrich", "strich", "buchstabe", "ziffer",
    };

    private static readonly (string Word, int Value)[] s_germanTens =
        [("zwanzig", 20), ("dreißig", 30), ("dreissig", 30), ("vierzig", 40), ("fünfzig", 50), ("fuenfzig", 50), ("sechzig", 60), ("siebzig", 70), ("achtzig", 80), ("neunzig", 90)];

    /// <summary>"siebenundvierzig" is 47, "vierzig" 40.</summary>
    public static bool TryGermanPair(string word, out int value)
    {
        foreach ((string tens, int ten) in s_germanTens)
        {
            if (!word.EndsWith(tens, StringComparison.Ordinal))
            {
                continue;
            }

            string head = word[..^tens.Length];
            if (head.Length == 0)
            {
                value = ten;
                return true;
            }

            if (head.EndsWith("und", StringComparison.Ordinal) && Units.TryGetValue(head[..^3], out int unit) && unit > 0)
            {
                value = ten + unit;
                return true;
            }
        }

        value = 0;
        return false;
    }

    /// <summary>"7th", "2nd", "19h" and "7pm" are dates and times, not characters of a number.</summary>
    public static bool IsOrdinal(string word)
    {
        int digits = word.AsSpan().IndexOfAnyExceptInRange('0', '9');
        return digits > 0 && word[digits..] is "st" or "nd" or "rd" or "th" or "am" or "pm" or "h" or "uhr";
    }

    private static Dictionary<string, char> Build(string pairs)
    {
        Dictionary<string, char> letters = new(StringComparer.Ordinal);
        foreach (string pair in pairs.Split(' '))
        {
            letters[pair[..^2]] = pair[^1];
        }

        return letters;
    }
}
