namespace Concierge.Protocols.Text;

/// <summary>What is wrong with a message. <c>MediaStreamsError</c> and <c>RealtimeError</c> carry the same names and values; a test holds them together.</summary>
internal enum WireError : byte
{
    None,
    NotJson,
    TooDeep,
    DuplicateField,
    MissingField,
    WrongType,
    OutOfRange,
    BadText,
    BadValue,
}
