namespace Concierge.Simulation.Exchange;

/// <summary>The order in which status callbacks arrive. The vendor guarantees none.</summary>
public enum StatusCallbackOrder
{
    /// <summary>As they happened.</summary>
    InOrder,

    /// <summary>In pairs the wrong way round: 1, 0, 3, 2.</summary>
    Swapped,
}
