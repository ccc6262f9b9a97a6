using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Concierge.WebSockets;

/// <summary>One thread that waits for many sockets (epoll, edge-triggered) and handles what is ready where it wakes: no hand-over to another thread, no system call for what the kernel has told already.</summary>
/// <remarks>
/// <para>Linux only (<see cref="IsSupported"/>). Continuations of what waits for a socket run inline on the loop's thread and must not block: one that does keeps every socket of the loop waiting.</para>
/// <para>Several loops, one per core, share nothing.</para>
/// </remarks>
public sealed class EventLoop : IDisposable
{
    private const int Capacity = 256;
    private const uint Interest = LinuxNative.In | LinuxNative.Out | LinuxNative.PeerHangUp | LinuxNative.EdgeTriggered;
    private const long WakeUp = -1;

    private readonly LinuxHandle _epoll;
    private readonly LinuxHandle _bell;
    private readonly Thread _thread;
    private readonly long _coalesce;
    private readonly int? _core;
    private readonly Action<Exception>? _faulted;
    private readonly Lock _gate = new();

    // Registered sockets; an event carries its slot and the slot's generation, so that none reaches a later tenant.
    private Slot[] _slots = new Slot[256];
    private readonly Stack<int> _free = new();
    private int _used;

    // What was posted, under its own lock, and what of it is being run. A lock that blocks, not a queue that spins until another thread has written: that one may be waiting for this core.
    private readonly Lock _posting = new();
    private List<IEventLoopWork> _posted = [];
    private List<IEventLoopWork> _running = [];
    private volatile bool _bellRung;

    private volatile bool _stopped;
    private bool _company; // the last look found something, so more is likely under way
    private long _lastLook;
    private long _due = long.MaxValue;
    private IEventLoopWork? _timed;

    private long _rounds;
    private long _events;
    private long _busy;
    private long _longest;
    private long _roundStart;

    /// <summary>Starts a loop.</summary>
    /// <param name="options">How it runs; defaults when null.</param>
    /// <exception cref="PlatformNotSupportedException">Not <see cref="IsSupported"/>.</exception>
    public EventLoop(EventLoopOptions? options = null)
    {
        options ??= new EventLoopOptions();
        if (!IsSupported)
        {
            throw new PlatformNotSupportedException("The event loop needs 64-bit Linux.");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(options.Coalesce, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Coalesce, TimeSpan.FromMilliseconds(20));
        _coalesce = (long)(options.Coalesce.TotalSeconds * Stopwatch.Frequency);
        _core = options.Core;
        _faulted = options.Faulted;
        _epoll = Handle(LinuxNative.EpollCreate(LinuxNative.CloseOnExec));
        _bell = Handle(LinuxNative.EventCounter(0, LinuxNative.CloseOnExec | LinuxNative.NonBlocking));
        if (LinuxNative.Register(_epoll, _bell, LinuxNative.In | LinuxNative.EdgeTriggered, WakeUp) != 0)
        {
            throw LoopSocket.Failure(Marshal.GetLastPInvokeError());
        }

        // The loop goes before what compiles, collects words or looks after calls on the same core, which would have it wait until it is done: by the runtime's priority, which is one of the
        // system's at a real-time policy only and in a native program never, and by the kernel's own means (LinuxScheduling).
        _thread = new Thread(Run, 256 * 1024) { IsBackground = true, Name = options.Name, Priority = ThreadPriority.Highest };
        _thread.UnsafeStart();
    }

    /// <summary>Whether this system has what the loop needs.</summary>
    public static bool IsSupported { get; } =
        OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64;

    /// <summary>Whether the caller runs on the loop's thread.</summary>
    public bool IsCurrent => Thread.CurrentThread == _thread;

    /// <summary>Keeps the calling thread, and those it starts, on one core.</summary>
    /// <param name="core">The core, from 0.</param>
    /// <exception cref="PlatformNotSupportedException">Not Linux.</exception>
    /// <exception cref="SocketException">There is no such core, or it is not allowed.</exception>
    public static void PinThread(int core)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException("Pinning needs Linux.");
        }

