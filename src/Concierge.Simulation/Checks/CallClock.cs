using Concierge.Simulation.Realtime;
using Concierge.Simulation.Twilio;

namespace Concierge.Simulation.Checks;

/// <summary>Puts what happened at the model's end on the clock of the stream's recordings.</summary>
internal sealed class CallClock(IReadOnlyList<RealtimeTwinRecord> models, TwilioTwinRecord carrier)
{
    /// <summary>The end of the call.</summary>
    public TimeSpan End => carrier.EndedAt;

    /// <summary>When a response's first sound was sent; without one, when it was created.</summary>
    public TimeSpan Of(RealtimeTwinResponse response)
    {
        RealtimeTwinRecord model = models.First(m => m.Responses.Contains(response));
        return Place(model, response.FirstAudioAt ?? response.CreatedAt);
    }

    /// <summary>When the model first refused something; null when it never did.</summary>
    public TimeSpan? FirstError()
    {
        foreach (RealtimeTwinRecord model in models)
        {
            if (model.Sent.FirstOrDefault(e => e.Type == "error") is { } error)
            {
                return Place(model, error.At);
            }
        }

        return null;
    }

    // A model is often dialled before the stream begins.
    private TimeSpan Place(RealtimeTwinRecord model, TimeSpan at)
    {
        TimeSpan place = model.OpenedAt + at - carrier.StartedAt;
        return place < TimeSpan.Zero ? TimeSpan.Zero : place;
    }
}
