namespace Concierge.Calls.Outbound;

/// <summary>Why a call is not placed.</summary>
public enum CallRefusal : byte
{
    /// <summary>The number is not E.164.</summary>
    BadNumber,

    /// <summary>The number is an emergency or short number.</summary>
    Emergency,

    /// <summary>The number is billed at a premium or shared rate, or its network is used for fraud.</summary>
    Premium,

    /// <summary>The number is not among those that may be called.</summary>
    NotAllowed,

    /// <summary>The number is among those that may not be called.</summary>
    Denied,

    /// <summary>It is night where the telephone would ring.</summary>
    QuietHours,

    /// <summary>Too many calls in too short a time.</summary>
    RateLimited,

    /// <summary>The day's minutes are used up.</summary>
    BudgetSpent,

    /// <summary>As many calls are running as may.</summary>
    NoRoom,

    /// <summary>No carrier is configured.</summary>
    NoCarrier,

    /// <summary>The request or the agent's name is malformed.</summary>
    BadRequest,

    /// <summary>The node is stopping.</summary>
    Stopping,
}
