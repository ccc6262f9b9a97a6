using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Concierge.Audio.Tests;

/// <summary>Every rung against the standard's tables: all codes, all samples, every length and misalignment, guard bytes around the destination.</summary>
public sealed class G711LadderTests
{
    private const int MaxLength = 300;
    private const int MaxShift = 64;
    private const byte Guard = 0xA7;

    public static TheoryData<SimdLevel> Levels
    {
        get
        {
            var data = new TheoryData<SimdLevel>();
            foreach (SimdLevel level in Enum.GetValues<SimdLevel>())
            {
                if (SimdSupport.IsSupported(level))
                {
                    data.Add(level);
                }
            }

            return data;
        }
    }

    [Fact]
    public void The_best_rung_is_supported_and_none_above_it()
    {
        Assert.True(SimdSupport.IsSupported(SimdSupport.Best));
        Assert.DoesNotContain(Enum.GetValues<SimdLevel>(), level => level > SimdSupport.Best && SimdSupport.IsSupported(level));
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public void All_codes_decode_to_the_standards_samples(SimdLevel level)
    {
        byte[] codes = G711StandardTests.AllCodes();
        var mu = new short[256];
        var a = new short[256];
        MuLaw.Decode(level, codes, mu);
        ALaw.Decode(level, codes, a);
        Assert.Equal(codes.Select(StandardTables.MuLawSample), mu);
        Assert.Equal(codes.Select(StandardTables.ALawSample), a);
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public void All_codes_convert_to_the_other_law_by_the_standards_tables_at_every_length(SimdLevel level)
    {
        byte[] codes = [.. G711StandardTests.AllCodes(), .. G711StandardTests.AllCodes()];
        byte[] toA = Array.ConvertAll(codes, code => (byte)(((code & 0x80) | (StandardTables.ALawNumber(~code & 0x7F) - 1)) ^ 0x55));
        byte[] toMu = Array.ConvertAll(codes, code => (byte)((code & 0x80) | (0x7F - StandardTables.MuLawNumber(((code ^ 0x55) & 0x7F) + 1))));
        for (int length = 0; length <= MaxLength; length++)
        {
            int offset = length % 211;
            byte[] converted = new byte[length + 2];
            Array.Fill(converted, Guard);
            MuLaw.ToALaw(level, codes.AsSpan(offset, length), converted.AsSpan(1, length));
            Assert.Equal([Guard, .. toA.AsSpan(offset, length), Guard], converted);
            ALaw.ToMuLaw(level, codes.AsSpan(offset, length), converted.AsSpan(1, length));
            Assert.Equal([Guard, .. toMu.AsSpan(offset, length), Guard], converted);
        }
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public void All_samples_encode_to_the_standards_codes_in_every_lane_pairing(SimdLevel level)
    {
        // The vector forms treat even and odd samples differently: each order puts every sample on both sides of a pair, beside small and large neighbours.
        short[] ascending = G711StandardTests.AllSamples();
        short[] shifted = [.. ascending.Skip(1), ascending[0]];
        var shuffled = (short[])ascending.Clone();
        new Random(11).Shuffle(shuffled);
        foreach (short[] samples in (short[][])[ascending, shifted, shuffled])
        {
            var codes = new byte[samples.Length];
            MuLaw.Encode(level, samples, codes);
            Assert.Equal(Array.ConvertAll(samples, StandardTables.MuLawCode), codes);
            ALaw.Encode(level, samples, codes);
            Assert.Equal(Array.ConvertAll(samples, StandardTables.ALawCode), codes);
        }
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public void Every_length_and_misalignment_decodes_without_touching_its_surroundings(SimdLevel level)
    {
        byte[] source = new byte[MaxLength + MaxShift];
        new Random(1).NextBytes(source);
        short[] mu = Array.ConvertAll(source, StandardTables.MuLawSample);
        short[] a = Array.ConvertAll(source, StandardTables.ALawSample);
        var buffer = new byte[(2 * MaxLength) + MaxShift + 64];
        for (int length = 0; length <= MaxLength; length++)
        {
            for (int shift = 0; shift < MaxShift; shift += length % 16 == 0 ? 1 : 7)
            {
                // A destination of odd byte offset, too: spans of shorts need no alignment.
                foreach ((bool isA, short[] expected) in ((bool, short[])[])[(false, mu), (true, a)])
                {
                    Array.Fill(buffer, Guard);
                    Span<short> destination = Misaligned(buffer, 1 + shift, length);
                    int written = isA ? ALaw.Decode(level, source.AsSpan(shift, length), destination) : MuLaw.Decode(level, source.AsSpan(shift, length), destination);
                    Assert.Equal(length, written);
                    Assert.True(destination.SequenceEqual(expected.AsSpan(shift, length)), $"length {length}, shift {shift}");
                    Assert.True(IsGuard(buffer.AsSpan(0, 1 + shift)) && IsGuard(buffer.AsSpan(1 + shift + (2 * length))), $"length {length}, shift {shift}");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public void Every_length_and_misalignment_encodes_without_touching_its_surroundings(SimdLevel level)
    {
        short[] samples = Signals.Noise(MaxLength, 2);
        byte[] mu = Array.ConvertAll(samples, StandardTables.MuLawCode);
        byte[] a = Array.ConvertAll(samples, StandardTables.ALawCode);
        var bytes = new byte[(2 * MaxLength) + MaxShift + 64];
        var buffer = new byte[MaxLength + MaxShift + 64];
        for (int length = 0; length <= MaxLength; length++)
        {
            for (int shift = 0; shift < MaxShift; shift += length % 16 == 0 ? 1 : 7)
            {
                Span<short> source = Misaligned(bytes, shift, length);
                samples.AsSpan(0, length).CopyTo(source);
                foreach ((bool isA, byte[] expected) in ((bool, byte[])[])[(false, mu), (true, a)])
                {
                    Array.Fill(buffer, Guard);
                    Span<byte> destination = buffer.AsSpan(shift, length);
                    int written = isA ? ALaw.Encode(level, source, destination) : MuLaw.Encode(level, source, destination);
                    Assert.Equal(length, written);
                    Assert.True(destination.SequenceEqual(expected.AsSpan(0, length)), $"length {length}, shift {shift}");
                    Assert.True(IsGuard(buffer.AsSpan(0, shift)) && IsGuard(buffer.AsSpan(shift + length)), $"length {length}, shift {shift}");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public void A_destination_may_overlap_its_source_in_any_way(SimdLevel level)
    {
        for (int offset = 0; offset <= 160; offset += 5)
        {
            var memory = new byte[800];
            new Random(offset).NextBytes(memory);
            byte[] codes = memory.AsSpan(offset, 160).ToArray();
            MuLaw.Decode(level, memory.AsSpan(offset, 160), MemoryMarshal.Cast<byte, short>(memory.AsSpan(80, 320)));
            Assert.Equal(Array.ConvertAll(codes, StandardTables.MuLawSample), MemoryMarshal.Cast<byte, short>(memory.AsSpan(80, 320)).ToArray());

            new Random(offset).NextBytes(memory);
            short[] samples = MemoryMarshal.Cast<byte, short>(memory.AsSpan(80, 320)).ToArray();
            ALaw.Encode(level, MemoryMarshal.Cast<byte, short>(memory.AsSpan(80, 320)), memory.AsSpan(offset, 160));
            Assert.Equal(Array.ConvertAll(samples, StandardTables.ALawCode), memory.AsSpan(offset, 160).ToArray());
        }
    }

    [Fact]
    public void The_portable_128_bit_form_decodes_as_the_standard_says()
    {
        byte[] codes = G711StandardTests.AllCodes();
        var mu = new short[256];
        var a = new short[256];
        G711Vector128.DecodePortable<MuLawConstants>(ref codes[0], ref mu[0], 256);
        G711Vector128.DecodePortable<ALawConstants>(ref codes[0], ref a[0], 256);
        Assert.Equal(codes.Select(StandardTables.MuLawSample), mu);
        Assert.Equal(codes.Select(StandardTables.ALawSample), a);
    }

    [Fact]
    public void The_VBMI_rungs_arithmetic_is_the_standards_with_its_permute_done_in_software()
    {
        if (!SimdSupport.Has512)
        {
            return; // the rest of that rung is AVX-512 BW
        }

        byte[] codes = G711StandardTests.AllCodes();
        var decoded = new short[256];
        G711Vbmi.Decode<MuLawConstants, SoftwarePermute>(ref codes[0], ref decoded[0], 256);
        Assert.Equal(codes.Select(StandardTables.MuLawSample), decoded);
        G711Vbmi.Decode<ALawConstants, SoftwarePermute>(ref codes[0], ref decoded[0], 256);
        Assert.Equal(codes.Select(StandardTables.ALawSample), decoded);

        short[] samples = G711StandardTests.AllSamples();
        var encoded = new byte[samples.Length];
        G711Vbmi.Encode<MuLawConstants, SoftwarePermute>(ref samples[0], ref encoded[0], (nuint)samples.Length);
        Assert.Equal(Array.ConvertAll(samples, StandardTables.MuLawCode), encoded);
        G711Vbmi.Encode<ALawConstants, SoftwarePermute>(ref samples[0], ref encoded[0], (nuint)samples.Length);
        Assert.Equal(Array.ConvertAll(samples, StandardTables.ALawCode), encoded);
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public void Nothing_is_allocated(SimdLevel level)
    {
        var codes = new byte[160];
        var samples = new short[160];
        Round(100);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Round(1000);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Round(int times)
        {
            for (int i = 0; i < times; i++)
            {
                MuLaw.Decode(level, codes, samples);
                MuLaw.Encode(level, samples, codes);
                ALaw.Decode(level, codes, samples);
                ALaw.Encode(level, samples, codes);
            }
        }
    }

    private static Span<short> Misaligned(byte[] bytes, int offset, int count) =>
        MemoryMarshal.CreateSpan(ref Unsafe.As<byte, short>(ref bytes[offset]), count);

    private static bool IsGuard(ReadOnlySpan<byte> bytes) => !bytes.ContainsAnyExcept(Guard);

    private readonly struct SoftwarePermute : IBytePermute
    {
        public static Vector512<byte> Permute(Vector512<byte> lower, Vector512<byte> index, Vector512<byte> upper)
        {
            Span<byte> result = stackalloc byte[64];
            for (int i = 0; i < 64; i++)
            {
                int at = index[i] & 127;
                result[i] = at < 64 ? lower[at] : upper[at - 64];
            }

            return Vector512.Create<byte>(result);
        }
    }
}
