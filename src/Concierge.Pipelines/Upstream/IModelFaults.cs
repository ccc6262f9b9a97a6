namespace Concierge.Pipelines.Upstream;

/// <summary>Where whoever uses a connection to the model reports that it is of no more use. The first report wins.</summary>
internal interface IModelFaults
{
    /// <summary>The connection is lost, or must be treated so.</summary>
    void Lose(CallEndReason reason, string detail);
}
