namespace Concierge.Server.Api;

/// <summary>Takes a request in plain words, <c>POST /process-request</c>, and sees to it. Registered by whoever runs the text agents.</summary>
internal interface IRequestProcessor
{
    /// <summary>Answers one request.</summary>
    /// <param name="userInput">What the user wants.</param>
    /// <param name="sessionId">The conversation to go on with; null for a new one.</param>
    /// <param name="cancellationToken">The client is gone.</param>
    Task<RequestAnswer> ProcessAsync(string userInput, string? sessionId, CancellationToken cancellationToken);
}
