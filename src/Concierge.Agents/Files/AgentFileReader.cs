using System.Text.Json;
using System.Text.Json.Nodes;
using Concierge.Agents.Guardrails;
using Concierge.Agents.Tools;

namespace Concierge.Agents.Files;

/// <summary>Turns an agent file that fits its schema into agents, and finds what a schema cannot: names that lead nowhere, files that are not there, secrets that are not set.</summary>
internal sealed class AgentFileReader(JsonElement root, string directory, AgentFileOptions options)
{
    private readonly List<AgentProblem> _problems = [];
    private readonly Dictionary<string, AgentTool> _tools = new(StringComparer.Ordinal);
    private readonly Dictionary<string, McpServerConnection> _servers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Guardrail> _guardrails = new(StringComparer.Ordinal);
    private readonly List<string> _files = [];
    private Dictionary<string, string> _variables = [];

    public AgentDefinitions Read()
    {
        _variables = root.Map("variables");
        var guard = new UrlGuard(
            root.TryGetProperty("http", out JsonElement http) ? http.List("allowed_hosts") : [],
            http.ValueKind == JsonValueKind.Object && http.Flag("allow_private_addresses"));
        foreach (JsonProperty server in root.Properties("mcp_servers"))
        {
            ReadServer(server, $"mcp_servers.{server.Name}", guard);
        }

        foreach (JsonProperty tool in root.Properties("tools"))
        {
            ReadTool(tool, $"tools.{tool.Name}", guard);
        }

        foreach (JsonProperty guardrail in root.Properties("guardrails"))
        {
            ReadGuardrail(guardrail, $"guardrails.{guardrail.Name}");
        }

        List<Agent> agents = [.. root.GetProperty("agents").EnumerateArray().Select((a, i) => ReadAgent(a, $"agents[{i}]"))];
        string? start = root.Text("start");
        _problems.AddRange(AgentRules.Check(agents, start));
        AgentSet? set = _problems.Exists(p => p.IsError) ? null : new AgentSet(agents, start);
        return new AgentDefinitions(set, _variables, _problems, [.. _servers.Values]) { Files = [.. _files.Distinct(StringComparer.Ordinal)] };
    }

    private void ReadServer(JsonProperty server, string path, UrlGuard guard)
    {
        string? command = server.Value.Text("command"), url = server.Value.Text("url");
        if ((command is null) == (url is null))
        {
            Error(path, "give either a command or a url");
            return;
        }

        TimeSpan? timeout = server.Value.Number("connect_timeout_seconds") is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
        if (command is not null)
        {
            string? folder = server.Value.Text("cwd") is { } cwd ? Path.Combine(directory, cwd) : directory;
            _servers[server.Name] = McpServerConnection.Stdio(
                server.Name, command, server.Value.List("args"), Secrets(server.Value.Map("env"), $"{path}.env"), folder, timeout);
            return;
        }

        var address = new Uri(url!);
        if (guard.WhyForbidden(address) is { } why)
        {
            Error($"{path}.url", $"{why.TrimEnd('.')}; list the host under http.allowed_hosts");
            return;
        }

        _servers[server.Name] = McpServerConnection.Http(server.Name, address, guard, Secrets(server.Value.Map("headers"), $"{path}.headers"), timeout);
    }

