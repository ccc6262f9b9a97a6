namespace Concierge.Protocols.Realtime;

/// <summary>What the vendor's trace dashboard records (<c>tracing</c>); cannot be changed once on.</summary>
public sealed record RealtimeTracing
{
    /// <summary>Nothing. Written as null.</summary>
    public static RealtimeTracing Off { get; } = new() { IsOff = true };

    /// <summary>A trace with default names. Any new instance with names set traces under those.</summary>
    public static RealtimeTracing Auto { get; } = new();

    /// <summary>Whether nothing is recorded.</summary>
    public bool IsOff { get; private init; }

    /// <summary>The workflow's name.</summary>
    public string? WorkflowName { get; init; }

    /// <summary>A group of traces.</summary>
    public string? GroupId { get; init; }

    /// <summary>Free pairs.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }
}
