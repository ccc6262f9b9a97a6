using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Concierge.Simulation.Exchange;

/// <summary>The carrier on a loopback port: its REST interface, and <c>/twin</c> to place calls and to look at what happened.</summary>
public sealed class TwilioExchangeServer : IAsyncDisposable
{
    private const int MaxBody = 256 * 1024;

    private readonly WebApplication _app;
    private readonly ExchangeControl _control;

    private TwilioExchangeServer(WebApplication app, TwilioExchange exchange)
    {
        _app = app;
        Exchange = exchange;
        _control = new ExchangeControl(exchange);
    }

    /// <summary>The carrier served.</summary>
    public TwilioExchange Exchange { get; }

    /// <summary>The address to give a client instead of <c>https://api.twilio.com</c>: <c>http://127.0.0.1:PORT</c>.</summary>
    public Uri Url { get; private set; } = new("http://127.0.0.1");

    /// <summary>Starts a carrier.</summary>
    /// <param name="options">Account, numbers, behaviour; null for the defaults.</param>
    /// <param name="port">Port on the loopback interface; 0 takes a free one.</param>
    /// <param name="time">The clock of calls, webhooks and callbacks; null for the system's.</param>
    /// <returns>The server, listening.</returns>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<TwilioExchangeServer> StartAsync(TwilioExchangeOptions? options = null, int port = 0, TimeProvider? time = null)
    {
        // Empty: no configuration, no logging, no environment of the host program leaks in.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBody;
            kestrel.Listen(IPAddress.Loopback, port);
        });
        WebApplication app = builder.Build();
        var server = new TwilioExchangeServer(app, new TwilioExchange(options, time));
        app.Run(server.HandleAsync);
        await app.StartAsync();
        server.Url = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        server.Exchange.BaseUrl = server.Url;
        return server;
    }

    /// <summary>Ends all calls and stops listening.</summary>
    public async ValueTask DisposeAsync()
    {
        await Exchange.DisposeAsync();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task HandleAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        string path = request.Path.ToUriComponent();
        using var reader = new StreamReader(request.Body, Encoding.UTF8);
        string body = await reader.ReadToEndAsync(context.RequestAborted);
        TwilioRestAnswer answer;
        if (path.StartsWith("/twin", StringComparison.Ordinal))
        {
            answer = _control.Handle(request.Method, path, body);
        }
        else
        {
            if (Exchange.Options.RestFaults.Delay is { Ticks: > 0 } delay)
            {
                await Task.Delay(delay, Exchange.Time, context.RequestAborted);
            }

            answer = Exchange.Handle(request.Method, path + request.QueryString.ToUriComponent(), body, request.Headers.Authorization);
        }

        if (answer.IsLost)
        {
            context.Abort();
            return;
        }

        if (answer.Status == 401)
        {
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"Twilio API\"";
        }

        context.Response.StatusCode = answer.Status;
        if (answer.Body.Length > 0)
        {
            context.Response.ContentType = answer.ContentType;
            await context.Response.Body.WriteAsync(answer.Body, context.RequestAborted);
        }
    }
}
