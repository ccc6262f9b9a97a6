namespace Concierge.Pipelines.Legs;

/// <summary>What the sequencer sends to the model.</summary>
internal interface IResponseOutput
{
    /// <summary>Asks the model for a response.</summary>
    void SendResponseCreate(string? instructions);

    /// <summary>Adds a tool's output to the conversation.</summary>
    void SendToolOutput(string callId, string output);
}
