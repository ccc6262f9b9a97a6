using System.Text.Json;
using Concierge.Agents;
using Concierge.Agents.Files;
using Concierge.Agents.Realtime;
using Concierge.Agents.Reservations;
using Concierge.Agents.Telephone;
using Concierge.Protocols.MediaStreams;
using Concierge.Protocols.Realtime;
using Concierge.Server.Configuration;

namespace Concierge.Server.Node;

/// <summary>
/// Who answers this node's calls: the agents of <c>AGENTS_FILE</c>, as the file is when the call begins, or the front desk without one. Also their book of places to put
/// callers through to, and the box for messages.
/// </summary>
internal sealed class NodeAgents : IAsyncDisposable
{
    /// <summary>The stream's parameter that names the agent.</summary>
    public const string Parameter = "agent";

    private readonly NodeOptions _options;
    private readonly AgentFileSource? _file;
    private readonly AgentSet _frontDesk;
    private readonly TransferBook? _transfers;
    private readonly MessageBox _messages;
    private readonly string? _vendorWorkflow;

    private NodeAgents(NodeOptions options, AgentFileSource? file, TransferBook? transfers, string dataDirectory, string? vendorWorkflow)
    {
        _options = options;
        _file = file;
        _transfers = transfers;
        _vendorWorkflow = vendorWorkflow;
        _frontDesk = FrontDeskAgent.Create(options);
        string path = Path.Combine(dataDirectory, "messages.jsonl");
        var gate = new SemaphoreSlim(1);
        _messages = new MessageBox((message, cancellationToken) => KeepAsync(path, gate, message, cancellationToken));
    }

    /// <summary>Reads the agents.</summary>
    /// <param name="options">The node's settings.</param>
    /// <param name="path">The agent file; null for the front desk.</param>
    /// <param name="transfers">Where callers may be put through to; null for nowhere.</param>
    /// <param name="dataDirectory">Where messages are kept.</param>
    /// <param name="vendorWorkflow">The vendor's trace; null for none.</param>
    /// <param name="loggers">Where reloading is noted.</param>
    /// <exception cref="AgentDefinitionException">The file cannot be used.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static NodeAgents Open(NodeOptions options, string? path, TransferBook? transfers, string dataDirectory, string? vendorWorkflow = null, ILoggerFactory? loggers = null) => new(
        options,
        path is null ? null : new AgentFileSource(path, new AgentFileOptions { HostTools = ConciergeTools.Catalog, Loggers = loggers }),
        transfers,
        dataDirectory,
        vendorWorkflow);

    /// <summary>The model's session as the next call will begin with, for dialling ahead.</summary>
    public async ValueTask<RealtimeSessionConfig> ExpectAsync(CancellationToken cancellationToken)
    {
        RealtimeSession session = CreateSession(static (_, _) => ValueTask.CompletedTask);
        return session.Conduct.Apply(await session.ExpectAsync(cancellationToken));
    }

    /// <summary>A session for one call.</summary>
    /// <param name="admit">The node's check of the stream.</param>
    /// <param name="loggers">Where agents log.</param>
    /// <param name="choose">Chooses who begins and fills the context; null goes by the stream's own parameter.</param>
    public RealtimeSession CreateSession(
        Func<StreamStart, CancellationToken, ValueTask> admit,
        ILoggerFactory? loggers = null,
        Func<StreamStart, AgentContext, CancellationToken, ValueTask<string?>>? choose = null)
    {
        AgentDefinitions? current = _file?.Current;
        AgentContext context = current?.CreateContext() ?? new AgentContext();
        context.Set(_messages);
        if (_transfers is not null)
        {
            context.Set(_transfers);
        }

        RealtimeRunnerOptions how = NodeSession.RunnerOptions(_options, TimeProvider.System, admit, loggers) with
        {
            VendorWorkflow = _vendorWorkflow,
            Choose = choose ?? ((start, _, _) => ValueTask.FromResult(current is null ? null : start.CustomParameters.GetValueOrDefault(Parameter))),
        };
        return new RealtimeRunner(current?.Set ?? _frontDesk, how).CreateSession(context);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _file?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>One line of JSON per message, on disk before the caller is told that it was taken.</summary>
    private static async ValueTask KeepAsync(string path, SemaphoreSlim gate, TakenMessage message, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            await File.AppendAllTextAsync(
                path,
                JsonSerializer.Serialize(new { at = DateTimeOffset.UtcNow, call = message.ConversationId, from = message.From, phone = message.Phone, message = message.Text }) + "\n",
                cancellationToken);
        }
        finally
        {
            gate.Release();
        }
    }
}
