namespace Concierge.Simulation.Load;

/// <summary>Takes what a connection brings. On the generator's thread.</summary>
internal interface ILoadReceiver
{
    /// <summary>Takes octets from the front.</summary>
    /// <param name="octets">What is there; may be written to.</param>
    /// <returns>How many were used; what is left comes again with what follows it.</returns>
    int OnOctets(Span<byte> octets);

    /// <summary>The connection has ended, or <paramref name="failure"/> has ended it. Once.</summary>
    void OnEnded(Exception? failure);
}
