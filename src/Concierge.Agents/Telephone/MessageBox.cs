namespace Concierge.Agents.Telephone;

/// <summary>Takes the messages that callers leave. One for the node, in the services or in a call's <see cref="AgentContext"/>.</summary>
/// <param name="onTaken">Keeps a message; when it returns, the caller is told that it was taken.</param>
public sealed class MessageBox(Func<TakenMessage, CancellationToken, ValueTask> onTaken)
{
    /// <summary>Keeps a message.</summary>
    public ValueTask TakeAsync(TakenMessage message, CancellationToken cancellationToken) => onTaken(message, cancellationToken);
}
