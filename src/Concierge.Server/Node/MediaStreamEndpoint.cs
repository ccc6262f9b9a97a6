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

    private readonly ExecutionContext _ambient = ExecutionContext.Capture() ?? throw new InvalidOperationException("The node was composed where nothing may flow.");

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
            await RefuseAsync(context, Problem.NoModel);
            return;
        }

        IDisposable? place = caps.TryEnter(context.Connection.RemoteIpAddress);
        IDisposable? lease = null;
        try
        {
            if (place is null)
            {
                await RefuseAsync(context, Problem.TooManyStreams);
                return;
            }

            lease = calls.TryEnter();
            IHttpUpgradeFeature? upgrade = context.Features.Get<IHttpUpgradeFeature>();
            if (lease is null || upgrade is not { IsUpgradableRequest: true })
            {
                await RefuseAsync(context, calls.IsDraining ? Problem.Draining : Problem.Busy);
                return;
            }

            context.Response.Headers.Upgrade = "websocket";
            context.Response.Headers.SecWebSocketAccept = accept;
            Stream stream = await upgrade.UpgradeAsync();

            // On an event loop the call gets the connection itself: from here on the server would only stand in the way, and keep what it has made for the request.
            if (context.Features.Get<LoopConnection>()?.TakeOver() is { } carrier)
            {
                _ = ServeAsync(carrier, place, lease);
                place = lease = null;
                return;
            }

            await using UpgradedConnection upgraded = new(stream);
            await RunAsync(upgraded, static state => ((HttpContext)state!).Abort(), context);
        }
        finally
        {
            lease?.Dispose();
            place?.Dispose();
        }
    }

    private async Task RefuseAsync(HttpContext context, Problem problem)
    {
        NodeLog.RefusedUpgrade(log, problem.Status, problem.Detail);
        context.Response.Headers.RetryAfter = RetryAfterSeconds;
        await problem.WriteAsync(context);
    }

    /// <summary>A call beside its request, which ends meanwhile. Never throws.</summary>
    private async Task ServeAsync(LoopCarrier carrier, IDisposable place, IDisposable lease)
    {
        // What the request has made ambient (its log scope, its activity) would be kept for as long as the call lasts.
        ExecutionContext.Restore(_ambient);
        using (place)
        using (lease)
        using (carrier)
        {
            await RunAsync(carrier, static state => ((LoopCarrier)state!).Abort(), carrier);
        }
    }

    private async Task RunAsync(IDuplexPipe carrier, Action<object?> abort, object state)
    {
        long started = time.GetTimestamp();
        CallEndReason reason = CallEndReason.Internal;
        NodeLog.StreamOpened(log, calls.Running);

        // What still runs when the drain's time is up loses its connection, and ends as it would for any lost connection.
        using (calls.Aborted.UnsafeRegister(abort, state))
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
        }

        // What it was and what to do about it stands in the session's own line.
        NodeLog.StreamClosed(log, time.GetElapsedTime(started).TotalSeconds, reason.Name());
    }
}
