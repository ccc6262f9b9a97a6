namespace Concierge.Server.Upstream;

/// <summary>What the node believes of the Realtime API.</summary>
internal enum UpstreamState : byte
{
    /// <summary>It answers.</summary>
    Up,

    /// <summary>It failed too often: nothing is dialled but a probe, new calls are refused.</summary>
    Down,

    /// <summary>It refuses this node for a reason that no retry mends (key, quota, account): as <see cref="Down"/>, and somebody must be told.</summary>
    Refused,
}
