namespace Concierge.Simulation.Load;

/// <summary>One call of a run: its two directions, and its two ends once they are there.</summary>
/// <param name="Id">Its number, which its first frames carry.</param>
/// <param name="Up">From the caller to the model.</param>
/// <param name="Down">From the model to the caller.</param>
internal sealed record LoadCall(int Id, LoadFlow Up, LoadFlow Down)
{
    public LoadCaller? Caller { get; set; }

    /// <summary>Known by the first stamp that names the call.</summary>
    public LoadModel? Model { get; set; }
}
