using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using Concierge.Audio;
using Concierge.Benchmarks.Harness;

namespace Concierge.Benchmarks.Audio;

/// <summary>The same 20 ms frame through SpeexDSP and soxr, where a distribution has them: side by side with the balanced profile. Peers are called as C calls them, through P/Invoke.</summary>
[BenchmarkCategory("Audio")]
public unsafe partial class ResamplerPeerBenchmarks
{
    private readonly short[] _input = new short[480];
    private readonly short[] _output = new short[640];
    private readonly Dictionary<int, nint> _speex = [];
    private ResamplerStage _stage = null!;
    private nint _soxr;
    private int _frame;

    /// <summary>True: 8 to 24 kHz; false: back.</summary>
    [Params(true, false)]
    public bool Up { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        (int from, int to) = Up ? (8000, 24000) : (24000, 8000);
        _frame = from / 50;
        Tone.Fill(_input, 1000, from);
        _stage = new ResamplerStage(from, to);
        if (!NativePeers.Missing().Contains(NativePeers.Speex))
        {
            foreach (int quality in (int[])[3, 5])
            {
                _speex[quality] = SpeexInit(1, (uint)from, (uint)to, quality, out int error);
                Expect.True(error == 0, "speex_resampler_init");
            }
        }

        if (!NativePeers.Missing().Contains(NativePeers.Soxr))
        {
            SoxrIoSpec io = new() { InputType = 3, OutputType = 3, Scale = 1 }; // SOXR_INT16_I
            nint error = 0;
            _soxr = SoxrCreate(from, to, 1, &error, &io, null, null);
            Expect.True(error == 0 && _soxr != 0, "soxr_create");
        }
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        foreach (nint state in _speex.Values)
        {
            SpeexDestroy(state);
        }

        _speex.Clear();
        if (_soxr != 0)
        {
            SoxrDelete(_soxr);
            _soxr = 0;
        }
    }

    [Benchmark]
    public int Balanced() => _stage.Process(_input.AsSpan(0, _frame), _output);

    [Benchmark]
    [BenchmarkCategory(NativePeers.Speex)]
    public uint Speex3() => Speex(3);

    [Benchmark(Baseline = true)]
    [BenchmarkCategory(NativePeers.Speex)]
    public uint Speex5() => Speex(5);

    [Benchmark]
    [BenchmarkCategory(NativePeers.Soxr)]
    public nuint SoxrHighQuality()
    {
        nuint read;
        nuint written;
        fixed (short* input = _input, output = _output)
        {
            _ = SoxrProcess(_soxr, input, (nuint)_frame, &read, output, (nuint)_output.Length, &written);
        }

        return written;
    }

    private uint Speex(int quality)
    {
        uint read = (uint)_frame;
        uint written = (uint)_output.Length;
        fixed (short* input = _input, output = _output)
        {
            _ = SpeexProcess(_speex[quality], 0, input, ref read, output, ref written);
        }

        return written;
    }

    [LibraryImport(NativePeers.Speex, EntryPoint = "speex_resampler_init")]
    private static partial nint SpeexInit(uint channels, uint from, uint to, int quality, out int error);

    [LibraryImport(NativePeers.Speex, EntryPoint = "speex_resampler_process_int")]
    private static partial int SpeexProcess(nint state, uint channel, short* input, ref uint inputLength, short* output, ref uint outputLength);

    [LibraryImport(NativePeers.Speex, EntryPoint = "speex_resampler_destroy")]
    private static partial void SpeexDestroy(nint state);

    [LibraryImport(NativePeers.Soxr, EntryPoint = "soxr_create")]
    private static partial nint SoxrCreate(double from, double to, uint channels, nint* error, SoxrIoSpec* io, void* quality, void* runtime);

    [LibraryImport(NativePeers.Soxr, EntryPoint = "soxr_process")]
    private static partial nint SoxrProcess(nint soxr, short* input, nuint inputLength, nuint* read, short* output, nuint outputLength, nuint* written);

    [LibraryImport(NativePeers.Soxr, EntryPoint = "soxr_delete")]
    private static partial void SoxrDelete(nint soxr);

    private struct SoxrIoSpec
    {
        public int InputType;
        public int OutputType;
        public double Scale;
        public nint Reserved;
        public nuint Flags;
    }
}
