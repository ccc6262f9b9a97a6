using System.IO.Pipelines;
using Concierge.Pipelines;
using Concierge.Server.Configuration;
using Concierge.WebSockets;

namespace Concierge.Server.Node;

/// <summary>
/// Dials the Realtime API as configured. The key travels in a header to the configured host only: redirects are never followed, and no message of a
/// failure quotes the address's query, a header or the answer's body.
/// </summary>
internal sealed class RealtimeConnector : IModelConnector
{
    private readonly WebSocketClientConnector _connector;
    private readonly WebSocketClientRequest _request;

    /// <param name="options">Address, key, and how the key is shown.</param>
    /// <param name="time">The clock of the time-outs.</param>
    public RealtimeConnector(NodeOptions options, TimeProvider time)
    {
        _connector = new WebSocketClientConnector(new WebSocketConnectorOptions { TimeProvider = time });
        _request = new WebSocketClientRequest(options.RealtimeUrl)
        {
            Headers = options.Authentication switch
            {
                RealtimeAuthentication.Bearer => [new("Authorization", "Bearer " + options.ApiKey)],
                RealtimeAuthentication.ApiKey => [new("api-key", options.ApiKey!)],
                _ => [],
            },
        };
    }

    /// <summary>The same, for the calls of one event loop: their connections to the model are on it too.</summary>
    /// <param name="loop">The loop; null for the platform's engine.</param>
    public IModelConnector On(EventLoop? loop) => loop is null ? this : new OnLoop(this, loop);

    public ValueTask<IDuplexPipe> ConnectAsync(CancellationToken cancellationToken) => ConnectAsync(null, cancellationToken);

    private async ValueTask<IDuplexPipe> ConnectAsync(EventLoop? loop, CancellationToken cancellationToken)
    {
        try
        {
            return await _connector.ConnectAsync(_request, loop, cancellationToken);
        }
        catch (WebSocketConnectException exception)
        {
            throw new ModelConnectException(Reason(exception), Describe(exception), exception);
        }
    }

    private static CallEndReason Reason(WebSocketConnectException exception) => exception.Error switch
    {
        WebSocketConnectError.ConnectTimeout or WebSocketConnectError.HandshakeTimeout => CallEndReason.ModelTimeout,

        // Trying again mends neither a wrong key nor a missing permission.
        WebSocketConnectError.UpgradeRefused when exception.StatusCode is 401 or 403 => CallEndReason.ModelFatalError,
        _ => CallEndReason.ModelRefused,
    };

    private static string Describe(WebSocketConnectException exception) => exception.Error == WebSocketConnectError.UpgradeRefused && exception.StatusCode > 0
        ? $"{exception.Message} HTTP status {exception.StatusCode}."
        : exception.Message;

    private sealed class OnLoop(RealtimeConnector connector, EventLoop loop) : IModelConnector
    {
        public ValueTask<IDuplexPipe> ConnectAsync(CancellationToken cancellationToken) => connector.ConnectAsync(loop, cancellationToken);
    }
}
