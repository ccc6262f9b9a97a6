namespace Concierge.Server.Load;

/// <summary>What a run measured.</summary>
internal static class LoadKinds
{
    public const string Relay = "relay";
    public const string Bridge = "bridge";
}
