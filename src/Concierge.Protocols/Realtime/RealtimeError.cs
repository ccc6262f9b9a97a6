namespace Concierge.Protocols.Realtime;

/// <summary>What is wrong with a server event. Such an event is skipped and counted.</summary>
public enum RealtimeError : byte
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The text is not one JSON object (RFC 8259).</summary>
    NotJson,

    /// <summary>More than 64 objects and arrays are open at once.</summary>
    TooDeep,

    /// <summary>A known key stands twice in one object.</summary>
    DuplicateField,

    /// <summary>A required key is absent or null.</summary>
    MissingField,

    /// <summary>A known key holds a value of another type than the protocol's.</summary>
    WrongType,

    /// <summary>A number is larger than 2^63 − 1, or than its field can mean.</summary>
    OutOfRange,

    /// <summary>A text contains an escape that stands for no character: half of a surrogate pair.</summary>
    BadText,

    /// <summary>A value has the right type and no meaning here.</summary>
    BadValue,
}
