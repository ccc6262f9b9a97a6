namespace Concierge.Simulation.Time;

/// <summary>Thrown by <see cref="VirtualTimeLoop"/> when nothing can ever run again: every loop is parked and no timer is pending.</summary>
public sealed class VirtualTimeDeadlockException : InvalidOperationException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was waited for, and for how long.</param>
    public VirtualTimeDeadlockException(string message)
        : base(message)
    {
    }
}
