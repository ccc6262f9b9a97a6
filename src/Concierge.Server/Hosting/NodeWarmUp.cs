using System.Runtime;
using Concierge.Pipelines;
using Concierge.Server.Configuration;
using Concierge.Server.Node;
using Concierge.Simulation.Load;
using Concierge.WebSockets;

namespace Concierge.Server.Hosting;

/// <summary>
/// A few calls of a node of its own, against itself, right after the start: what the runtime compiles step by step while code runs for the first thousands of times is compiled before the
/// first caller would hear it. On one core the compiler takes its time from the frames of running calls.
/// </summary>
/// <remarks>
/// The private node serves as the real one does, with an agent, a journal and a store, and shares nothing with it but the process: its store is a file that goes with it, there is no carrier
/// and nobody reads its calls, it has no metrics, spans or log, and a port that only this machine reaches for as long as it lasts.
/// </remarks>
internal sealed class NodeWarmUp(NodeOptions options, CallRegistry calls, WarmUpProgress progress, ILogger<NodeWarmUp> log)
{
    private const int Calls = 16;

    /// <summary>Plays calls for as long as <see cref="NodeOptions.WarmUp"/> says; the node serves meanwhile.</summary>
    /// <param name="node">The node that is about to serve.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public static Task RunAsync(NodeHost node, CancellationToken cancellationToken) => ActivatorUtilities.CreateInstance<NodeWarmUp>(node.Services).RunAsync(cancellationToken);

    /// <summary>Runs for as long as the options say. A warm-up that fails costs the first calls some milliseconds and nothing else: it is logged.</summary>
    private async Task RunAsync(CancellationToken cancellationToken)
    {
        if (options.WarmUp == TimeSpan.Zero || !EventLoop.IsSupported)
        {
            return;
        }

        progress.IsRunning = true;
        try
        {
            await PlayAsync(cancellationToken);
            if (calls.Running == 0)
            {
                // What the start and the warm-up left behind; with a call on the line it waits for the collector's own turn.
                GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            }

            NodeLog.WarmedUp(log, JitInfo.GetCompiledMethodCount());
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
        catch (Exception exception)
        {
            NodeLog.WarmUpFailed(log, exception);
        }
        finally
        {
            progress.IsRunning = false;
        }
    }

    private async Task PlayAsync(CancellationToken cancellationToken)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("concierge-warm-up-");
        try
        {
            await PlayAsync(folder.FullName, cancellationToken);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task PlayAsync(string folder, CancellationToken cancellationToken)
    {
        using LoadGenerator ends = new(new LoadGeneratorOptions
        {
            Calls = Calls,
            Mode = options.AudioMode == CallAudioMode.Pcm16 ? LoadMode.Pcm16 : LoadMode.MuLaw,
        });
        NodeOptions own = options with
        {
            RealtimeUrl = new Uri($"ws://{ends.ModelEndPoint}/v1/realtime"),
            Authentication = RealtimeAuthentication.None,
            ApiKey = null,
            AudioMode = options.AudioMode == CallAudioMode.ALaw ? CallAudioMode.MuLaw : options.AudioMode,
            Host = "127.0.0.1",
            Port = 0,
            PublicUrl = null,
            AuthTokens = [],
            RequireStreamToken = false,
            Certificate = null,
            Calls = new CallsOptions { DataDirectory = folder, NodeName = "warm-up" },
            RecordingsFolder = null,
            MaxCalls = 2 * Calls,
            MaxStreamsPerRemote = 2 * Calls,
            MaxLateness = TimeSpan.Zero,
            Predial = false,
            Loops = 1,
            WarmUp = TimeSpan.Zero,
            DrainTime = TimeSpan.FromSeconds(1),
        };
        await using NodeAgents agents = NodeAgents.OpenUntraced(own, folder);
        await using NodeHost node = await NodeHost.StartAsync(
            own,
            TimeProvider.System,
            services => new CallStreamHandler(own, services.Tokens, admit => agents.Plan(admit, services), services.Loggers, TimeProvider.System, calls: services.Calls),
            cancellationToken: cancellationToken);
        await ends.StartCallsAsync(new Uri($"ws://127.0.0.1:{node.Address.Port}{FrontDoor.MediaStreamPath}"), cancellationToken);
        await Task.Delay(options.WarmUp, cancellationToken);
        LoadReading reading = await ends.FinishAsync();
        if (reading.Connected < Calls)
        {
            throw new InvalidOperationException($"of {Calls} calls {reading.Connected} came about: {reading.FirstFailure}");
        }
    }
}
