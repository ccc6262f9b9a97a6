namespace Concierge.WebSockets;

/// <summary>Whoever waits for a <see cref="LoopInput"/>: told without a task in between.</summary>
internal interface IInputSink
{
    /// <summary>A read of the input will find something now, or the wait has failed. On the loop's thread, or on the one that cancelled.</summary>
    /// <param name="fault">What the wait failed with, or null.</param>
    void OnInput(Exception? fault);
}
