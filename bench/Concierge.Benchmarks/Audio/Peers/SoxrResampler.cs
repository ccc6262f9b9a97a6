using System.Runtime.InteropServices;

namespace Concierge.Benchmarks.Audio;

/// <summary>soxr at its default, high quality, called as C calls it, through P/Invoke.</summary>
internal sealed unsafe partial class SoxrResampler : IResampler
{
    /// <summary>The library's name where a distribution has it (Debian: libsoxr0).</summary>
    public const string Library = "libsoxr.so.0";

    private nint _soxr;

    public SoxrResampler(int from, int to)
    {
        IoSpec io = new() { InputType = 3, OutputType = 3, Scale = 1 }; // SOXR_INT16_I
        nint error = 0;
        _soxr = Create(from, to, 1, &error, &io, null, null);
        if (error != 0 || _soxr == 0)
        {
            throw new InvalidOperationException($"soxr_create({from}, {to}) failed: {Marshal.PtrToStringUTF8(error)}.");
        }
    }

    public int Process(ReadOnlySpan<short> source, Span<short> destination)
    {
        nuint read;
        nuint written;
        fixed (short* input = source, output = destination)
        {
            _ = Process(_soxr, input, (nuint)source.Length, &read, output, (nuint)destination.Length, &written);
        }

        return (int)written;
    }

    public void Dispose()
    {
        if (_soxr != 0)
        {
            Delete(_soxr);
            _soxr = 0;
        }
    }

    [LibraryImport(Library, EntryPoint = "soxr_create")]
    private static partial nint Create(double from, double to, uint channels, nint* error, IoSpec* io, void* quality, void* runtime);

    [LibraryImport(Library, EntryPoint = "soxr_process")]
    private static partial nint Process(nint soxr, short* input, nuint inputLength, nuint* read, short* output, nuint outputLength, nuint* written);

    [LibraryImport(Library, EntryPoint = "soxr_delete")]
    private static partial void Delete(nint soxr);

    private struct IoSpec
    {
        public int InputType;
        public int OutputType;
        public double Scale;
        public nint Reserved;
        public nuint Flags;
    }
}
