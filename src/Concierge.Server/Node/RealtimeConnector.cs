using System.Globalization;
using System.IO.Pipelines;
using Concierge.Calls.Twilio;
using Concierge.Pipelines;
using Concierge.Protocols.MediaStreams;
using Concierge.Server.Configuration;
using Concierge.Server.Upstream;
using Concierge.WebSockets;

namespace Concierge.Server.Node;

/// <summary>
/// Dials the Realtime API as configured. The key travels in a header to the configured host only: redirects are never followed, and no message of a
/// failure quotes the address's query, a header or the answer's body. Dials are bounded in rate, and none is made while the API is taken for gone.
/// </summary>
internal sealed class RealtimeConnector : IModelConnector
{
    private static readonly TimeSpan s_afterProbe = TimeSpan.FromMilliseconds(500); // what the probe itself takes, about

    private readonly WebSocketClientConnector _connector;
    private readonly WebSocketClientRequest _request;
    private readonly TimeProvider _time;
    private readonly DialGate _gate;
    private readonly UpstreamHealth? _health;
    private readonly ParkedModels? _parked;

    /// <param name="options">Address, key, and how the key is shown.</param>
    /// <param name="time">The clock of the time-outs.</param>
    /// <param name="health">What is believed of the API; null dials whatever happens, as a probe does.</param>
    /// <param name="parked">Sessions that wait for their streams; null when none are dialled ahead.</param>
    public RealtimeConnector(NodeOptions options, TimeProvider time, UpstreamHealth? health = null, ParkedModels? parked = null)
    {
        _time = time;
        _gate = new DialGate(options.MaxDialsPerSecond, time);
        _health = health;
        _parked = parked;
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
        if (_health is { TakesCalls: false } health)
        {
            throw new ModelConnectException(CallEndReason.ModelRefused, "The Realtime API is taken for gone; it is looked at again soon.") { RetryAfter = health.UntilProbe + s_afterProbe };
        }

        await _gate.EnterAsync(cancellationToken);
        try
        {
            return await _connector.ConnectAsync(_request, loop, cancellationToken);
        }
        catch (WebSocketConnectException exception)
        {
            throw new ModelConnectException(Reason(exception), Describe(exception), exception) { RetryAfter = RetryAfter(exception) };
        }
    }

    public ValueTask<PreparedModel?> TryClaimAsync(StreamStart start, CancellationToken cancellationToken) =>
        _parked is not null && start.CustomParameters.GetValueOrDefault(StreamTokens.ParameterName) is { } token
            ? _parked.ClaimAsync(token, cancellationToken)
            : ValueTask.FromResult<PreparedModel?>(null);

    public void Report(ModelConnectException? failure)
    {
        if (failure is null)
        {
            _health?.Succeeded();
        }
        else if (failure.InnerException is not null || failure.RetryAfter is null)
        {
            // What was refused here, because the API is taken for gone, says nothing about it.
            _health?.Failed(failure);
        }
    }

    /// <summary>Seconds or a date (RFC 9110 §10.2.3); nothing that cannot be read.</summary>
    private TimeSpan? RetryAfter(WebSocketConnectException exception)
    {
        string? text = exception.Response?.Find("Retry-After");
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds))
        {
            return TimeSpan.FromSeconds(seconds);
        }

        return DateTimeOffset.TryParseExact(text, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset at) && at > _time.GetUtcNow()
            ? at - _time.GetUtcNow()
            : null;
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

        public ValueTask<PreparedModel?> TryClaimAsync(StreamStart start, CancellationToken cancellationToken) => connector.TryClaimAsync(start, cancellationToken);

        public void Report(ModelConnectException? failure) => connector.Report(failure);
    }
}
