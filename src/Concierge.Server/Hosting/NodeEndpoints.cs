using System.Net;
using Concierge.Calls.Journal;
using Concierge.Server.Api;
using Concierge.Server.Configuration;
using Concierge.Server.Node;

namespace Concierge.Server.Hosting;

/// <summary>The node's HTTP surface.</summary>
internal static class NodeEndpoints
{
    /// <summary>Adds the node's endpoints; whatever else is asked for becomes a problem document.</summary>
    public static void MapConcierge(this WebApplication app)
    {
        NodeOptions options = app.Services.GetRequiredService<NodeOptions>();
        CallRegistry calls = app.Services.GetRequiredService<CallRegistry>();
        TwimlEndpoint twiml = app.Services.GetRequiredService<TwimlEndpoint>();
        NodeCalls? memory = app.Services.GetService<NodeCalls>();
        WarmUpProgress warmUp = app.Services.GetRequiredService<WarmUpProgress>();
        MediaStreamEndpoint mediaStream = app.Services.GetRequiredService<MediaStreamEndpoint>();

        app.UseStatusCodePages(page => Describe(page.HttpContext).WriteAsync(page.HttpContext));
        app.MapMethods("/", ["GET", "HEAD"], context => context.Response.WriteAsJsonAsync(
            new NodeStatus("concierge", FrontDoor.Version, calls.IsDraining ? "draining" : "running", options.PublicUrl?.Authority, calls.Running),
            NodeJson.Default.NodeStatus,
            cancellationToken: context.RequestAborted));
        app.MapMethods(FrontDoor.HealthPath, ["GET", "HEAD"], context =>
        {
            // A load balancer takes a draining node out; a full one still serves its calls and stays.
            context.Response.StatusCode = calls.IsDraining ? 503 : 200;
            CallJournalHealth? journal = memory?.Book.Health;
            return context.Response.WriteAsJsonAsync(
                new NodeHealth(
                    calls.IsDraining ? "draining" : "healthy", calls.Running, journal is null ? null : journal.StoreAvailable ? "available" : "away", journal?.Queued + journal?.Spilled,
                    warmUp.IsRunning ? true : null), NodeJson.Default.NodeHealth, cancellationToken: context.RequestAborted);
        });
        if (options.RuntimePage)
        {
            app.MapMethods(FrontDoor.RuntimePath, ["GET"], context =>
            {
                if (context.Connection.RemoteIpAddress is not { } remote || !IPAddress.IsLoopback(remote))
                {
                    return Problem.NotFound.WriteAsync(context);
                }

                return context.Response.WriteAsJsonAsync(RuntimeCounters.Read(), NodeJson.Default.RuntimeCounters, cancellationToken: context.RequestAborted);
            });
        }

        app.MapMethods(FrontDoor.TwimlPath, ["POST", "GET"], twiml.HandleAsync);
        app.MapMethods(FrontDoor.AfterPath, ["POST", "GET"], twiml.HandleAfterAsync);
        HandOverEndpoint handOver = app.Services.GetRequiredService<HandOverEndpoint>();
        app.MapMethods(FrontDoor.WhisperPath, ["POST", "GET"], handOver.HandleWhisperAsync);
        app.MapMethods(FrontDoor.DialledPath, ["POST", "GET"], handOver.HandleDialledAsync);
        app.MapMethods(FrontDoor.StatusPath, ["POST"], app.Services.GetRequiredService<TwilioStatusEndpoint>().HandleAsync);
        app.MapMethods(FrontDoor.MetricsPath, ["GET"], app.Services.GetRequiredService<MetricsEndpoint>().HandleAsync);
        app.Map(FrontDoor.MediaStreamPath, mediaStream.HandleAsync);
        app.Services.GetRequiredService<CallsApi>().Map(app);
    }

    private static Problem Describe(HttpContext context) => context.Response.StatusCode switch
    {
        404 => Problem.NotFound,
        405 => new Problem(405, "Method not allowed", $"Use {context.Response.Headers.Allow}."),
        int status => new Problem(status, "Refused", "The request cannot be served."),
    };
}
