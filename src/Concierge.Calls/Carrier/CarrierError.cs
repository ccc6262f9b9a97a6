namespace Concierge.Calls.Carrier;

/// <summary>What went wrong between this node and the carrier's REST API.</summary>
public enum CarrierError : byte
{
    /// <summary>The carrier refused the request; repeating it is useless.</summary>
    Refused,

    /// <summary>Account SID and token do not fit.</summary>
    Unauthorized,

    /// <summary>Too many requests, again and again.</summary>
    RateLimited,

    /// <summary>The carrier could not be reached: the request certainly did not arrive.</summary>
    Unreachable,

    /// <summary>No answer, or an answer that tells nothing: the request may have been carried out.</summary>
    Unclear,
}
