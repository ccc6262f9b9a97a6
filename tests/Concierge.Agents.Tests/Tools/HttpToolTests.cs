using System.Net;
using System.Text.Json;
using Concierge.Agents.Tools;
using Microsoft.AspNetCore.Http;

namespace Concierge.Agents.Tests.Tools;

public sealed class HttpToolTests
{
    private static readonly UrlGuard s_local = new(["127.0.0.1", "localhost"], allowPrivateAddresses: true);

    [Fact]
    public async Task Posts_the_arguments_as_json_with_its_headers_and_gives_the_answer()
    {
        await using LocalServer server = await LocalServer.StartAsync(c => c.Response.WriteAsync("""{"free":3}"""));
        HttpTool tool = Tool(server, "tables", headers: new() { ["Authorization"] = "Bearer s3cret" });
        ToolResult result = await InvokeAsync(tool, """{"date":"2027-06-11","guests":4}""");
        Assert.Equal("""{"free":3}""", result.Output);
        (string method, string target, IReadOnlyDictionary<string, string> headers, string body) = Assert.Single(server.Requests);
        Assert.Equal(("POST", "/tables", """{"date":"2027-06-11","guests":4}"""), (method, target, body));
        Assert.Equal("Bearer s3cret", headers["Authorization"]);
        Assert.Equal("c1", headers["Idempotency-Key"]);
        Assert.StartsWith("application/json", headers["Content-Type"]);
    }

    [Fact]
    public async Task Fills_places_of_path_and_query_escaped_so_that_an_argument_cannot_leave_its_place()
    {
        await using LocalServer server = await LocalServer.StartAsync(c => c.Response.WriteAsync("ok"));
        HttpTool tool = Tool(server, "tables/{id}?lang={lang}", method: HttpMethod.Get);
        await InvokeAsync(tool, """{"id":"../admin?x=1#y","lang":"d&e","more":"a b"}""");
        Assert.Equal("/tables/..%2Fadmin%3Fx%3D1%23y?lang=d%26e&more=a%20b", Assert.Single(server.Requests).Target);
        await InvokeAsync(tool, """{"id":"..","lang":"de"}""");
        Assert.Equal("/tables/?lang=de", server.Requests.Last().Target);
    }

    [Theory]
    [InlineData(503, 3)]
    [InlineData(429, 3)]
    [InlineData(404, 1)]
    [InlineData(500, 1)]
    public async Task Tries_again_what_may_pass_and_nothing_else(int status, int attempts)
    {
        await using LocalServer server = await LocalServer.StartAsync(c =>
        {
            c.Response.StatusCode = status;
            return c.Response.WriteAsync("out of order");
        });
        ToolResult result = await InvokeAsync(Tool(server, "x", retries: 2), "{}");
        Assert.True(result.IsError);
        Assert.Contains($"answered {status}: out of order", result.Output);
        Assert.Equal(attempts, server.Requests.Count);
    }

    [Fact]
    [Trait("door", "foreign addresses")]
    public async Task Does_not_follow_a_redirect_wherever_it_leads()
    {
        await using LocalServer forbidden = await LocalServer.StartAsync(c => c.Response.WriteAsync("secret"));
        await using LocalServer server = await LocalServer.StartAsync(c =>
        {
            c.Response.Redirect(forbidden.Address.ToString());
            return Task.CompletedTask;
        });
        ToolResult result = await InvokeAsync(Tool(server, "x", headers: new() { ["Authorization"] = "Bearer s3cret" }), "{}");
        Assert.Contains("redirect, which is not followed", result.Output);
        Assert.Empty(forbidden.Requests);
    }

    [Fact]
    public async Task Reads_no_more_of_a_huge_answer_than_it_may()
    {
        await using LocalServer server = await LocalServer.StartAsync(async c =>
        {
            byte[] piece = new byte[64 * 1024];
            piece.AsSpan().Fill((byte)'x');
            for (int i = 0; i < 16_384 && !c.RequestAborted.IsCancellationRequested; i++)
            {
                await c.Response.Body.WriteAsync(piece, c.RequestAborted);
            }
        });
        ToolResult result = await InvokeAsync(Tool(server, "x", maxBytes: 10_000), "{}");
        Assert.Equal(10_000, result.Output.Length);
    }

