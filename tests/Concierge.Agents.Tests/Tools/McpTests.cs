using System.ComponentModel;
using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Json.Nodes;
using Concierge.Agents.Realtime;
using Concierge.Agents.Tests.Realtime;
using Concierge.Agents.Tools;
using Concierge.Protocols.Realtime;
using Microsoft.AspNetCore.Http;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Concierge.Agents.Tests.Tools;

public sealed class McpTests
{
    [Fact]
    public async Task The_tools_of_a_server_are_offered_and_carried_out_on_a_call()
    {
        await using var kitchen = new Kitchen();
        var test = new SessionUnderTest(AgentSet.Create(set => set.Agent("Desk").Instructions("x").Mcp(new McpToolSource(kitchen.Connection))), o => o with { Time = TimeProvider.System });
        RealtimeSessionConfig config = await test.BeginAsync();
        Assert.Equal(["dishes", "fail", "secret"], config.Tools!.OfType<RealtimeFunctionTool>().Select(t => t.Name).Order());
        Assert.Equal("soup of monday", await test.CallToolAsync("dishes", """{"day":"monday"}"""));
        Assert.True(JsonDocument.Parse(await test.CallToolAsync("fail", "{}", "c2")).RootElement.TryGetProperty("error", out _));
        Assert.Contains("'day' is missing", await test.CallToolAsync("dishes", "{}", "c3"));
    }

    [Fact]
    public async Task Only_the_allowed_tools_of_a_server_are_offered()
    {
        await using var kitchen = new Kitchen();
        IReadOnlyList<AgentTool> tools = await new McpToolSource(kitchen.Connection) { AllowedTools = ["dishes"] }.ListAsync(default);
        Assert.Equal("dishes", Assert.Single(tools).Name);
        Assert.Equal(ToolKind.Mcp, tools[0].Kind);
    }

    [Fact]
    public async Task A_server_that_is_not_there_costs_its_tools_and_not_the_call()
    {
        await using var gone = McpServerConnection.Stdio("gone", "no-such-program-anywhere");
        var test = new SessionUnderTest(AgentSet.Create(set => set.Agent("Desk").Instructions("x").Tool("here", "x", () => "yes").Mcp(new McpToolSource(gone))), o => o with { Time = TimeProvider.System });
        RealtimeSessionConfig config = await test.BeginAsync();
        Assert.Equal("here", Assert.Single(config.Tools!.OfType<RealtimeFunctionTool>()).Name);
        Assert.Equal("tool_server_unavailable", test.Single<RealtimeSessionEvent.Error>().Code);
    }

    [Fact]
    public async Task Speaks_streamable_http_to_a_server_on_the_web()
    {
        await using LocalServer server = await LocalServer.StartAsync(AnswerAsync);
        await using var web = McpServerConnection.Http(
            "web", new Uri(server.Address, "/mcp"), new UrlGuard(["127.0.0.1"], allowPrivateAddresses: true), new Dictionary<string, string> { ["Authorization"] = "Bearer s3cret" });
        AgentTool tool = Assert.Single(await new McpToolSource(web).ListAsync(default));
        using JsonDocument arguments = JsonDocument.Parse("""{"day":"friday"}""");
        ToolResult result = await tool.InvokeAsync(new ToolInvocation("c1", arguments.RootElement, "Desk", new AgentContext(), null), default);
        Assert.Equal("fish on friday", result.Output);
        Assert.All(server.Requests, r => Assert.Equal("Bearer s3cret", r.Headers["Authorization"]));
    }

    [Fact]
    public async Task A_server_on_the_web_must_be_allowed()
    {
        await using var web = McpServerConnection.Http("web", new Uri("https://evil.example/mcp"), new UrlGuard(["good.example"]));
        McpUnavailableException e = await Assert.ThrowsAsync<McpUnavailableException>(async () => await new McpToolSource(web).ListAsync(default));
        Assert.Contains("not among the allowed hosts", e.Message);
    }

    /// <summary>A server by hand: JSON-RPC over POST, answered at once (MCP, streamable HTTP).</summary>
    private static async Task AnswerAsync(HttpContext context)
    {
        // The body was read by the server's log already; ask it.
        if (context.Items["body"] is not string { Length: > 0 } body || JsonNode.Parse(body) is not JsonObject message || message["id"] is null)
        {
            context.Response.StatusCode = HttpMethods.IsPost(context.Request.Method) ? 202 : 405;
            return;
        }

        JsonNode? result = (string?)message["method"] switch
        {
            "initialize" => new JsonObject
            {
                ["protocolVersion"] = message["params"]!["protocolVersion"]!.DeepClone(),
                ["capabilities"] = new JsonObject { ["tools"] = new JsonObject() },
                ["serverInfo"] = new JsonObject { ["name"] = "web", ["version"] = "1" },
            },
            "tools/list" => JsonNode.Parse("""{"tools":[{"name":"dish","description":"The dish of a day.","inputSchema":{"type":"object","properties":{"day":{"type":"string"}}}}]}"""),
            "tools/call" => new JsonObject { ["content"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = $"fish on {message["params"]!["arguments"]!["day"]}" }) },
            _ => null,
        };
        JsonObject reply = result is null
            ? new JsonObject { ["jsonrpc"] = "2.0", ["id"] = message["id"]!.DeepClone(), ["error"] = new JsonObject { ["code"] = -32601, ["message"] = "Method not found" } }
            : new JsonObject { ["jsonrpc"] = "2.0", ["id"] = message["id"]!.DeepClone(), ["result"] = result };
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(reply.ToJsonString());
    }

    /// <summary>A server of the protocol's own library, at the other end of two pipes.</summary>
    private sealed class Kitchen : IAsyncDisposable
    {
        private readonly CancellationTokenSource _over = new();
        private readonly List<McpServer> _servers = [];

        public Kitchen() => Connection = new McpServerConnection("kitchen", Open);

        public McpServerConnection Connection { get; }

        public async ValueTask DisposeAsync()
        {
            await Connection.DisposeAsync();
            _over.Cancel();
            foreach (McpServer server in _servers)
            {
                await server.DisposeAsync();
            }
        }

        private IClientTransport Open()
        {
            Pipe there = new(), back = new();
            McpServer server = McpServer.Create(
                new StreamServerTransport(there.Reader.AsStream(), back.Writer.AsStream(), "kitchen"),
                new McpServerOptions
                {
                    ServerInfo = new Implementation { Name = "kitchen", Version = "1" },
                    ToolCollection =
                    [
                        McpServerTool.Create(([Description("The day.")] string day) => $"soup of {day}", new McpServerToolCreateOptions { Name = "dishes", Description = "Dishes of a day." }),
                        McpServerTool.Create(string () => throw new InvalidOperationException("burnt"), new McpServerToolCreateOptions { Name = "fail" }),
                        McpServerTool.Create(() => "recipe", new McpServerToolCreateOptions { Name = "secret" }),
                    ],
                });
            _servers.Add(server);
            _ = server.RunAsync(_over.Token);
            return new StreamClientTransport(there.Writer.AsStream(), back.Reader.AsStream());
        }
    }
}
