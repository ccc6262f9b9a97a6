namespace Concierge.WebSockets;

/// <summary>Takes the messages of a connection where they arrive (<see cref="WebSocketReader.PumpAsync"/>). Called by one thread at a time; must not block.</summary>
/// <remarks>A class and no interface: a call through an interface with several implementations is looked up anew each time, and this is called for every frame.</remarks>
public abstract class WebSocketConsumer
{
    /// <summary>A message has come: <see cref="WebSocketReader.Opcode"/> and <see cref="WebSocketReader.Payload"/>, lent until this returns.</summary>
    /// <returns>False to stop the pump.</returns>
    public abstract bool OnMessage();

    /// <summary>All that was there has been taken, at least one message: what it caused may go out together now.</summary>
    public virtual void OnPause()
    {
    }
}
