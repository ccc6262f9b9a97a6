namespace Concierge.Protocols;

/// <summary>Why a base64 text could not be decoded.</summary>
public enum Base64TextError : byte
{
    /// <summary>It was decoded.</summary>
    None,

    /// <summary>The text is not strict RFC 4648 §4 base64: a character outside the alphabet (white space included), missing or misplaced padding, or a wrong length.</summary>
    BadBase64,

    /// <summary>The destination holds less than the decoded bytes.</summary>
    DestinationTooShort,
}
