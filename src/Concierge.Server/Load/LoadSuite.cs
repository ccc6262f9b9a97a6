using System.Net;
using System.Net.Sockets;
using Concierge.Server.Shell;
using Concierge.Simulation.Load;

namespace Concierge.Server.Load;

/// <summary>Makes all the runs: for each step the relay, the bridge and its peers in turn, each in a process of its own.</summary>
/// <param name="options">What to do.</param>
/// <param name="told">Told each run when it is over.</param>
internal sealed class LoadSuite(LoadOptions options, Action<LoadRun> told)
{
    /// <summary>Runs until the last step; a bridge or a peer takes no further part after the first that was too much for it.</summary>
    public async Task<IReadOnlyList<LoadStep>> RunAsync(CancellationToken cancellationToken)
    {
        List<LoadStep> steps = [];
        List<string> left = [LoadKinds.Bridge, .. options.Peers.Select(peer => peer.Name)];
        using LoadCertificate? certificate = options.Tls ? new LoadCertificate() : null;
        foreach (int calls in options.Steps)
        {
            List<LoadRun> runs = [];
            for (int i = 0; i < options.Repeat; i++)
            {
                if (options.Baseline)
                {
                    runs.Add(await MeasureAsync(LoadKinds.Relay, calls, certificate, cancellationToken));
                    told(runs[^1]);
                }

                foreach (string kind in left)
                {
                    runs.Add(await MeasureAsync(kind, calls, certificate, cancellationToken));
                    told(runs[^1]);
                }
            }

            steps.Add(new LoadStep(calls, runs));
            left.RemoveAll(kind => steps[^1].Holds(options.Bound, kind) == false);
            if (left.Count == 0)
            {
                break;
            }
        }

        return steps;
    }

    private async Task<LoadRun> MeasureAsync(string kind, int calls, LoadCertificate? certificate, CancellationToken cancellationToken)
    {
        bool relayed = kind == LoadKinds.Relay;
        PeerBridge? peer = options.Peers.FirstOrDefault(p => p.Name == kind);
        using LoadGenerator generator = Listen(new LoadGeneratorOptions
        {
            Calls = calls,
            Mode = options.Mode,
            Relayed = relayed,
            RampPerSecond = options.Ramp,
            Core = options.GeneratorCore,
            Certificate = certificate?.Certificate,
            Stalled = relayed ? 0 : options.Stalled,
            Backlogged = relayed ? 0 : options.Backlogged,
            ModelEndPoint = new IPEndPoint(IPAddress.Loopback, kind == LoadKinds.Bridge ? options.RealtimePort : 0),
        });
        IPEndPoint realtime = generator.ModelEndPoint;
        using LoadSubject subject = relayed
            ? await LoadSubject.StartRelayAsync(options, realtime, certificate is not null, cancellationToken)
            : peer is not null
                ? await LoadSubject.StartPeerAsync(options, peer, realtime, certificate, cancellationToken)
            : options.Target is null
                ? await LoadSubject.StartNodeAsync(options, calls, realtime, certificate, cancellationToken)
                : await LoadSubject.StartOtherAsync(options, realtime, certificate, cancellationToken);
        await generator.StartCallsAsync(subject.Address, cancellationToken);
        await Task.Delay(options.WarmUp, cancellationToken);

        CountedWindow window = await CountedWindow.RunAsync(
            options.Duration,
            () => subject.ReadCountersAsync(cancellationToken),
            () => subject.Usage,
            () => HostTime.Read(options.Cores),
            generator.StartCounting,
            () => generator.StopCountingAsync(cancellationToken),
            cancellationToken);
        LoadReading reading = await generator.FinishAsync();
        return new LoadRun
        {
            Kind = kind,
            Calls = calls,
            Seconds = window.Seconds,
            Reading = reading,
            Before = window.Before,
            After = window.After,
            Idle = subject.Idle,
            CountersEarlier = window.CountersEarlier,
            CountersBefore = window.CountersBefore,
            CountersAfter = window.CountersAfter,
            StartMilliseconds = subject.StartMilliseconds,
            StolenShare = window.StolenShare,
            Discarded = Judge(reading, subject),
        };
    }

    private LoadGenerator Listen(LoadGeneratorOptions generator)
    {
        try
        {
            return new LoadGenerator(generator);
        }
        catch (SocketException exception)
        {
            throw new CommandException(ExitCodes.Listen, $"cannot listen on {generator.ModelEndPoint} for the Realtime side: {exception.Message}. Set --realtime-port to a free port.");
        }
    }

    private string? Judge(LoadReading reading, LoadSubject subject)
    {
        if (reading.Up.Sent == 0 && reading.Down.Sent == 0)
        {
            string said = string.Join(" / ", subject.LastLines.Split(Environment.NewLine).TakeLast(2));
            return reading.FirstFailure
                ?? (reading.Connected > 0 ? "no call reached the Realtime server with audio: does the bridge dial REALTIME_URL?" : "no call was accepted")
                + (said.Length == 0 ? "" : $"; the bridge said: {said}");
        }

        return reading.Lateness.P99 > options.MaxLateness.TotalNanoseconds
            ? $"the generator itself was late: {reading.Lateness.P99 / 1e6:0.00} ms at the 99th percentile (bound {options.MaxLateness.TotalMilliseconds:0.##} ms); the machine is too busy, or the calls too many for its core"
            : null;
    }
}
