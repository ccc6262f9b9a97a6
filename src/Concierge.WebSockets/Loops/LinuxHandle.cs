using Microsoft.Win32.SafeHandles;

namespace Concierge.WebSockets;

/// <summary>A file descriptor that is no socket.</summary>
internal sealed class LinuxHandle : SafeHandleMinusOneIsInvalid
{
    public LinuxHandle()
        : base(ownsHandle: true)
    {
    }

    public LinuxHandle(int descriptor)
        : base(ownsHandle: true) => SetHandle(descriptor);

    protected override bool ReleaseHandle() => LinuxNative.Close((int)handle) == 0;
}
