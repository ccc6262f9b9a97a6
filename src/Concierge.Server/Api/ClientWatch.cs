using Concierge.Server.Node.Engine;

namespace Concierge.Server.Api;

/// <summary>Notices within about a second that the client of a long request is gone, whichever engine its connection is on.</summary>
internal sealed class ClientWatch : IDisposable
{
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _gone;
    private readonly ITimer? _timer;

    public ClientWatch(HttpContext context, TimeProvider time)
    {
        _gone = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        if (context.Features.Get<LoopConnection>() is { } connection)
        {
            _timer = time.CreateTimer(_ => Look(connection), null, s_look, s_look);
        }
    }

    /// <summary>Cancelled when the client is gone.</summary>
    public CancellationToken Gone => _gone.Token;

    public void Dispose()
    {
        _timer?.Dispose();
        _gone.Dispose();
    }

    private void Look(LoopConnection connection)
    {
        if (connection.IsClientGone())
        {
            try
            {
                // What is told of it runs elsewhere: nothing that it throws may end the process, as it would on a timer.
                _ = _gone.CancelAsync();
                _timer?.Dispose();
            }
            catch (ObjectDisposedException)
            {
                // The request ended in the same moment.
            }
        }
    }
}
