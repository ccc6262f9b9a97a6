namespace Concierge.Simulation.Load;

/// <summary>What carries a connection's octets away. On the generator's thread.</summary>
internal interface ILoadWire
{
    /// <summary>Sends octets, all of them in their order, as soon as there is room.</summary>
    /// <param name="octets">One or more whole frames.</param>
    /// <param name="mayDrop">Whether they are left out where the far end has not taken what was sent long before: audio is, as it would be late.</param>
    void Send(ReadOnlySpan<byte> octets, bool mayDrop = false);

    /// <summary>Ends the connection; what has been sent goes out before.</summary>
    void Close();
}
