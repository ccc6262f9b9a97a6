namespace Concierge.Pipelines.Control;

/// <summary>What the keeper of a call's conduct may have done. The control loop carries it out at once.</summary>
internal interface IConductActions
{
    /// <summary>Has the agent say something; no tool is called for it.</summary>
    void Say(string instructions);

    /// <summary>Adds what the caller entered to the conversation and has the agent answer it.</summary>
    void TellModel(string text);

    /// <summary>Answers a tool call in the tool's place.</summary>
    void AnswerTool(string callId, string output);

    /// <summary>Forgets the caller's turn that is under way.</summary>
    void ForgetTurn();

    /// <summary>Tells the controller and the observers, after what is being handled.</summary>
    void Tell(CallEvent callEvent);

    /// <summary>Asks the model once more for the answer that it could not give.</summary>
    void AskAgain();

    /// <summary>Lets the caller hear that somebody is still there, unless something is being heard.</summary>
    void PlayHoldingSound();

    /// <summary>Gives the model's session up: for another one, or for good.</summary>
    void ReplaceModel(bool forGood, string why);

    /// <summary>Ends the call once the agent has said goodbye and was heard, or did not get to it in time.</summary>
    /// <param name="reason">What the call ends with.</param>
    /// <param name="farewell">What the model is told to say; null for nothing more than it is saying.</param>
    void EndAfterWords(CallEndReason reason, string? farewell);
}
