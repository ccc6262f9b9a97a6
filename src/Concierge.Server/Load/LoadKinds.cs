namespace Concierge.Server.Load;

/// <summary>What a run measured: one of these, or the name of a peer.</summary>
internal static class LoadKinds
{
    public const string Relay = "relay";
    public const string Bridge = "bridge";
}
