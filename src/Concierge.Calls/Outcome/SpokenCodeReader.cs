using System.Text;

namespace Concierge.Calls.Outcome;

/// <summary>Reads letters and digits, group by group, from the words of a spoken code.</summary>
/// <param name="words">The words in order, in the case they were written in: capitals tell "BX" from a word.</param>
internal sealed class SpokenCodeReader(List<string> words)
{
    private const int LongestCapitalGroup = 8;

    private static readonly string[] s_asIn = ["as", "like", "for", "wie", "von", "in"];
    private int _at;

    public bool AtEnd => _at >= words.Count;

    public void Skip() => _at++;

    /// <summary>Skips one word that stands between the phrase and the number.</summary>
    public bool TrySkipLinkWord() => TrySkip(SpokenWords.Links);

    /// <summary>Skips words that people put between the characters of a number; true when there was one.</summary>
    public bool TrySkipFiller() => TrySkip(SpokenWords.Fillers);

    /// <summary>Reads the next letter, digit group, repeat or written group and appends it.</summary>
    /// <returns>False, with nothing consumed, when the next word is none of these.</returns>
    public bool TryReadGroup(StringBuilder code)
    {
        int start = _at;
        int length = code.Length;
        if (TryReadRepeat(code) || TryReadLetter(code) || TryReadNumber(code) || TryReadWritten(code))
        {
            return true;
        }

        _at = start;
        code.Length = length;
        return false;
    }

    private string? Peek(int ahead = 0) => _at + ahead < words.Count ? words[_at + ahead].ToLowerInvariant() : null;

    private bool TrySkip(HashSet<string> set)
    {
        if (Peek() is not { } word || !set.Contains(word))
        {
            return false;
        }

        _at++;
        return true;
    }

    /// <summary>"double one", "triple seven", "doppel null", "zweimal die vier"; "double u" is the letter W.</summary>
    private bool TryReadRepeat(StringBuilder code)
    {
        if (Peek() is not { } word || !SpokenWords.Repeats.TryGetValue(word, out int times))
        {
            return false;
        }

        if (word == "double" && Peek(1) is "u" or "you")
        {
            _at += 2;
            code.Append('W');
            return true;
        }

        _at++;
        if (Peek() is "die" or "das" or "der")
        {
            _at++;
        }

        StringBuilder one = new();
        if (!TryReadLetter(one) && !TryReadDigit(one))
        {
            return false;
        }

        for (int i = 0; i < times; i++)
        {
            code.Append(one);
        }

        return true;
    }

    private bool TryReadDigit(StringBuilder code)
    {
        if (Peek() is not { } word)
        {
            return false;
        }

        if (SpokenWords.Units.TryGetValue(word, out int unit))
        {
            code.Append(unit);
        }
        else if (word.Length == 1 && char.IsAsciiDigit(word[0]))
        {
            code.Append(word[0]);
        }
        else if (word is "o" or "oh")
        {
            code.Append('0');
        }
        else
        {
            return false;
        }

        _at++;
        return true;
    }

    /// <summary>One letter, however it is spelled, with the word it is "as in" if there is one.</summary>
    private bool TryReadLetter(StringBuilder code)
    {
        if (Peek() is not { } word)
        {
            return false;
        }

        char letter;
        if (word.Length == 1 && char.IsAsciiLetterLower(word[0]))
        {
            letter = char.ToUpperInvariant(word[0]);
        }
        else if (!SpokenWords.Letters.TryGetValue(word, out letter))
        {
            return false;
        }

        // "O" between digits is how people say zero.
        bool exemplified = SkipExample(word, letter);
        if (word == "o" && !exemplified && (IsDigitWord(Peek(1)) || (code.Length > 0 && char.IsAsciiDigit(code[^1]))))
        {
            letter = '0';
        }

        _at += exemplified ? 0 : 1;
        code.Append(letter);
        return true;
    }

    /// <summary>Consumes "b as in boston", "b like boston", "b for boston", "b wie berta". The word must begin with the letter, save after "as in".</summary>
    private bool SkipExample(string word, char letter)
    {
        if (word.Length != 1 || Peek(1) is not { } link || !s_asIn.Contains(link))
        {
            return false;
        }

        bool asIn = link == "as" && Peek(2) == "in";
        int exampleAt = asIn ? 3 : 2;
        if (Peek(exampleAt) is not { } example || (!asIn && char.ToUpperInvariant(example[0]) != letter))
        {
            return false;
        }

        _at += exampleAt + 1;
        return true;
    }

    /// <summary>"seven" is 7, "forty" 40, "forty seven" 47, "seventeen" 17, "siebenundvierzig" 47.</summary>
    private bool TryReadNumber(StringBuilder code)
    {
        if (Peek() is not { } word)
        {
            return false;
        }

        if (SpokenWords.Tens.TryGetValue(word, out int tens))
        {
            _at++;
            if (Peek() is { } next && SpokenWords.Units.TryGetValue(next, out int unit) && unit > 0)
            {
                _at++;
                tens += unit;
            }

            code.Append(tens);
            return true;
        }

        if (SpokenWords.Teens.TryGetValue(word, out int teen))
        {
            _at++;
            code.Append(teen);
            return true;
        }

        if (SpokenWords.TryGermanPair(word, out int pair))
        {
            _at++;
            code.Append(pair);
            return true;
        }

        return TryReadDigit(code);
    }

    /// <summary>A group that was written out: with a digit in it ("ab12", "4711") or in capitals ("BX").</summary>
    private bool TryReadWritten(StringBuilder code)
    {
        if (AtEnd)
        {
            return false;
        }

        string word = words[_at];
        bool hasDigit = word.AsSpan().IndexOfAnyInRange('0', '9') >= 0;
        bool isWritten = hasDigit
            ? word.All(char.IsAsciiLetterOrDigit) && !SpokenWords.IsOrdinal(word.ToLowerInvariant())
            : word.Length <= LongestCapitalGroup && word.All(char.IsAsciiLetterUpper);
        if (!isWritten)
        {
            return false;
        }

        _at++;
        code.Append(word.ToUpperInvariant());
        return true;
    }

    private static bool IsDigitWord(string? word) => word is not null && (char.IsAsciiDigit(word[0]) || SpokenWords.Units.ContainsKey(word) || SpokenWords.Repeats.ContainsKey(word));
}
