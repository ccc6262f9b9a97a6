using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Concierge.Agents.Tools;

/// <summary>
/// One Model Context Protocol server, shared by all conversations: dialled when first needed, its list of tools kept, dialled again after it went away. Dispose it to end
/// a server that was started as a process.
/// </summary>
public sealed class McpServerConnection : IAsyncDisposable
{
    private readonly Func<IClientTransport> _transport;
    private readonly TimeSpan _connectTimeout;
    private readonly ILoggerFactory? _loggers;
    private readonly Lock _gate = new();
    private Task<Connected>? _connected;

    /// <summary>A server behind any transport.</summary>
    /// <param name="name">Its name, for the graph, traces and messages.</param>
    /// <param name="transport">Makes a transport; called again after the connection was lost.</param>
    /// <param name="connectTimeout">How long connecting and listing may take; null for 10 s.</param>
    /// <param name="loggers">Where the protocol logs; null for nowhere.</param>
    public McpServerConnection(string name, Func<IClientTransport> transport, TimeSpan? connectTimeout = null, ILoggerFactory? loggers = null)
    {
        Name = name;
        _transport = transport;
        _connectTimeout = connectTimeout ?? TimeSpan.FromSeconds(10);
        _loggers = loggers;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>A server that is started as a process and spoken to over its standard streams. It gets the given environment, and of ours only the usual few variables.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="command">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Variables for it.</param>
    /// <param name="workingDirectory">Where it runs; null for here.</param>
    /// <param name="connectTimeout">How long its start may take.</param>
    public static McpServerConnection Stdio(
        string name,
        string command,
        IReadOnlyList<string>? arguments = null,
        IReadOnlyDictionary<string, string>? environment = null,
        string? workingDirectory = null,
        TimeSpan? connectTimeout = null) => new(
            name,
            () => new StdioClientTransport(new StdioClientTransportOptions
            {
                Name = name,
                Command = command,
                Arguments = [.. arguments ?? []],
                WorkingDirectory = workingDirectory,
                InheritEnvironmentVariables = false, // our own environment holds keys
                EnvironmentVariables = WithDefaults(environment),
                ShutdownTimeout = TimeSpan.FromSeconds(3),
            }),
            connectTimeout);

    /// <summary>A server on the web, by streamable HTTP.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="endpoint">Where it is.</param>
    /// <param name="guard">Which hosts may be reached.</param>
    /// <param name="headers">Headers for every request, such as an authorization.</param>
    /// <param name="connectTimeout">How long connecting may take.</param>
    public static McpServerConnection Http(
        string name, Uri endpoint, UrlGuard guard, IReadOnlyDictionary<string, string>? headers = null, TimeSpan? connectTimeout = null) => new(
            name,
            () =>
            {
                guard.ThrowIfForbidden(endpoint);
                return new HttpClientTransport(
                    new HttpClientTransportOptions
                    {
                        Name = name,
                        Endpoint = endpoint,
                        TransportMode = HttpTransportMode.StreamableHttp,
                        AdditionalHeaders = headers is null ? null : new Dictionary<string, string>(headers),
                        ConnectionTimeout = connectTimeout ?? TimeSpan.FromSeconds(10),
                    },
                    guard.CreateClient(),
                    null,
                    ownsHttpClient: true);
            },
            connectTimeout);

    /// <summary>Its tools; asked for once per connection.</summary>
    /// <exception cref="McpUnavailableException">The server cannot be reached or does not answer.</exception>
    public async ValueTask<IReadOnlyList<AgentTool>> ListAsync(IReadOnlyList<string>? allowed, AgentToolOptions options, CancellationToken cancellationToken)
    {
        Connected connected = await ConnectAsync(cancellationToken);
        return [.. connected.Tools.Where(t => allowed is null || allowed.Contains(t.Name)).Select(t => new McpTool(this, t, options))];
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Task<Connected>? connected = Interlocked.Exchange(ref _connected, null);
        if (connected is { IsCompletedSuccessfully: true })
        {
            await connected.Result.Client.DisposeAsync();
        }
    }

    internal async ValueTask<ToolResult> CallAsync(string tool, JsonElement arguments, CancellationToken cancellationToken)
    {
        Connected connected = await ConnectAsync(cancellationToken);
        try
        {
            var values = arguments.EnumerateObject().ToDictionary(p => p.Name, p => (object?)p.Value.Clone());
            CallToolResult result = await connected.Client.CallToolAsync(tool, values, cancellationToken: cancellationToken);
            string text = Text(result);
            return result.IsError == true ? ToolResult.Failure($"The tool {tool} reports: {text}") : new ToolResult(text);
        }
        catch (Exception e) when (e is IOException or HttpRequestException or ObjectDisposedException || connected.Client.Completion.IsCompleted)
        {
            Forget(connected);
            throw new McpUnavailableException($"The tool server {Name} went away.", e);
        }
        catch (McpException e)
        {
            return ToolResult.Failure($"The tool server {Name} refused the call of {tool}: {e.Message}");
        }
    }

    private static Dictionary<string, string?> WithDefaults(IReadOnlyDictionary<string, string>? given)
    {
        Dictionary<string, string?> all = [];
        foreach ((string key, string? value) in StdioClientTransportOptions.GetDefaultEnvironmentVariables())
        {
            all[key] = value;
        }

        foreach ((string key, string value) in given ?? new Dictionary<string, string>())
        {
            all[key] = value;
        }

        return all;
    }

    private static string Text(CallToolResult result)
    {
        if (result.StructuredContent is { ValueKind: not JsonValueKind.Null and not JsonValueKind.Undefined } data)
        {
            return data.GetRawText();
        }

        var text = new StringBuilder();
        foreach (ContentBlock block in result.Content)
        {
            text.Append(text.Length > 0 ? "\n" : "").Append(block is TextContentBlock words ? words.Text : $"[{block.Type}]");
        }

        return text.ToString();
    }

    private async Task<Connected> ConnectAsync(CancellationToken cancellationToken)
    {
        Task<Connected> connecting;
        lock (_gate)
        {
            if (_connected is null or { IsFaulted: true } or { IsCanceled: true }
                || (_connected.IsCompletedSuccessfully && _connected.Result.Client.Completion.IsCompleted))
            {
                _connected = DialAsync();
            }

            connecting = _connected;
        }

        return await connecting.WaitAsync(cancellationToken);
    }

    private async Task<Connected> DialAsync()
    {
        // Not the first asker's token: others wait for the same connection.
        using var timeout = new CancellationTokenSource(_connectTimeout);
        try
        {
            McpClient client = await McpClient.CreateAsync(
                _transport(), new McpClientOptions { InitializationTimeout = _connectTimeout }, _loggers, timeout.Token);
            IList<McpClientTool> tools = await client.ListToolsAsync(cancellationToken: timeout.Token);
            return new Connected(client, [.. tools]);
        }
        catch (Exception e) when (e is not McpUnavailableException)
        {
            string why = e is OperationCanceledException or TimeoutException ? $"it did not answer within {_connectTimeout.TotalSeconds:0.#} s" : e.Message;
            throw new McpUnavailableException($"The tool server {Name} cannot be used: {why}", e);
        }
    }

    private void Forget(Connected connected)
    {
        lock (_gate)
        {
            if (_connected is { IsCompletedSuccessfully: true } current && ReferenceEquals(current.Result, connected))
            {
                _connected = null;
            }
        }
    }

    private sealed record Connected(McpClient Client, IReadOnlyList<McpClientTool> Tools);
}
