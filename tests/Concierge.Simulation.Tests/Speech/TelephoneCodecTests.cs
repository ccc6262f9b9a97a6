using Concierge.Audio;
using Concierge.Simulation.Speech;

namespace Concierge.Simulation.Tests.Speech;

/// <summary>The twin's own G.711, against itself and against the product's: two derivations of one recommendation.</summary>
public sealed class TelephoneCodecTests
{
    [Fact]
    public void Encoding_what_was_decoded_gives_the_code_back()
    {
        for (int code = 0; code < 256; code++)
        {
            byte expected = code == 0x7F ? TelephoneCodec.MuLawSilence : (byte)code;
            Assert.Equal(expected, TelephoneCodec.ToMuLaw(TelephoneCodec.FromMuLaw((byte)code)));
            Assert.Equal((byte)code, TelephoneCodec.ToALaw(TelephoneCodec.FromALaw((byte)code)));
        }
    }

    [Fact]
    public void Decodes_every_code_as_the_product_does()
    {
        byte[] codes = [.. Enumerable.Range(0, 256).Select(c => (byte)c)];
        var product = new short[256];
        MuLaw.Decode(codes, product);
        Assert.Equal(product, codes.Select(TelephoneCodec.FromMuLaw));
        ALaw.Decode(codes, product);
        Assert.Equal(product, codes.Select(TelephoneCodec.FromALaw));
    }

    [Fact]
    public void No_other_code_lies_nearer_to_a_sample_than_the_one_chosen()
    {
        for (int sample = short.MinValue; sample <= short.MaxValue; sample += 7)
        {
            int error = Math.Abs(TelephoneCodec.FromMuLaw(TelephoneCodec.ToMuLaw((short)sample)) - sample);
            Assert.True(error <= Enumerable.Range(0, 256).Min(c => Math.Abs(TelephoneCodec.FromMuLaw((byte)c) - sample)));
        }
    }
}
