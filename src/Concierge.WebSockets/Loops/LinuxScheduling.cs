using System.Runtime.InteropServices;

namespace Concierge.WebSockets;

/// <summary>How the kernel schedules a thread that must be on time: sched_setattr(2).</summary>
internal static partial class LinuxScheduling
{
    private const uint Ordinary = 0;
    private const uint FirstInFirstOut = 1;
    private const uint RoundRobin = 2;
    private const uint HighestPriority = 99;
    private const ulong NotInherited = 1; // SCHED_FLAG_RESET_ON_FORK

    // The shortest turn that the kernel grants. Who asks for short turns is let in before those that asked for long ones (Linux 6.12: EEVDF; 2.8 ms is usual); the share stays the same.
    private const ulong ShortestTurn = 100_000;

    /// <summary>
    /// Puts the calling thread before the process's others on the same core. At a real-time policy by one step of priority: at the same one a thread that wakes waits until the
    /// others have done, up to 100 ms of each. At the ordinary policy by asking for short turns, which needs no right; kernels before 6.12 take no notice. What is not allowed is not done.
    /// </summary>
    public static void PutForward()
    {
        if (!TryGet(out Attributes attributes))
        {
            return;
        }

        switch (attributes.Policy)
        {
            case FirstInFirstOut or RoundRobin:
                attributes.Priority = Math.Min(attributes.Priority + 1, HighestPriority);
                break;
            case Ordinary:
                attributes.Turn = ShortestTurn;

                // Threads that this one starts, the pool's among them, get the usual turns. They would lose a negative niceness with it: then they keep both.
                attributes.Flags |= attributes.Niceness >= 0 ? NotInherited : 0;
                break;
            default:
                return;
        }

        _ = Set(SetNumber, 0, in attributes, 0);
    }

    /// <summary>The calling thread's attributes.</summary>
    public static bool TryGet(out Attributes attributes)
    {
        attributes = default;
        return Get(GetNumber, 0, ref attributes, Marshal.SizeOf<Attributes>(), 0) == 0;
    }

    private static nint SetNumber => RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 314 : 274;

    private static nint GetNumber => RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 315 : 275;

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint Set(nint number, nint thread, in Attributes attributes, nint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint Get(nint number, nint thread, ref Attributes attributes, nint size, nint flags);

    /// <summary>struct sched_attr in its first form.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Attributes
    {
        /// <summary>Of this structure, in octets.</summary>
        public uint Size;

        /// <summary>SCHED_OTHER is 0, SCHED_FIFO 1, SCHED_RR 2.</summary>
        public uint Policy;

        /// <summary>Flags.</summary>
        public ulong Flags;

        /// <summary>-20 to 19, at the ordinary policy.</summary>
        public int Niceness;

        /// <summary>1 to 99, at a real-time policy.</summary>
        public uint Priority;

        /// <summary>How long a turn lasts, in nanoseconds.</summary>
        public ulong Turn;

        /// <summary>Of the deadline policy.</summary>
        public ulong Deadline;

        /// <summary>Of the deadline policy.</summary>
        public ulong Period;
    }
}
