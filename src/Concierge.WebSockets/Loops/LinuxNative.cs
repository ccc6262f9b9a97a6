using System.Runtime.InteropServices;

namespace Concierge.WebSockets;

/// <summary>The system calls of the event loop. Handles are passed as such, so that none is closed under a call that uses it.</summary>
internal static partial class LinuxNative
{
    public const uint In = 0x001;
    public const uint Out = 0x004;
    public const uint Error = 0x008;
    public const uint HangUp = 0x010;
    public const uint PeerHangUp = 0x2000;
    public const uint EdgeTriggered = 1u << 31;

    public const int Interrupted = 4;
    public const int WouldBlock = 11;
    public const int InProgress = 115;
    public const int Aborted = 103;
    public const int NoSystemCall = 38;
    public const int TooManyFilesInSystem = 23;
    public const int TooManyFiles = 24;
    public const int NoMemory = 12;
    public const int NoBuffers = 105;

    public const int CloseOnExec = 0x80000;
    public const int NonBlocking = 0x800;
    public const int NoSignal = 0x4000;

    /// <summary>F_DUPFD_CLOEXEC: another descriptor of the same file, the lowest that is free.</summary>
    public const int Duplicate = 1030;

    /// <summary>RLIMIT_NOFILE.</summary>
    public const int Descriptors = 7;

    private const int Add = 1;
    private const int SetTimerSlack = 29;

    /// <summary>struct epoll_event is packed on x86-64 only: 12 octets there, 16 elsewhere.</summary>
    public static int EventSize { get; } = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    /// <summary>Where an event's data lies.</summary>
    public static int DataOffset { get; } = EventSize - 8;

    public static int Register(LinuxHandle epoll, SafeHandle handle, uint events, long data)
    {
        Span<byte> e = stackalloc byte[16];
        e.Clear();
        MemoryMarshal.Write(e, events);
        MemoryMarshal.Write(e[DataOffset..], data);
        return EpollControl(epoll, Add, handle, ref MemoryMarshal.GetReference(e));
    }

    /// <summary>Lets this thread's timed waits end when they are due and not up to 50 µs later.</summary>
    public static void SharpenTimers() => ProcessControl(SetTimerSlack, 1, 0, 0, 0);

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int EpollWait(LinuxHandle epoll, ref byte events, int capacity, int milliseconds);

    /// <summary>Linux 5.11: waits with a time in nanoseconds.</summary>
    [LibraryImport("libc", EntryPoint = "epoll_pwait2", SetLastError = true)]
    public static unsafe partial int EpollWaitFine(LinuxHandle epoll, ref byte events, int capacity, in TimeSpec timeout, void* mask);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventCounter(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(LinuxHandle handle, ref ulong value, nint size);

    /// <summary>recv on a socket that does not block.</summary>
    /// <returns>Octets; the error number, negated, when it failed.</returns>
    public static unsafe nint Receive(SafeHandle socket, Span<byte> buffer, int flags)
    {
        bool held = false;
        socket.DangerousAddRef(ref held); // throws, or holds; what follows throws nothing
        fixed (byte* start = &MemoryMarshal.GetReference(buffer))
        {
            nint received = Receive(socket.DangerousGetHandle(), start, buffer.Length, flags);
            if (received < 0)
            {
                received = -Marshal.GetLastSystemError();
            }

            socket.DangerousRelease();
            return received;
        }
    }

    /// <summary>send on a socket that does not block.</summary>
    /// <returns>Octets; the error number, negated, when it failed.</returns>
    public static unsafe nint Send(SafeHandle socket, ReadOnlySpan<byte> buffer, int flags)
    {
        bool held = false;
        socket.DangerousAddRef(ref held);
        fixed (byte* start = &MemoryMarshal.GetReference(buffer))
        {
            nint sent = Send(socket.DangerousGetHandle(), start, buffer.Length, flags);
            if (sent < 0)
            {
                sent = -Marshal.GetLastSystemError();
            }

            socket.DangerousRelease();
            return sent;
        }
    }

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    public static partial int Connect(SafeHandle socket, ref byte address, int length);

    [LibraryImport("libc", EntryPoint = "accept4", SetLastError = true)]
    public static partial int Accept(SafeHandle socket, nint address, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    public static partial int FileControl(SafeHandle handle, int command, int argument);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int handle);

    [LibraryImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    public static partial int GetLimit(int resource, out ResourceLimit limit);

    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    public static partial int SetLimit(int resource, in ResourceLimit limit);

    [LibraryImport("libc", EntryPoint = "nanosleep")]
    public static partial int Sleep(in TimeSpec time, nint remaining);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity", SetLastError = true)]
    public static partial int SetAffinity(int thread, nint size, ref byte mask);

    // Once per frame each: they never block, so the collector may wait for them, and the runtime need not be told of leaving and coming back.
    [LibraryImport("libc", EntryPoint = "recv"), SuppressGCTransition]
    private static unsafe partial nint Receive(nint socket, byte* buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "send"), SuppressGCTransition]
    private static unsafe partial nint Send(nint socket, byte* buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    private static partial int EpollControl(LinuxHandle epoll, int operation, SafeHandle handle, ref byte e);

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int ProcessControl(int option, nuint a, nuint b, nuint c, nuint d);

    /// <summary>struct rlimit on 64-bit systems.</summary>
    public struct ResourceLimit
    {
        public ulong Soft;
        public ulong Hard;
    }

    /// <summary>struct timespec on 64-bit systems.</summary>
    public readonly struct TimeSpec(long nanoseconds)
    {
        public readonly long Seconds = nanoseconds / 1_000_000_000;
        public readonly long Nanoseconds = nanoseconds % 1_000_000_000;
    }
}
