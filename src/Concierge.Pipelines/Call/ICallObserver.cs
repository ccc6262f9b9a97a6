namespace Concierge.Pipelines;

/// <summary>Sees each event of a call after its controller did. Runs on the call's control loop and must return at once.</summary>
public interface ICallObserver
{
    /// <summary>Takes one event. An exception is logged and does not end the call.</summary>
    void OnEvent(CallEvent callEvent);
}
