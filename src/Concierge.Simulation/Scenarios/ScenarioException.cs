namespace Concierge.Simulation.Scenarios;

/// <summary>A scenario that cannot be used; the message says where and why.</summary>
public sealed class ScenarioException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">Where and why.</param>
    /// <param name="inner">The cause, if another exception is.</param>
    public ScenarioException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
