using System.Runtime.InteropServices;

namespace Concierge.Server.Shell;

/// <summary>SIGINT and SIGTERM for one command: the first asks it to finish, the second to let go of everything, the third ends the process.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _first = new();
    private readonly CancellationTokenSource _second = new();
    private readonly PosixSignalRegistration[] _registrations;
    private int _signals;

    private Interruption() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal),
    ];

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _first.Token;

    /// <summary>Cancelled by the second signal.</summary>
    public CancellationToken Force => _second.Token;

    public static Interruption Listen() => new();

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }

        _first.Dispose();
        _second.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        // Cancelling the context keeps the process alive; the third signal goes through.
        int signal = Interlocked.Increment(ref _signals);
        context.Cancel = signal <= 2;
        (signal == 1 ? _first : _second).Cancel();
    }
}
