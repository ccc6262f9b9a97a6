using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Concierge.Simulation.Load;

/// <summary>What a <see cref="LoadGenerator"/> plays.</summary>
public sealed record LoadGeneratorOptions
{
    /// <summary>Calls, 1 to 16383.</summary>
    public required int Calls { get; init; }

    /// <summary>What the bridge gives the model.</summary>
    public LoadMode Mode { get; init; }

    /// <summary>Whether a bare byte relay is between the two ends instead of a bridge: each then hears the other's own messages.</summary>
    public bool Relayed { get; init; }

    /// <summary>Calls begun per second. Default 100.</summary>
    public double RampPerSecond { get; init; } = 100;

    /// <summary>How long after the last call began an answer is waited for; a call without one has failed. Default 30 s.</summary>
    public TimeSpan AnswerPatience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Of the calls, the first so many neither read nor return marks, as a far end that hangs. Default 0.</summary>
    public int Stalled { get; init; }

    /// <summary>Of the calls (after the stalled ones), so many whose model sends 25 times faster than speech for as long as the bridge takes it. Default 0.</summary>
    public int Backlogged { get; init; }

    /// <summary>The core of the generator's thread; null leaves it to the system.</summary>
    public int? Core { get; init; }

    /// <summary>Where the Realtime server listens. Default any free port of this machine.</summary>
    public IPEndPoint ModelEndPoint { get; init; } = new(IPAddress.Loopback, 0);

    /// <summary>The Realtime server's certificate with its key, trusted by the callers too; null for plain sockets.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>What the callers' <c>start</c> carries as custom parameters.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();
}
