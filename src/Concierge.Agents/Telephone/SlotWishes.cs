using System.Globalization;

namespace Concierge.Agents.Telephone;

/// <summary>Which other times the guest would take. One per call, in its <see cref="AgentContext"/>.</summary>
/// <param name="Date">The day asked for.</param>
/// <param name="Time">The time asked for.</param>
/// <param name="Earliest">The earliest time on that day that would do.</param>
/// <param name="Latest">The latest.</param>
public sealed record SlotWishes(DateOnly Date, TimeOnly Time, TimeOnly Earliest, TimeOnly Latest)
{
    /// <summary>Asks the guest about a time that their wishes do not cover, while the restaurant waits; null when nobody can be asked. Null as the answer: no word in time.</summary>
    public Func<DateOnly, TimeOnly, CancellationToken, Task<bool?>>? AskGuest { get; init; }

    /// <summary>Wishes of somebody who said nothing about other times: an hour either way.</summary>
    public static SlotWishes Around(DateOnly date, TimeOnly time) => new(
        date,
        time,
        time.ToTimeSpan() < TimeSpan.FromHours(1) ? TimeOnly.MinValue : time.AddHours(-1),
        time.ToTimeSpan() >= TimeSpan.FromHours(23) ? TimeOnly.MaxValue : time.AddHours(1));

    /// <summary>Whether a time is within the wishes.</summary>
    public bool Cover(DateOnly date, TimeOnly time) => date == Date && time >= Earliest && time <= Latest;

    /// <summary>The wishes in words for the model.</summary>
    public string Describe() => string.Create(CultureInfo.InvariantCulture, $"{Date:dddd, d MMMM} between {Earliest:HH:mm} and {Latest:HH:mm}");
}
