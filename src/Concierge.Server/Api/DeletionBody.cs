namespace Concierge.Server.Api;

/// <summary>The body of <c>POST /api/v1/deletions</c>.</summary>
/// <param name="Number">Calls from or to this number.</param>
/// <param name="EndedBefore">Calls that were over before this time.</param>
internal sealed record DeletionBody(string? Number = null, DateTimeOffset? EndedBefore = null);
