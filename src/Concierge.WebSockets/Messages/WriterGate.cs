using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Concierge.WebSockets;

/// <summary>
/// The short lock of a writer: one interlocked operation to enter, none to leave, against two for <see cref="Lock"/>. It fits what is never held for longer than a frame takes
/// to copy and hardly ever contended, since nearly all that a connection sends is sent by its own loop. Not reentrant.
/// </summary>
internal sealed class WriterGate
{
    private int _held;

    /// <summary>Enters; the scope leaves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Scope Enter()
    {
        if (Interlocked.Exchange(ref _held, 1) != 0)
        {
            Contended();
        }

        return new Scope(this);
    }

    /// <summary>Spins, soon gives the core away and at last sleeps: on a node with a loop per core the holder may need this very one, and at a real-time priority it gets it by nothing less.</summary>
    private void Contended()
    {
        SpinWait spin = default;
        do
        {
            spin.SpinOnce();
        }
        while (Volatile.Read(ref _held) != 0 || Interlocked.Exchange(ref _held, 1) != 0);
    }

    public readonly ref struct Scope(WriterGate gate)
    {
        public void Dispose()
        {
            Debug.Assert(gate._held != 0, "left without entering");
            Volatile.Write(ref gate._held, 0);
        }
    }
}
