namespace Concierge.Server.Demo;

/// <summary>Allocation of the whole process between the first answer and the end of the call.</summary>
/// <param name="ProcessBytes">Everything: the node, both twins, the display.</param>
/// <param name="Frames">Carrier frames in both directions meanwhile.</param>
internal sealed record DemoAllocation(long ProcessBytes, long Frames)
{
    public double BytesPerFrame => Frames == 0 ? 0 : (double)ProcessBytes / Frames;
}