    private void ReadTool(JsonProperty tool, string path, UrlGuard guard)
    {
        if (options.HostTools.ContainsKey(tool.Name))
        {
            Error(path, $"'{tool.Name}' is a tool of the program; choose another name");
            return;
        }

        string description = tool.Value.Text("description")!;
        AgentToolOptions how = ReadOptions(tool.Value);
        if (tool.Value.Text("type") == "file")
        {
            if (Required(tool.Value, "path", path) is { } file)
            {
                string full = Path.Combine(directory, file);
                if (!File.Exists(full))
                {
                    Error($"{path}.path", $"there is no file '{file}' beside this one");
                }

                _tools[tool.Name] = new FileTool(tool.Name, description, full, how, options.Time);
            }

            return;
        }

        if (Required(tool.Value, "url", path) is not { } url)
        {
            return;
        }

        string schema = tool.Value.TryGetProperty("parameters", out JsonElement parameters) ? parameters.GetRawText() : DelegateTool.NoParameters;
        foreach (string place in HttpTool.Places(url).Where(p => !(parameters.ValueKind == JsonValueKind.Object
            && parameters.TryGetProperty("properties", out JsonElement all) && all.TryGetProperty(p, out _))))
        {
            Error($"{path}.url", $"{{{place}}} is not among the tool's parameters");
        }

        try
        {
            var request = new HttpToolRequest
            {
                Method = new HttpMethod(tool.Value.Text("method") ?? "POST"),
                Url = url,
                Headers = Secrets(tool.Value.Map("headers"), $"{path}.headers"),
                Retries = (int)(tool.Value.Number("retries") ?? 0),
                MaxResponseBytes = (int)(tool.Value.Number("max_response_bytes") ?? 256 * 1024),
            };
            _tools[tool.Name] = new HttpTool(tool.Name, description, schema, request, guard, how, options.Time);
        }
        catch (UrlForbiddenException e)
        {
            Error($"{path}.url", $"{e.Message.TrimEnd('.')}; list the host under http.allowed_hosts");
        }
        catch (ArgumentException e)
        {
            Error($"{path}.url", e.Message.TrimEnd('.'));
        }
    }

    private void ReadGuardrail(JsonProperty guardrail, string path)
    {
        if (BuiltInGuardrails.Names.Contains(guardrail.Name))
        {
            Error(path, $"'{guardrail.Name}' is a guardrail of the program; choose another name");
            return;
        }

        try
        {
            TimeSpan? timeout = guardrail.Value.Number("timeout_ms") is { } ms ? TimeSpan.FromMilliseconds(ms) : null;
            _guardrails[guardrail.Name] = new PatternGuardrail(guardrail.Name, guardrail.Value.Text("pattern")!, guardrail.Value.Text("reason")!, timeout)
            {
                FailsOpen = guardrail.Value.Text("fails") != "closed",
            };
        }
        catch (ArgumentException e)
        {
            Error($"{path}.pattern", $"it is not a regular expression: {e.Message.TrimEnd('.')}");
        }
    }

    private Agent ReadAgent(JsonElement agent, string path)
    {
        string name = agent.Text("name")!;
        string instructions = ReadText(agent.GetProperty("instructions"), $"{path}.instructions");
        CheckHoles(instructions, $"{path}.instructions");
        AgentGreeting greeting = agent.TryGetProperty("greeting", out JsonElement hello)
            ? hello.ValueKind == JsonValueKind.String ? new AgentGreeting(true, hello.GetString()) : new AgentGreeting(hello.GetBoolean())
            : AgentGreeting.Wait;
        CheckHoles(greeting.Words ?? "", $"{path}.greeting");
        bool guarded = agent.TryGetProperty("guardrails", out JsonElement guards);
        return new Agent
        {
            Name = name,
            Description = agent.Text("description"),
            Instructions = instructions,
            Model = AgentFileModel.Read(agent),
            Greeting = greeting,
            Interruption = agent.Text("interruption") switch
            {
                "never" => AgentInterruption.Never,
                "after_greeting" => AgentInterruption.AfterGreeting,
                _ => AgentInterruption.Allowed,
            },
            Tools = [.. agent.Items("tools").Select((t, i) => FindTool(t.GetString()!, $"{path}.tools[{i}]")).OfType<AgentTool>()],
            McpServers = [.. agent.Items("mcp_servers").Select((s, i) => FindServer(s, $"{path}.mcp_servers[{i}]")).OfType<McpToolSource>()],
            Handoffs = [.. agent.Items("handoffs").Select((h, i) => ReadHandoff(h, $"{path}.handoffs[{i}]"))],
            InputGuardrails = guarded ? ReadGuards(guards, "input", $"{path}.guardrails.input") : [],
            OutputGuardrails = guarded ? ReadGuards(guards, "output", $"{path}.guardrails.output") : [],
            OutputSchema = agent.TryGetProperty("output_schema", out JsonElement output) ? output.GetRawText() : null,
        };
    }

