namespace Concierge.Pipelines;

/// <summary>Something that wants to know, coarsely, that time has passed.</summary>
internal interface IWheelEntry
{
    /// <summary>Called once per turn of the wheel, by one thread at a time. Returns at once and throws nothing.</summary>
    void Tick();
}
