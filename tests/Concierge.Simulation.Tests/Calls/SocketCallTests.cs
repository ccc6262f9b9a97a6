using System.Net;
using Concierge.Simulation.Realtime;
using Concierge.Simulation.Scenarios;
using Concierge.Simulation.Twilio;
using Concierge.WebSockets;

namespace Concierge.Simulation.Tests.Calls;

/// <summary>The twins over real loopback sockets: upgrade, keys, refusals.</summary>
public sealed class SocketCallTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Speaks_first_and_says_session_created_after_a_real_upgrade()
    {
        await using RealtimeTwinServer server = await RealtimeTwinServer.StartAsync(ScenarioLibrary.BookingConfirmed, new RealtimeTwinOptions { ApiKey = "sk-test" });
        await using WebSocketTransport line = await ConnectAsync(server, "sk-test");
        (WebSocketReader reader, WebSocketWriter writer) = Open(line);

        Assert.Equal(WebSocketReadStatus.Message, await reader.ReadAsync().AsTask().WaitAsync(s_patience));
        Assert.Contains("session.created", System.Text.Encoding.UTF8.GetString(reader.Payload), StringComparison.Ordinal);
        await writer.CloseAsync(1000, "");
        RealtimeTwinRecord record = await server.WaitForRecordAsync().WaitAsync(s_patience);
        Assert.Equal(1000, record.CloseCode);
    }

    [Fact]
    public async Task Answers_a_wrong_key_with_101_an_error_and_close_3000()
    {
        await using RealtimeTwinServer server = await RealtimeTwinServer.StartAsync(ScenarioLibrary.BookingConfirmed, new RealtimeTwinOptions { ApiKey = "sk-test" });
        await using WebSocketTransport line = await ConnectAsync(server, "sk-wrong");
        (WebSocketReader reader, _) = Open(line);

        Assert.Equal(WebSocketReadStatus.Message, await reader.ReadAsync().AsTask().WaitAsync(s_patience));
        Assert.Contains("\"invalid_api_key\"", System.Text.Encoding.UTF8.GetString(reader.Payload), StringComparison.Ordinal);
        Assert.Equal(WebSocketReadStatus.Close, await reader.ReadAsync().AsTask().WaitAsync(s_patience));
        Assert.Equal(3000, reader.CloseCode);
        Assert.Equal("invalid_request_error.invalid_api_key", reader.CloseReason);
    }

    [Fact]
    public async Task Refuses_the_upgrade_with_the_status_and_retry_after_it_was_told()
    {
        var options = new RealtimeTwinOptions { Faults = new RealtimeTwinFaults { RefuseStatus = 429, RetryAfterSeconds = 7 } };
        await using RealtimeTwinServer server = await RealtimeTwinServer.StartAsync(ScenarioLibrary.BookingConfirmed, options);

        WebSocketConnectException refused = await Assert.ThrowsAsync<WebSocketConnectException>(() => ConnectAsync(server, "sk"));
        Assert.Equal(429, refused.StatusCode);
    }

    [Theory]
    [InlineData("/v1/other?model=m", 404)]
    [InlineData("/v1/realtime", 400)]
    [InlineData("/openai/v1/realtime?model=m&api-version=2025-04-01-preview", 401)]
    public async Task Refuses_other_paths_and_queries(string path, int status)
    {
        await using RealtimeTwinServer server = await RealtimeTwinServer.StartAsync(ScenarioLibrary.BookingConfirmed);

        WebSocketConnectException refused = await Assert.ThrowsAsync<WebSocketConnectException>(
            () => new WebSocketClientConnector().ConnectAsync(new WebSocketClientRequest(new Uri(server.Url, path))).AsTask());
        Assert.Equal(status, refused.StatusCode);
    }

    [Fact]
    public async Task A_caller_reports_a_webhook_that_is_not_there_and_one_that_gives_no_twiml()
    {
        await using RealtimeTwinServer other = await RealtimeTwinServer.StartAsync(ScenarioLibrary.BookingConfirmed);
        var caller = new TwilioTwinCaller(ScenarioLibrary.BookingConfirmed);
        var address = new UriBuilder(other.Url) { Scheme = "http", Path = "/twiml" };

        TwilioTwinCall call = await caller.CallAsync(address.Uri);
        Assert.Equal((int)HttpStatusCode.NotFound, call.WebhookStatus);
        Assert.Equal(11200, call.ErrorCode);

        await other.DisposeAsync();
        Assert.Equal(11205, (await caller.CallAsync(address.Uri)).ErrorCode);
    }

    private static async Task<WebSocketTransport> ConnectAsync(RealtimeTwinServer server, string key) =>
        await new WebSocketClientConnector().ConnectAsync(new WebSocketClientRequest(new Uri(server.Url + "?model=gpt-realtime-2.1"))
        {
            Headers = [new("Authorization", "Bearer " + key)],
        });

    private static (WebSocketReader Reader, WebSocketWriter Writer) Open(WebSocketTransport line)
    {
        var writer = new WebSocketWriter(line.Output, WebSocketRole.Client);
        return (new WebSocketReader(line.Input, WebSocketRole.Client, WebSocketLimits.Default, writer), writer);
    }
}