        Span<byte> mask = stackalloc byte[128];
        mask.Clear();
        ArgumentOutOfRangeException.ThrowIfNegative(core);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(core, mask.Length * 8);
        mask[core / 8] = (byte)(1 << (core % 8));
        if (LinuxNative.SetAffinity(0, mask.Length, ref MemoryMarshal.GetReference(mask)) != 0)
        {
            throw LoopSocket.Failure(Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>Has the loop run something soon. Any thread; allocates nothing in steady state.</summary>
    public void Post(IEventLoopWork work)
    {
        ArgumentNullException.ThrowIfNull(work);
        lock (_posting)
        {
            _posted.Add(work);
            if (_bellRung)
            {
                return;
            }

            _bellRung = true;
        }

        // Each write is an edge: nobody has to read the counter.
        ulong one = 1;
        LinuxNative.Write(_bell, ref one, sizeof(ulong));
    }

    /// <summary>Has the loop run something at a time. One at a time per loop: a later call replaces it. On the loop's thread only.</summary>
    /// <param name="work">What to run.</param>
    /// <param name="timestamp">When, as <see cref="Stopwatch.GetTimestamp"/>.</param>
    public void RunAt(IEventLoopWork work, long timestamp)
    {
        Debug.Assert(IsCurrent, "on the loop's thread");
        _timed = work;
        _due = timestamp;
    }

    /// <summary>What the loop has done; starts a new <see cref="EventLoopUsage.LongestRound"/>. Any thread.</summary>
    public EventLoopUsage TakeUsage()
    {
        // A round that has not ended counts as long as it is by now: that is when it matters.
        long start = Volatile.Read(ref _roundStart);
        long longest = Interlocked.Exchange(ref _longest, 0);
        long running = start == 0 ? 0 : Stopwatch.GetTimestamp() - start;
        return new EventLoopUsage(
            Volatile.Read(ref _rounds), Volatile.Read(ref _events), Stopwatch.GetElapsedTime(0, Volatile.Read(ref _busy)), Stopwatch.GetElapsedTime(0, Math.Max(longest, running)));
    }

    /// <summary>Connects a socket on this loop.</summary>
    /// <param name="socket">A new stream socket; not owned: the caller disposes it when this fails.</param>
    /// <param name="endPoint">Where to.</param>
    /// <param name="ct">Ends the attempt.</param>
    /// <returns>The connected stream, which owns the socket.</returns>
    /// <exception cref="SocketException">The connection was refused or failed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public ValueTask<LoopStream> ConnectAsync(Socket socket, EndPoint endPoint, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(socket);
        ArgumentNullException.ThrowIfNull(endPoint);
        return LoopStream.ConnectAsync(this, socket, endPoint, ct);
    }

    /// <summary>Stops the thread. Sockets that are still open stay so and hear nothing more.</summary>
    public void Dispose()
    {
        if (_stopped)
        {
            return;
        }

        _stopped = true;
        ulong one = 1;
        LinuxNative.Write(_bell, ref one, sizeof(ulong));
        if (!IsCurrent)
        {
            _thread.Join();
            _bell.Dispose();
            _epoll.Dispose();
        }
    }

    internal void Register(LoopSocket socket)
    {
        long data;
        lock (_gate)
        {
            if (!_free.TryPop(out int slot))
            {
                slot = _used++;
                if (slot == _slots.Length)
                {
                    Slot[] larger = new Slot[2 * slot];
                    _slots.CopyTo(larger, 0);
                    Volatile.Write(ref _slots, larger);
                }
            }

            ref Slot place = ref _slots[slot];
            socket.Slot = slot;
            socket.Generation = place.Generation & int.MaxValue;
            Volatile.Write(ref place.Socket, socket);
            data = (uint)slot | ((long)socket.Generation << 32);
        }

        if (LinuxNative.Register(_epoll, socket.Handle, Interest, data) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            Forget(socket);
            throw LoopSocket.Failure(error);
        }
    }

    internal void Forget(LoopSocket socket)
    {
        lock (_gate)
        {
            int slot = socket.Slot;
            if (slot >= 0)
            {
                socket.Slot = -1;
                ref Slot place = ref _slots[slot];
                Volatile.Write(ref place.Socket, null);
                place.Touched = null;
                place.Generation++;
                _free.Push(slot);
            }
        }
    }

    /// <summary>Has a socket's working set fetched whenever the kernel has told of it, before it is handled.</summary>
    internal void Prepare(LoopSocket socket, WorkingSet set)
    {
        WorkingSet.Entry[] entries = set.ToEntries();
        lock (_gate)
        {
            if (socket.Slot >= 0)
            {
                _slots[socket.Slot].Touched = entries;
            }
        }
    }

    /// <summary>How many objects stand in all sockets' sets.</summary>
    internal int PreparedObjects
    {
        get
        {
            lock (_gate)
            {
                int objects = 0;
                foreach (Slot slot in _slots)
                {
                    objects += slot.Touched?.Length ?? 0;
                }

                return objects;
            }
        }
    }

    private static LinuxHandle Handle(int descriptor) => descriptor >= 0 ? new LinuxHandle(descriptor) : throw LoopSocket.Failure(Marshal.GetLastPInvokeError());

    private void Run()
    {
        if (_core is { } core)
        {
            PinThread(core);
        }

        LinuxScheduling.PutForward();
        LinuxNative.SharpenTimers();
        byte[] events = GC.AllocateArray<byte>(Capacity * LinuxNative.EventSize, pinned: true);
        bool fine = true;
        while (!_stopped)
        {
            int count = Wait(events, ref fine);
            long start = Stopwatch.GetTimestamp();
            Volatile.Write(ref _roundStart, start);
            if (count > 0)
            {
                Fetch(events, 0);
            }

            for (int i = 0; i < count; i++)
            {
                if (i + 1 < count)
                {
                    Fetch(events, i + 1);
                }

                ReadOnlySpan<byte> e = events.AsSpan(i * LinuxNative.EventSize, LinuxNative.EventSize);
                uint mask = MemoryMarshal.Read<uint>(e);
                long data = MemoryMarshal.Read<long>(e[LinuxNative.DataOffset..]);
                if (data != WakeUp)
                {
                    Dispatch(data, mask);
                }

                if (i % 16 == 15)
                {
                    // What has a time does not wait behind all that is ready.
                    RunTimed();
                }
            }

            RunPosted();
            RunTimed();
            Volatile.Write(ref _roundStart, 0);
            Account(Stopwatch.GetTimestamp() - start, count);
        }
    }

    /// <summary>Asks for what an event's handling will touch: it comes while the one before is handled, or while the kernel hands over the octets.</summary>
    private void Fetch(byte[] events, int index)
    {
        int slot = MemoryMarshal.Read<int>(events.AsSpan((index * LinuxNative.EventSize) + LinuxNative.DataOffset));
        Slot[] slots = Volatile.Read(ref _slots);
        if ((uint)slot < (uint)slots.Length && slots[slot].Touched is { } entries)
        {
            WorkingSet.Fetch(entries);
        }
    }

    private void Dispatch(long data, uint mask)
    {
        // No lock: the event came after the registration, and who forgets a socket meanwhile has marked it as disposed before.
        LoopSocket? socket = Volatile.Read(ref Volatile.Read(ref _slots)[(int)data].Socket);
        if (socket is null || socket.Generation != (int)(data >> 32))
        {
            return;
        }

        const uint Ended = LinuxNative.PeerHangUp | LinuxNative.HangUp | LinuxNative.Error;
        try
        {
            socket.OnReady(
                (mask & (LinuxNative.In | Ended)) != 0,
                (mask & (LinuxNative.Out | LinuxNative.HangUp | LinuxNative.Error)) != 0,
                (mask & Ended) != 0);
        }
        catch (Exception exception) when (_faulted is not null)
        {
            _faulted(exception);
        }
    }

    private void Run(IEventLoopWork work)
    {
        try
        {
            work.Run();
        }
        catch (Exception exception) when (_faulted is not null)
        {
            _faulted(exception);
        }
    }

    private int Wait(byte[] events, ref bool fine)
    {
        ref byte first = ref MemoryMarshal.GetArrayDataReference(events);
        int count = 0;
        if (_company)
        {
            // A busy loop sleeps once per round, for a time and not for an event: what comes meanwhile wakes nobody, and is found together.
            long left = Math.Min(Until(_lastLook + _coalesce), Until(_due));
            if (left > 0)
            {
                LinuxNative.Sleep(new LinuxNative.TimeSpec(left), 0);
            }

            count = LinuxNative.EpollWait(_epoll, ref first, Capacity, 0);
        }

        if (count == 0)
        {
            count = _due == long.MaxValue ? LinuxNative.EpollWait(_epoll, ref first, Capacity, -1) : WaitFor(Until(_due), ref first, ref fine);
        }

        count = Math.Max(0, count);
        if (_coalesce > 0)
        {
            _company = count is > 0 and < Capacity;
            _lastLook = Stopwatch.GetTimestamp();
        }

        return count;
    }

    /// <summary>Nanoseconds until a time of the stopwatch, 0 when it is past.</summary>
    private static long Until(long timestamp) => timestamp == long.MaxValue ? long.MaxValue : Math.Max(0, (long)((timestamp - Stopwatch.GetTimestamp()) * (1e9 / Stopwatch.Frequency)));

    private unsafe int WaitFor(long nanoseconds, ref byte first, ref bool fine)
    {
        if (fine)
        {
            int count = LinuxNative.EpollWaitFine(_epoll, ref first, Capacity, new LinuxNative.TimeSpec(nanoseconds), null);
            if (count >= 0 || Marshal.GetLastPInvokeError() != LinuxNative.NoSystemCall)
            {
                return count;
            }

            fine = false; // a kernel before 5.11: whole milliseconds
        }

        return LinuxNative.EpollWait(_epoll, ref first, Capacity, (int)Math.Min(int.MaxValue, (nanoseconds + 999_999) / 1_000_000));
    }

    private void RunPosted()
    {
        if (!_bellRung)
        {
            return;
        }

        lock (_posting)
        {
            (_running, _posted) = (_posted, _running);
            _bellRung = false;
        }

        // What these post runs in the next round, after the sockets.
        foreach (IEventLoopWork work in _running)
        {
            Run(work);
        }

        _running.Clear();
    }

    private void RunTimed()
    {
        if (_timed is { } work && Stopwatch.GetTimestamp() >= _due)
        {
            _timed = null;
            _due = long.MaxValue;
            Run(work);
        }
    }

    private void Account(long spent, int count)
    {
        Volatile.Write(ref _rounds, _rounds + 1);
        Volatile.Write(ref _events, _events + count);
        Volatile.Write(ref _busy, _busy + spent);
        if (spent > Volatile.Read(ref _longest))
        {
            Interlocked.Exchange(ref _longest, spent);
        }
    }

    /// <summary>A socket's place: what an event looks at stands together.</summary>
    private struct Slot
    {
        public LoopSocket? Socket;

        /// <summary>What the handling of its octets touches.</summary>
        public WorkingSet.Entry[]? Touched;
        public int Generation;
    }
}
