using Concierge.Agents.Text;

namespace Concierge.Server.Requests;

/// <summary>Takes a request in plain words, <c>POST /process-request</c>, and sees to it. Registered by whoever runs the text agents.</summary>
internal interface IRequestProcessor
{
    /// <summary>Answers one request.</summary>
    /// <param name="userInput">What the user wants.</param>
    /// <param name="sessionId">The conversation to go on with; null for a new one.</param>
    /// <param name="onEvent">Told what happens among the agents; null for nobody.</param>
    /// <param name="onCall">Told the id of each call that is placed; null for nobody.</param>
    /// <param name="cancellationToken">The client is gone: a call under way is hung up.</param>
    /// <exception cref="TextModelException">The model does not answer.</exception>
    /// <exception cref="Calls.Store.CallStoreException">The store cannot be reached.</exception>
    Task<ConciergeAnswer> ProcessAsync(string userInput, string? sessionId, Action<TextRunEvent>? onEvent, Action<string>? onCall, CancellationToken cancellationToken);
}
