using System.Globalization;
using Concierge.Calls.Reservations;

namespace Concierge.Agents.Telephone;

/// <summary>What a reservation call is told about its reservation.</summary>
public static class ReservationBrief
{
    /// <summary>The context of a call that books or cancels.</summary>
    /// <param name="details">What it is about.</param>
    /// <param name="callId">The call; null makes an id.</param>
    /// <param name="variables">What the agent file sets.</param>
    /// <param name="recorder">Keeps the outcome; null for a recorder of its own.</param>
    /// <param name="wishes">The guest's other times; null for an hour either way.</param>
    public static AgentContext CreateContext(
        ReservationDetails details,
        string? callId = null,
        IEnumerable<KeyValuePair<string, string>>? variables = null,
        OutcomeRecorder? recorder = null,
        SlotWishes? wishes = null)
    {
        var context = new AgentContext(callId, variables);
        Fill(context, details, recorder, wishes);
        return context;
    }

    /// <summary>Tells a call's context what the call books or cancels.</summary>
    /// <param name="context">The context; what it says about a reservation already is overwritten.</param>
    /// <param name="details">What it is about.</param>
    /// <param name="recorder">Keeps the outcome; null for a recorder of its own.</param>
    /// <param name="wishes">The guest's other times; null for an hour either way.</param>
    public static void Fill(AgentContext context, ReservationDetails details, OutcomeRecorder? recorder = null, SlotWishes? wishes = null)
    {
        Set(context, "restaurant", details.Restaurant);
        Set(context, "party_size", details.PartySize?.ToString(CultureInfo.InvariantCulture));
        Set(context, "date", details.Date?.ToString("dddd, d MMMM yyyy", CultureInfo.InvariantCulture));
        Set(context, "time", details.Time?.ToString("HH:mm", CultureInfo.InvariantCulture));
        Set(context, "guest_name", details.GuestName);
        Set(context, "guest_phone", details.GuestPhone);
        Set(context, "notes", details.Notes);
        Set(context, "confirmation_number", details.ConfirmationNumber);
        context.Set(recorder ?? new OutcomeRecorder());
        if (wishes is not null)
        {
            context.Set(wishes);
        }
        else if (details is { Kind: ReservationKind.Book, Date: { } date, Time: { } time })
        {
            SlotWishes around = SlotWishes.Around(date, time);
            context.Set(around with { Earliest = details.EarliestTime ?? around.Earliest, Latest = details.LatestTime ?? around.Latest });
        }
    }

    private static void Set(AgentContext context, string name, string? value)
    {
        if (!string.IsNullOrWhiteSpace(value))
        {
            context.Variables[name] = value;
        }
    }
}
