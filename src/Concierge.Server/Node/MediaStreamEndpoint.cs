using System.Diagnostics;
using System.IO.Pipelines;
using Concierge.Pipelines;
using Concierge.Server.Node.Engine;
using Microsoft.AspNetCore.Http.Features;

namespace Concierge.Server.Node;

/// <summary>
/// <c>/media-stream</c>: from an HTTP request to a running call. In this order: the request's form (RFC 6455 §4.2.1), its signature, room; only then 101.
/// </summary>
internal sealed class MediaStreamEndpoint(RequestAuthority authority, CallRegistry calls, RemoteCaps caps, IMediaStreamHandler handler, TimeProvider time, ILogger<MediaStreamEndpoint> log)
{
    /// <summary>What a refused carrier is told to wait, in seconds.</summary>
    private const string RetryAfterSeconds = "5";

    public async Task HandleAsync(HttpContext context)
    {
        if (UpgradeRequest.Check(context, out string accept) is { } problem)
        {
            NodeLog.RefusedUpgrade(log, problem.Status, problem.Detail);
            await problem.WriteAsync(context);
            return;
        }

        if (!authority.AcceptsUpgrade(context))
        {
            NodeLog.RefusedUpgrade(log, Problem.NotSigned.Status, Problem.NotSigned.Detail);
            await Problem.NotSigned.WriteAsync(context);
            return;
        }

        if (!handler.CanServe)
        {
            NodeLog.RefusedUpgrade(log, Problem.NoModel.Status, Problem.NoModel.Detail);
            context.Response.Headers.RetryAfter = RetryAfterSeconds;
            await Problem.NoModel.WriteAsync(context);
            return;
        }

        using IDisposable? place = caps.TryEnter(context.Connection.RemoteIpAddress);
        if (place is null)
        {
            NodeLog.RefusedUpgrade(log, Problem.TooManyStreams.Status, Problem.TooManyStreams.Detail);
            context.Response.Headers.RetryAfter = RetryAfterSeconds;
            await Problem.TooManyStreams.WriteAsync(context);
            return;
        }

        using IDisposable? lease = calls.TryEnter();
        IHttpUpgradeFeature? upgrade = context.Features.Get<IHttpUpgradeFeature>();
        if (lease is null || upgrade is not { IsUpgradableRequest: true })
        {
            Problem refusal = calls.IsDraining ? Problem.Draining : Problem.Busy;
            NodeLog.RefusedUpgrade(log, refusal.Status, refusal.Detail);
            context.Response.Headers.RetryAfter = RetryAfterSeconds;
            await refusal.WriteAsync(context);
            return;
        }

        await RunAsync(context, upgrade, accept);
    }

    private async Task RunAsync(HttpContext context, IHttpUpgradeFeature upgrade, string accept)
    {
        context.Response.Headers.Upgrade = "websocket";
        context.Response.Headers.SecWebSocketAccept = accept;
        long started = time.GetTimestamp();
        Stream stream = await upgrade.UpgradeAsync();

        // On an event loop the call gets the connection itself: from here on the server would only stand in the way.
        UpgradedConnection? wrapped = null;
        LoopConnection? connection = context.Features.Get<LoopConnection>();
        IDuplexPipe carrier = connection is null ? wrapped = new UpgradedConnection(stream) : connection.TakeOver();
        CallEndReason reason = CallEndReason.Internal;
        NodeLog.StreamOpened(log, calls.Running);

        // What still runs when the drain's time is up loses its connection, and ends as it would for any lost connection.
        using (calls.Aborted.UnsafeRegister(static state => ((HttpContext)state!).Abort(), context))
        {
            try
            {
                reason = await handler.RunAsync(carrier, calls.Draining);
            }
            catch (Exception exception)
            {
                // The session ends its calls by itself; whatever comes out of it is a fault of ours and stays with this call.
                NodeLog.StreamFailed(log, exception);
                Debug.Fail("A media stream's handler threw.", exception.ToString());
            }
            finally
            {
                if (wrapped is not null)
                {
                    await wrapped.DisposeAsync();
                }
            }
        }

        // What it was and what to do about it stands in the session's own line.
        NodeLog.StreamClosed(log, time.GetElapsedTime(started).TotalSeconds, reason.Name());
    }
}
