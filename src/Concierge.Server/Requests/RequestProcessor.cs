using Concierge.Agents.Text;

namespace Concierge.Server.Requests;

/// <summary>Takes a node's requests to the concierge.</summary>
internal sealed class RequestProcessor(ConciergeService service) : IRequestProcessor
{
    public Task<ConciergeAnswer> ProcessAsync(string userInput, string? sessionId, Action<TextRunEvent>? onEvent, Action<string>? onCall, CancellationToken cancellationToken) =>
        service.AskAsync(userInput, sessionId, onEvent, onCall, cancellationToken);
}
