namespace Concierge.Simulation.Realtime;

/// <summary>The order of the first keys of a server event; both are seen on the wire.</summary>
public enum RealtimeKeyOrder
{
    /// <summary>Either, by the seed.</summary>
    Seeded,

    /// <summary><c>{"type":..,"event_id":..</c></summary>
    TypeFirst,

    /// <summary><c>{"event_id":..,"type":..</c></summary>
    EventIdFirst,

    /// <summary><c>"type"</c> after everything else: legal, since objects have no order, and hard on parsers that look at the first bytes.</summary>
    TypeLast,
}