    private AgentTool? FindTool(string name, string path)
    {
        if (_tools.TryGetValue(name, out AgentTool? tool) || options.HostTools.TryGetValue(name, out tool))
        {
            return tool;
        }

        // A tool that is defined, but wrongly, has been reported where it stands.
        if (!root.Properties("tools").Any(t => t.Name == name))
        {
            string[] known = [.. _tools.Keys, .. options.HostTools.Keys];
            Error(path, $"there is no tool '{name}'{(SchemaCheck.Nearest(name, known) is { } near ? $"; did you mean '{near}'?" : $"; define it under tools, or use one of {string.Join(", ", known.Order())}")}");
        }

        return null;
    }

    private McpToolSource? FindServer(JsonElement use, string path)
    {
        string name = use.ValueKind == JsonValueKind.String ? use.GetString()! : use.Text("server")!;
        if (!_servers.TryGetValue(name, out McpServerConnection? server))
        {
            if (!root.Properties("mcp_servers").Any(s => s.Name == name))
            {
                Error(path, $"there is no tool server '{name}'; define it under mcp_servers");
            }

            return null;
        }

        return use.ValueKind == JsonValueKind.String
            ? new McpToolSource(server)
            : new McpToolSource(server) { AllowedTools = use.TryGetProperty("tools", out _) ? use.List("tools") : null, Options = ReadOptions(use) };
    }

    private Handoff ReadHandoff(JsonElement handoff, string path)
    {
        if (handoff.ValueKind == JsonValueKind.String)
        {
            return new Handoff(handoff.GetString()!);
        }

        Func<AgentContext, bool>? condition = null;
        string? conditionText = null;
        if (handoff.TryGetProperty("when", out JsonElement when))
        {
            string variable = when.Text("variable")!;
            string? wanted = when.Text("equals");
            condition = context => context.Variables.TryGetValue(variable, out string? value)
                && (wanted is null ? value.Length > 0 : string.Equals(value, wanted, StringComparison.OrdinalIgnoreCase));
            conditionText = wanted is null ? variable : $"{variable} = {wanted}";
        }

        AgentTool? first = handoff.Text("on_handoff") is { } tool ? FindTool(tool, $"{path}.on_handoff") : null;
        return new Handoff(handoff.Text("agent")!)
        {
            Description = handoff.Text("description"),
            Condition = condition,
            ConditionText = conditionText,
            OnHandoff = first is null ? null : (told, cancellationToken) => RunFirstAsync(first, told, cancellationToken),
        };
    }

    private static async ValueTask RunFirstAsync(AgentTool tool, HandoffEvent told, CancellationToken cancellationToken)
    {
        bool takesReason = tool.Parameters.TryGetProperty("properties", out JsonElement properties) && properties.TryGetProperty("reason", out _);
        JsonElement arguments = JsonElement.Parse((takesReason ? new JsonObject { ["reason"] = told.Reason ?? "" } : []).ToJsonString());
        var invocation = new ToolInvocation($"handoff_{Guid.NewGuid():n}", arguments, told.From.Name, told.Context, null);
        ToolResult result = await tool.InvokeAsync(invocation, cancellationToken).AsTask().WaitAsync(tool.Options.Timeout, cancellationToken);
        if (result.IsError)
        {
            throw new InvalidOperationException($"{tool.Name} failed.");
        }
    }

