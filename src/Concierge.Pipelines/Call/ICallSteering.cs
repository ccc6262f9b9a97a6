namespace Concierge.Pipelines;

/// <summary>What only the carrier can do to a call, through its REST interface and not through the stream. Implemented by the node; any thread.</summary>
public interface ICallSteering
{
    /// <summary>
    /// Hands the call to somebody else. The carrier takes it out of the stream, which then ends with <c>stop</c>.
    /// </summary>
    /// <param name="callSid">The call's SID.</param>
    /// <param name="transfer">To whom, and what they should know.</param>
    /// <param name="cancellationToken">The call is over.</param>
    /// <exception cref="CallSteeringException">The carrier refused or could not be reached; the call goes on.</exception>
    ValueTask TransferAsync(string callSid, CallTransfer transfer, CancellationToken cancellationToken);

    /// <summary>
    /// Has the carrier itself press keys. It takes the call out of the stream, which ends with <c>stop</c>; afterwards it dials a new stream, which is a new
    /// session with a new model: what was said before is not known to it.
    /// </summary>
    /// <param name="callSid">The call's SID.</param>
    /// <param name="keys">0-9, *, #, and w for half a second's pause.</param>
    /// <param name="cancellationToken">The call is over.</param>
    /// <exception cref="CallSteeringException">The carrier refused or could not be reached; the call goes on.</exception>
    ValueTask PressKeysAsync(string callSid, string keys, CancellationToken cancellationToken);
}
