namespace Concierge.Pipelines.Legs;

/// <summary>
/// Bounds how many keys a second are taken from a carrier: a person presses five at most, a machine some ten. A bucket that refills with time.
/// </summary>
internal sealed class DigitRate
{
    private const int Burst = 32;
    private const int PerSecond = 16;

    private double _allowance = Burst;
    private TimeSpan _at;

    /// <summary>Takes one key at a time on the session's clock; false for one too many.</summary>
    public bool TryTake(TimeSpan now)
    {
        _allowance = Math.Min(Burst, _allowance + ((now - _at).TotalSeconds * PerSecond));
        _at = now;
        if (_allowance < 1)
        {
            return false;
        }

        _allowance--;
        return true;
    }
}
