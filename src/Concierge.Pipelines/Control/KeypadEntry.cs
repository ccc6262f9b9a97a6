using System.Text;

namespace Concierge.Pipelines.Control;

/// <summary>Gathers keys into entries: a terminator, a pause or the number of keys ends one.</summary>
internal sealed class KeypadEntry(KeypadPolicy policy)
{
    private readonly StringBuilder _keys = new();
    private TimeSpan _last;

    /// <summary>When the entry under way is over; <see cref="TimeSpan.MaxValue"/> when there is none.</summary>
    public TimeSpan Due => _keys.Length > 0 ? _last + policy.Timeout : TimeSpan.MaxValue;

    /// <summary>Takes a key; the entry, when it is over with it.</summary>
    public string? Add(char key, TimeSpan now)
    {
        _last = now;
        if (key == policy.Terminator)
        {
            return Take();
        }

        _keys.Append(key);
        return _keys.Length >= policy.MaxDigits ? Take() : null;
    }

    /// <summary>The entry, when no key has come for long enough.</summary>
    public string? TakeIfOver(TimeSpan now) => Due <= now ? Take() : null;

    private string? Take()
    {
        if (_keys.Length == 0)
        {
            return null; // the terminator alone
        }

        string keys = _keys.ToString();
        _keys.Clear();
        return keys;
    }
}