    private List<Guardrail> ReadGuards(JsonElement guards, string key, string path)
    {
        var found = new List<Guardrail>();
        foreach ((JsonElement use, int i) in guards.Items(key).Select((g, i) => (g, i)))
        {
            string name = use.ValueKind == JsonValueKind.String ? use.GetString()! : use.Text("name")!;
            int? limit = use.ValueKind == JsonValueKind.Object ? (int?)use.Number("limit") : null;
            if ((_guardrails.GetValueOrDefault(name) ?? BuiltInGuardrails.Find(name, limit)) is { } guardrail)
            {
                found.Add(guardrail);
            }
            else if (!root.Properties("guardrails").Any(g => g.Name == name))
            {
                Error($"{path}[{i}]", $"there is no guardrail '{name}'; define it under guardrails, or use one of {string.Join(", ", BuiltInGuardrails.Names)}");
            }
        }

        return found;
    }

    private static AgentToolOptions ReadOptions(JsonElement tool)
    {
        var how = new AgentToolOptions
        {
            RequiresApproval = tool.Flag("approval"),
            Filler = tool.TryGetProperty("filler", out JsonElement filler)
                ? new ToolFiller(TimeSpan.FromSeconds(filler.Number("after_seconds") ?? 1.5)) is var usual && filler.Text("say") is { } say ? usual with { Instructions = say } : usual
                : null,
        };
        how = tool.Number("timeout_seconds") is { } seconds ? how with { Timeout = TimeSpan.FromSeconds(seconds) } : how;
        return tool.Number("max_result_length") is { } most ? how with { MaxResultLength = (int)most } : how;
    }

    private string ReadText(JsonElement text, string path)
    {
        switch (text.ValueKind)
        {
            case JsonValueKind.String:
                return text.GetString()!;
            case JsonValueKind.Array:
                return string.Join('\n', text.EnumerateArray().Select(l => l.GetString()));
            default:
                string file = text.Text("file")!;
                string full = Path.GetFullPath(Path.Combine(directory, file));
                _files.Add(full);
                try
                {
                    return File.ReadAllText(full);
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    Error($"{path}.file", $"'{file}' cannot be read: {e.Message.TrimEnd('.')}");
                    return "-";
                }
        }
    }

    private void CheckHoles(string text, string path)
    {
        foreach ((string hole, bool hasAlternative) in PromptTemplate.Holes(text))
        {
            if (!hasAlternative && !_variables.ContainsKey(hole) && !options.KnownVariables.Contains(hole))
            {
                Warn(path, $"nothing here sets {{{{{hole}}}}}; unless the call's parameters do, it stays empty: set it under variables or write {{{{{hole}|otherwise}}}}");
            }
        }
    }

    private Dictionary<string, string> Secrets(Dictionary<string, string> texts, string path)
    {
        var filled = new Dictionary<string, string>();
        foreach ((string key, string text) in texts)
        {
            string value = text;
            bool isComplete = true;
            for (int open = value.IndexOf("${", StringComparison.Ordinal); open >= 0; open = value.IndexOf("${", open, StringComparison.Ordinal))
            {
                int close = value.IndexOf('}', open);
                if (close < 0)
                {
                    break;
                }

                string name = value[(open + 2)..close];
                string? secret = options.Secret is null ? Environment.GetEnvironmentVariable(name) : options.Secret(name);
                if (string.IsNullOrEmpty(secret))
                {
                    Warn($"{path}.{key}", $"the secret {name} is not set; it is left out: set {name} in the environment or in .env");
                    isComplete = false;
                }

                value = value[..open] + secret + value[(close + 1)..];
                open += secret?.Length ?? 0;
            }

            if (isComplete)
            {
                filled[key] = value;
            }
        }

        return filled;
    }

    private string? Required(JsonElement element, string name, string path)
    {
        if (element.Text(name) is { } text)
        {
            return text;
        }

        Error(path, $"'{name}' is missing: a tool of type {element.Text("type")} needs it");
        return null;
    }

    private void Error(string path, string message) => _problems.Add(new AgentProblem(path, message));

    private void Warn(string path, string message) => _problems.Add(new AgentProblem(path, message, IsError: false));
}
