namespace Concierge.WebSockets;

/// <summary>Whoever waits for a <see cref="LoopStream"/> to have something to read, without a task in between.</summary>
internal interface ILoopReader
{
    /// <summary>There is something: octets, the end, an error. On the loop's thread, or on the one that closed the stream; once per wait.</summary>
    void OnReadable();
}
