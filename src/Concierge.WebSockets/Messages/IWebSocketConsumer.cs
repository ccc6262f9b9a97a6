namespace Concierge.WebSockets;

/// <summary>Takes the messages of a connection where they arrive (<see cref="WebSocketReader.PumpAsync"/>). Called by one thread at a time; must not block.</summary>
public interface IWebSocketConsumer
{
    /// <summary>A message has come: <see cref="WebSocketReader.Opcode"/> and <see cref="WebSocketReader.Payload"/>, lent until this returns.</summary>
    /// <returns>False to stop the pump.</returns>
    bool OnMessage();

    /// <summary>All that was there has been taken, at least one message: what it caused may go out together now.</summary>
    void OnPause();
}
