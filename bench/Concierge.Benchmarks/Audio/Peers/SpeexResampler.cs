using System.Runtime.InteropServices;

namespace Concierge.Benchmarks.Audio;

/// <summary>SpeexDSP's resampler, called as C calls it, through P/Invoke.</summary>
internal sealed unsafe partial class SpeexResampler : IResampler
{
    /// <summary>The library's name where a distribution has it (Debian: libspeexdsp1).</summary>
    public const string Library = "libspeexdsp.so.1";

    private nint _state;

    public SpeexResampler(int from, int to, int quality)
    {
        _state = Init(1, (uint)from, (uint)to, quality, out int error);
        if (_state == 0 || error != 0)
        {
            throw new InvalidOperationException($"speex_resampler_init({from}, {to}, quality {quality}) failed with code {error}.");
        }
    }

    public int Process(ReadOnlySpan<short> source, Span<short> destination)
    {
        uint read = (uint)source.Length;
        uint written = (uint)destination.Length;
        fixed (short* input = source, output = destination)
        {
            _ = ProcessInt(_state, 0, input, ref read, output, ref written);
        }

        return (int)written;
    }

    public void Dispose()
    {
        if (_state != 0)
        {
            Destroy(_state);
            _state = 0;
        }
    }

    [LibraryImport(Library, EntryPoint = "speex_resampler_init")]
    private static partial nint Init(uint channels, uint from, uint to, int quality, out int error);

    [LibraryImport(Library, EntryPoint = "speex_resampler_process_int")]
    private static partial int ProcessInt(nint state, uint channel, short* input, ref uint inputLength, short* output, ref uint outputLength);

    [LibraryImport(Library, EntryPoint = "speex_resampler_destroy")]
    private static partial void Destroy(nint state);
}
