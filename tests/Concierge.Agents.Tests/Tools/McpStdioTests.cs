using System.Text.Json;
using Concierge.Agents.Tools;

namespace Concierge.Agents.Tests.Tools;

/// <summary>A server as a process of its own, spoken to over its standard streams: a shell script, so that no other program is needed.</summary>
public sealed class McpStdioTests : IDisposable
{
    private const string Script = """
        trap 'echo gone > gone' EXIT
        while IFS= read -r line; do
          id=$(printf '%s' "$line" | sed -n 's/.*"id":\([0-9]*\).*/\1/p')
          case "$line" in
            *'"method":"initialize"'*)
              version=$(printf '%s' "$line" | sed -n 's/.*"protocolVersion":"\([^"]*\)".*/\1/p')
              printf '{"jsonrpc":"2.0","id":%s,"result":{"protocolVersion":"%s","capabilities":{"tools":{}},"serverInfo":{"name":"shell","version":"1"}}}\n' "$id" "$version" ;;
            *'"method":"tools/list"'*)
              printf '{"jsonrpc":"2.0","id":%s,"result":{"tools":[{"name":"dish","description":"The dish of a day.","inputSchema":{"type":"object","properties":{"day":{"type":"string"}},"required":["day"]}}]}}\n' "$id" ;;
            *'"method":"tools/call"'*)
              day=$(printf '%s' "$line" | sed -n 's/.*"day":"\([^"]*\)".*/\1/p')
              printf '{"jsonrpc":"2.0","id":%s,"result":{"content":[{"type":"text","text":"soup on %s, %s, %s"}]}}\n' "$id" "$day" "${GREETING:-none}" "${OPENAI_API_KEY:-no key}" ;;
          esac
        done
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("concierge-mcp-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_server_in_a_process_of_its_own_is_listed_called_and_ended()
    {
        Assert.SkipUnless(File.Exists("/bin/sh"), "The server is a shell script and there is no /bin/sh.");
        await File.WriteAllTextAsync(Path.Combine(_folder, "server.sh"), Script.ReplaceLineEndings("\n"));
        await using (var server = McpServerConnection.Stdio(
            "shell", "/bin/sh", ["server.sh"], new Dictionary<string, string> { ["GREETING"] = "enjoy" }, _folder, connectTimeout: TimeSpan.FromSeconds(60)))
        {
            AgentTool tool = Assert.Single(await new McpToolSource(server).ListAsync(default));
            Assert.Equal(("dish", ToolKind.Mcp), (tool.Name, tool.Kind));
            using JsonDocument arguments = JsonDocument.Parse("""{"day":"friday"}""");
            ToolResult result = await tool.InvokeAsync(new ToolInvocation("c1", arguments.RootElement, "Desk", new AgentContext(), null), default);
            Assert.Equal((false, "soup on friday, enjoy, no key"), (result.IsError, result.Output)); // its own variables, none of ours
        }

        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(60));
        while (!File.Exists(Path.Combine(_folder, "gone")))
        {
            await Task.Delay(20, patience.Token);
        }
    }
}
