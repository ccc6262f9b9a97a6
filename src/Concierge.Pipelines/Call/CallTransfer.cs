namespace Concierge.Pipelines;

/// <summary>A call that is to be handed to somebody else.</summary>
/// <param name="Target">Who takes it: a telephone number (E.164), a SIP address or whatever the node's <see cref="ICallSteering"/> knows. From configuration, never from the model.</param>
public sealed record CallTransfer(string Target)
{
    /// <summary>
    /// What the model is told to say first, so that whoever takes over is not met by a stranger and the caller knows what happens; null transfers when what is
    /// being said has been heard.
    /// </summary>
    public string? Announcement { get; init; }

    /// <summary>What the one who takes over should know; handed on to <see cref="ICallSteering"/>, not spoken to the caller.</summary>
    public string? Summary { get; init; }
}
