using Concierge.Calls.Life;

namespace Concierge.Calls.Carrier;

/// <summary>A call as the carrier's REST API tells it.</summary>
/// <param name="Sid">Its SID.</param>
/// <param name="State">Its state.</param>
/// <param name="DurationSeconds">Its length once it is over.</param>
/// <param name="AnsweredBy">What answered, once detected.</param>
/// <param name="EndedAt">When it was over, or null.</param>
public sealed record CarrierCall(string Sid, CallState State, int? DurationSeconds = null, string? AnsweredBy = null, DateTimeOffset? EndedAt = null);