    [Fact]
    public async Task A_server_that_never_answers_is_left_when_the_time_is_over()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using LocalServer server = await LocalServer.StartAsync(async c =>
        {
            asked.TrySetResult();
            await Task.Delay(Timeout.Infinite, c.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        });
        using var over = new CancellationTokenSource();
        Task<ToolResult> waiting = InvokeAsync(Tool(server, "x"), "{}", over.Token);
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(30));
        over.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_told_plainly()
    {
        LocalServer gone = await LocalServer.StartAsync(c => Task.CompletedTask);
        HttpTool tool = Tool(gone, "x");
        await gone.DisposeAsync();
        ToolResult result = await InvokeAsync(tool, "{}");
        Assert.Contains("could not be reached", result.Output);
    }

    [Theory]
    [InlineData("https://evil.example/x", "not among the allowed hosts")]
    [InlineData("http://api.example.com/x", "'http' is not allowed")]
    [InlineData("https://user:pw@api.example.com/x", "must not carry a user name")]
    [InlineData("https://api.example.com.evil.example/x", "not among the allowed hosts")]
    [InlineData("https://169.254.169.254/latest/meta-data", "not among the allowed hosts")]
    [Trait("door", "foreign addresses")]
    public void Is_not_even_made_for_an_address_that_is_not_allowed(string url, string why)
    {
        UrlForbiddenException e = Assert.Throws<UrlForbiddenException>(() => new HttpTool(
            "x", "x", DelegateTool.NoParameters, new HttpToolRequest { Method = HttpMethod.Get, Url = url }, new UrlGuard(["api.example.com"])));
        Assert.Contains(why, e.Message);
    }

    [Theory]
    [InlineData("https://{host}/x")]
    [InlineData("https://api.example.com.{x}/y")]
    [InlineData("ftp://api.example.com/x")]
    [InlineData("not a url")]
    public void The_host_is_fixed(string url) => Assert.Throws<ArgumentException>(() => new HttpTool(
        "x", "x", DelegateTool.NoParameters, new HttpToolRequest { Method = HttpMethod.Get, Url = url }, new UrlGuard(["api.example.com"])));

    [Fact]
    [Trait("door", "foreign addresses")]
    public async Task An_allowed_name_at_a_private_address_is_not_reached()
    {
        await using LocalServer server = await LocalServer.StartAsync(c => c.Response.WriteAsync("internal"));
        var rebinding = new UrlGuard(["api.example.com"], resolve: (_, _) => Task.FromResult(new[] { IPAddress.Loopback }));
        var tool = new HttpTool(
            "x", "x", DelegateTool.NoParameters, new HttpToolRequest { Method = HttpMethod.Get, Url = $"https://api.example.com:{server.Address.Port}/x" }, rebinding);
        ToolResult result = await InvokeAsync(tool, "{}");
        Assert.Contains("private or local address", result.Output);
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("1.1.1.1", true)]
    [InlineData("10.0.0.1", false)]
    [InlineData("127.0.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("172.16.0.1", false)]
    [InlineData("172.32.0.1", true)]
    [InlineData("192.168.1.1", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("100.128.0.1", true)]
    [InlineData("198.18.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::1", false)]
    [InlineData("::", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("::ffff:8.8.8.8", true)]
    [InlineData("64:ff9b::a00:1", false)]
    [InlineData("64:ff9b::808:808", true)]
    [InlineData("2002:a00:1::", false)]
    [InlineData("2001:db8::1", false)]
    [InlineData("2606:4700::1111", true)]
    [Trait("door", "foreign addresses")]
    public void Knows_which_addresses_are_everybodys(string address, bool isPublic) => Assert.Equal(isPublic, UrlGuard.IsPublic(IPAddress.Parse(address)));

    private static HttpTool Tool(
        LocalServer server, string path, HttpMethod? method = null, Dictionary<string, string>? headers = null, int retries = 0, int maxBytes = 256 * 1024) => new(
            "tables",
            "For tests.",
            """{"type":"object"}""",
            new HttpToolRequest { Method = method ?? HttpMethod.Post, Url = server.Address + path, Headers = headers ?? [], Retries = retries, MaxResponseBytes = maxBytes },
            s_local);

    private static async Task<ToolResult> InvokeAsync(HttpTool tool, string arguments, CancellationToken cancellationToken = default)
    {
        using JsonDocument document = JsonDocument.Parse(arguments);
        return await tool.InvokeAsync(new ToolInvocation("c1", document.RootElement, "Desk", new AgentContext("call-1"), null), cancellationToken);
    }
}
