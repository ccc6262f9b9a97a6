using Concierge.PlainBridge;

BridgeSettings settings;
try
{
    settings = BridgeSettings.Read(Environment.GetEnvironmentVariable);
}
catch (FormatException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 2;
}

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenLocalhost(settings.Port, listen =>
{
    if (settings.Certificate is { } certificate)
    {
        listen.UseHttps(certificate);
    }
}));
WebApplication app = builder.Build();
app.UseWebSockets();
app.Run(async context =>
{
    if (!context.WebSockets.IsWebSocketRequest)
    {
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return;
    }

    using System.Net.WebSockets.WebSocket carrier = await context.WebSockets.AcceptWebSocketAsync();
    await new Bridge(carrier, settings, app.Logger).RunAsync(app.Lifetime.ApplicationStopping);
});
await app.RunAsync();
return 0;
