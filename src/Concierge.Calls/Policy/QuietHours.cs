using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Concierge.Calls.Policy;

/// <summary>The part of the day in which nobody is called, in the local time of whoever would be.</summary>
/// <param name="From">The first minute of quiet.</param>
/// <param name="Until">The first minute after it; before <paramref name="From"/> when the night lies between.</param>
public readonly record struct QuietHours(TimeOnly From, TimeOnly Until)
{
    /// <summary>Reads <c>22:00-08:00</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="hours">The hours.</param>
    /// <returns>False for anything else, and for a span of no length.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out QuietHours hours)
    {
        hours = default;
        string[] parts = (text ?? "").Split('-');
        if (parts.Length != 2
            || !TimeOnly.TryParseExact(parts[0].Trim(), "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out TimeOnly from)
            || !TimeOnly.TryParseExact(parts[1].Trim(), "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out TimeOnly until)
            || from == until)
        {
            return false;
        }

        hours = new QuietHours(from, until);
        return true;
    }

    /// <summary>Whether it is quiet at a time.</summary>
    /// <param name="local">Local time.</param>
    /// <returns>True from <see cref="From"/> to before <see cref="Until"/>.</returns>
    public bool Contains(TimeOnly local) => local.IsBetween(From, Until);

    /// <summary>How long it stays quiet.</summary>
    /// <param name="local">A local time within the quiet hours.</param>
    /// <returns>The span until calls are welcome.</returns>
    public TimeSpan Remaining(TimeOnly local) => Until - local;
}
