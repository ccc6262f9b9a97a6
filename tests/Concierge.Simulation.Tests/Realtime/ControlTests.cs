using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Concierge.Simulation.Realtime;
using Concierge.Simulation.Scenarios;
using Concierge.TestKit;

namespace Concierge.Simulation.Tests.Realtime;

/// <summary>The server's own paths: faults for connections, records, client secrets.</summary>
public sealed class ControlTests
{
    [Fact]
    public async Task Faults_are_set_for_the_next_connection_for_all_and_for_one_under_way()
    {
        await using RealtimeTwinServer server = await RealtimeTwinServer.StartAsync(ScenarioLibrary.BookingConfirmed);
        using var http = new HttpClient { BaseAddress = server.HttpUrl };
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));

        await PostAsync(http, "/twin/faults?once", """{"refuseStatus":503}""");
        await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(server, limit.Token));
        await PostAsync(http, "/twin/faults", """{"closeAtMs":1,"closeCode":1013,"closeReason":"later"}""");
        using (ClientWebSocket all = await ConnectAsync(server, limit.Token))
        {
            Assert.Equal((WebSocketCloseStatus)1013, await ReadToEndAsync(all, limit.Token));
        }

        await http.DeleteAsync("/twin/faults");
        using ClientWebSocket one = await ConnectAsync(server, limit.Token);
        var message = new byte[65536];
        await one.ReceiveAsync(message, limit.Token);
        await PostAsync(http, "/twin/sessions/1/faults", """{"errorEventAtMs":0,"errorEventCode":"rate_limit_exceeded","closeAtMs":20,"closeCode":1011}""");
        var said = new StringBuilder();
        Assert.Equal(WebSocketCloseStatus.InternalServerError, await ReadToEndAsync(one, limit.Token, said));
        Assert.Contains("rate_limit_exceeded", said.ToString(), StringComparison.Ordinal);
        await server.WaitForRecordAsync(1, limit.Token);
        JsonNode detail = JsonNode.Parse(await http.GetStringAsync("/twin/sessions/1"))!;
        Assert.Equal(1011, (int)detail["close_code"]!);
        Assert.Equal(2, JsonNode.Parse(await http.GetStringAsync("/twin/sessions"))!.AsArray().Count);
    }

    [Fact]
    public async Task A_handshake_is_slow_and_a_line_breaks_when_the_endpoint_says_so()
    {
        var time = new ManualTimeProvider();
        await using RealtimeTwinServer server = await RealtimeTwinServer.StartAsync(ScenarioLibrary.BookingConfirmed, time: time);
        using var http = new HttpClient { BaseAddress = server.HttpUrl };
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await PostAsync(http, "/twin/faults?once", """{"handshakeDelayMs":3000}""");
        Task<ClientWebSocket> connecting = ConnectAsync(server, limit.Token);
        while (server.Connections == 0)
        {
            await Task.Delay(5, limit.Token);
        }

        Assert.Empty(server.Sessions);
        while (!connecting.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(5, limit.Token);
        }

        using ClientWebSocket slow = await connecting;
        using ClientWebSocket cut = await ConnectAsync(server, limit.Token);
        await PostAsync(http, "/twin/sessions/0/faults", """{"resetAtMs":0}""");
        await PostAsync(http, "/twin/sessions/1/faults", """{"dropMidFrameAtMs":0}""");
        foreach (ClientWebSocket socket in (ClientWebSocket[])[slow, cut])
        {
            Task<WebSocketCloseStatus?> reading = ReadToEndAsync(socket, limit.Token);
            while (!reading.IsCompleted)
            {
                time.Advance(TimeSpan.FromMilliseconds(10));
                await Task.Delay(5, limit.Token);
            }

            await Assert.ThrowsAsync<WebSocketException>(() => reading);
        }
    }

    [Fact]
    public async Task The_query_names_exactly_one_of_model_intent_and_call()
    {
        await using RealtimeTwinServer server = await RealtimeTwinServer.StartAsync(ScenarioLibrary.BookingConfirmed);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        foreach (string query in (string[])["", "?model=m&intent=transcription", "?intent=translation", "?call_id=rtc_1", "?call_id=rtc_1&model=m"])
        {
            using var socket = new ClientWebSocket();
            await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(new Uri(server.Url + query), limit.Token));
            Assert.Empty(server.Sessions);
        }

        using var ears = new ClientWebSocket();
        await ears.ConnectAsync(new Uri(server.Url + "?intent=transcription"), limit.Token);
        var message = new byte[65536];
        WebSocketReceiveResult first = await ears.ReceiveAsync(new ArraySegment<byte>(message), limit.Token);
        Assert.Equal("transcription", JsonNode.Parse(message.AsSpan(0, first.Count))!["session"]!["type"]!.ToString());
    }

    [Fact]
    public async Task Every_event_of_either_direction_is_logged_as_a_line()
    {
        var log = new StringWriter();
        await using RealtimeTwinServer server = await RealtimeTwinServer.StartAsync(ScenarioLibrary.BookingConfirmed, new RealtimeTwinOptions { EventLog = log });
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using (ClientWebSocket socket = await ConnectAsync(server, limit.Token))
        {
            await socket.SendAsync("{\n \"type\": \"input_audio_buffer.clear\"\n}"u8.ToArray(), WebSocketMessageType.Text, true, limit.Token);
            await socket.SendAsync("no \"json\""u8.ToArray(), WebSocketMessageType.Text, true, limit.Token);
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", limit.Token);
        }

        await server.WaitForRecordAsync(0, limit.Token);
        JsonNode[] lines = [.. log.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!)];
        Assert.Equal(["server", "client", "server", "client", "server"], lines.Select(l => l["from"]!.ToString()));
        Assert.Equal(["session.created", "input_audio_buffer.clear", "input_audio_buffer.cleared", "error"], lines.Select(l => (l["event"] as JsonObject)?["type"]!.ToString()).OfType<string>());
        Assert.Equal("no \"json\"", lines[3]["event"]!.ToString());
        Assert.All(lines, l => Assert.StartsWith("sess_", l["session"]!.ToString(), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/twin/faults", """{"explodeAtMs":1}""", HttpStatusCode.BadRequest, "explodeAtMs")]
    [InlineData("/twin/faults", "{", HttpStatusCode.BadRequest, "cannot be read")]
    [InlineData("/twin/sessions/9/faults", "{}", HttpStatusCode.NotFound, "/twin/faults")]
    public async Task What_cannot_be_set_is_said(string path, string body, HttpStatusCode status, string words)
    {
        await using RealtimeTwinServer server = await RealtimeTwinServer.StartAsync(ScenarioLibrary.BookingConfirmed);
        using var http = new HttpClient { BaseAddress = server.HttpUrl };
        using HttpResponseMessage response = await http.PostAsync(path, new StringContent(body));
        Assert.Equal(status, response.StatusCode);
        Assert.Contains(words, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"expires_after":{"anchor":"created_at","seconds":5}}""", "expires_after.seconds")]
    [InlineData("""{"expires_after":{"anchor":"now"}}""", "expires_after.anchor")]
    [InlineData("""{"session":{"instructions":"x"}}""", "session.type")]
    [InlineData("""{"voice":"marin"}""", "voice")]
    public async Task A_client_secret_with_wrong_settings_is_refused(string body, string param)
    {
        await using RealtimeTwinServer server = await RealtimeTwinServer.StartAsync(ScenarioLibrary.BookingConfirmed);
        using var http = new HttpClient();
        using HttpResponseMessage response = await http.PostAsync(server.HttpUrl.AbsoluteUri + "/realtime/client_secrets", new StringContent(body));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(param, JsonNode.Parse(await response.Content.ReadAsStringAsync())!["error"]!["param"]!.ToString());
    }

    [Fact]
    public void A_client_secret_holds_until_it_expires()
    {
        var time = new ManualTimeProvider();
        var secrets = new RealtimeClientSecrets(time);
        JsonNode answer = secrets.Issue(JsonNode.Parse("""{"expires_after":{"seconds":30},"session":{"type":"realtime","model":"m","instructions":"x"}}""")!.AsObject()).Body!;
        string key = answer["value"]!.ToString();
        Assert.Equal(30, (long)answer["expires_at"]! - time.GetUtcNow().ToUnixTimeSeconds());
        Assert.Equal("x", answer["session"]!["instructions"]!.ToString());
        Assert.True(secrets.TryUse(key, out JsonObject? session));
        Assert.Equal("x", session!["instructions"]!.ToString());
        time.Advance(TimeSpan.FromSeconds(31));
        Assert.False(secrets.TryUse(key, out _));
        Assert.False(secrets.TryUse("ek_other", out _));
    }

    private static async Task PostAsync(HttpClient http, string path, string body)
    {
        using HttpResponseMessage response = await http.PostAsync(path, new StringContent(body));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static async Task<ClientWebSocket> ConnectAsync(RealtimeTwinServer server, CancellationToken ct)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri(server.Url + "?model=gpt-realtime-2.1"), ct);
        return socket;
    }

    private static async Task<WebSocketCloseStatus?> ReadToEndAsync(ClientWebSocket socket, CancellationToken ct, StringBuilder? said = null)
    {
        var buffer = new byte[65536];
        while (true)
        {
            WebSocketReceiveResult result = await socket.ReceiveAsync(new ArraySegment<byte>(buffer), ct);
            if (result.MessageType == WebSocketMessageType.Close)
            {
                return result.CloseStatus;
            }

            said?.Append(Encoding.UTF8.GetString(buffer, 0, result.Count));
        }
    }
}
