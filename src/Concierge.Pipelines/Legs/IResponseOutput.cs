namespace Concierge.Pipelines.Legs;

/// <summary>What the sequencer sends to the model.</summary>
internal interface IResponseOutput
{
    /// <summary>Asks the model for a response.</summary>
    /// <param name="instructions">For this response alone; null uses the session's.</param>
    /// <param name="speakOnly">Whether it may only speak and call no tool.</param>
    void SendResponseCreate(string? instructions, bool speakOnly = false);

    /// <summary>Adds a tool's output to the conversation.</summary>
    void SendToolOutput(string callId, string output);
}
