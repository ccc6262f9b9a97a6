using System.Net.Sockets;

namespace Concierge.WebSockets;

/// <summary>The last descriptors of the process, which no connection takes: without any, the runtime itself ends the process ("Out of memory"), and every call with it.</summary>
/// <remarks>
/// A system gives the lowest free number (POSIX.1-2024, 2.6), so the number of one that is taken for an instant tells how many are left at least. On systems other than Linux there
/// is always room.
/// </remarks>
public static class DescriptorReserve
{
    /// <summary>How long who waits for descriptors waits until it looks again.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private static readonly LinuxHandle? s_any = OperatingSystem.IsLinux() ? new LinuxHandle(LinuxNative.EventCounter(0, LinuxNative.CloseOnExec)) : null;

    /// <summary>How many descriptors the process may have, which is as many as it may allow itself; null where that is not known.</summary>
    public static int? Limit { get; } = RaiseLimit();

    /// <summary>Descriptors that are kept back from connections that come, and half as many from those that are dialled: an eighth of the limit, at most 64.</summary>
    public static int Size { get; } = Math.Min((Limit ?? int.MaxValue) / 8, 64);

    /// <summary>Whether another connection may be accepted.</summary>
    public static bool HasRoomToAccept() => HasRoom(Size);

    /// <summary>Gives a new socket to dial with.</summary>
    /// <param name="family">The address family.</param>
    /// <exception cref="SocketException"><see cref="SocketError.TooManyOpenSockets"/>: only half of the reserve is left, or less.</exception>
    public static Socket CreateSocket(AddressFamily family)
    {
        Socket socket = new(family, SocketType.Stream, ProtocolType.Tcp);
        if (HasRoom(Size / 2))
        {
            return socket;
        }

        socket.Dispose();
        throw new SocketException((int)SocketError.TooManyOpenSockets);
    }

    private static bool HasRoom(int kept)
    {
        if (s_any is null)
        {
            return true;
        }

        int lowest = LinuxNative.FileControl(s_any, LinuxNative.Duplicate, 0);
        if (lowest < 0)
        {
            return false;
        }

        _ = LinuxNative.Close(lowest);
        return lowest < (Limit ?? int.MaxValue) - kept;
    }

    /// <summary>The runtime raises the soft limit to the hard one at its start, but not in its native form.</summary>
    private static int? RaiseLimit()
    {
        if (!OperatingSystem.IsLinux() || LinuxNative.GetLimit(LinuxNative.Descriptors, out LinuxNative.ResourceLimit limit) != 0)
        {
            return null;
        }

        LinuxNative.ResourceLimit raised = limit with { Soft = limit.Hard };
        ulong most = LinuxNative.SetLimit(LinuxNative.Descriptors, raised) == 0 ? raised.Soft : limit.Soft;
        return (int)Math.Min(most, int.MaxValue);
    }
}
