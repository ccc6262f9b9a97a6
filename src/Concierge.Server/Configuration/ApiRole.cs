namespace Concierge.Server.Configuration;

/// <summary>What a key may do; each role may do what the ones before it may.</summary>
internal enum ApiRole : byte
{
    /// <summary>Look at calls.</summary>
    Read,

    /// <summary>Place and end calls.</summary>
    Call,

    /// <summary>Delete and export.</summary>
    Admin,
}
