namespace Concierge.Simulation.Load;

/// <summary>What one direction of all calls added up to. Used on the generator's thread alone; read by others when the run is over.</summary>
internal sealed class LoadTally
{
    /// <summary>One frame: what comes later than this is of no use to a jitter buffer that has not grown.</summary>
    public static readonly TimeSpan LateAfter = TimeSpan.FromMilliseconds(20);

    /// <summary>Of the frames sent while counting.</summary>
    public LoadHistogram Latency { get; } = new();

    public long Sent { get; set; }

    public long Received { get; set; }

    public long Late { get; set; }

    /// <summary>Stamps that came again or out of order.</summary>
    public long Repeated { get; set; }

    /// <summary>Frames of which no stamp came.</summary>
    public long Lost => Math.Max(0, Sent - Received);

    /// <summary>Whether frames that are sent now count.</summary>
    public bool Counting { get; set; }

    public void Add(long nanoseconds)
    {
        Received++;
        Latency.Record(nanoseconds);
        if (nanoseconds > LateAfter.TotalNanoseconds)
        {
            Late++;
        }
    }
}
