using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text;
using Concierge.Simulation.Load;

namespace Concierge.Simulation.Tests.Load;

public sealed class LoadStampTextTests
{
    [Fact]
    public void Text_is_the_base64_of_the_stamped_frame_for_every_value()
    {
        byte[] text = new byte[LoadStampText.Pcm16Length];
        byte[] expected = new byte[LoadStampText.Pcm16Length];
        byte[] octets = new byte[160];
        short[] samples = new short[480];
        for (int i = 0; i <= 2 * LoadStamp.MaxValue; i++)
        {
            (int value, bool isId) = (i / 2, (i & 1) != 0);
            LoadStamp.Write(octets, value, isId);
            Base64.EncodeToUtf8(octets, expected, out _, out int length);
            Assert.Equal(LoadStampText.MuLawLength, LoadStampText.Write(text, LoadAudioFormat.MuLaw, value, isId));
            Assert.True(text.AsSpan(0, length).SequenceEqual(expected.AsSpan(0, length)), $"mu-law {value}");

            LoadStamp.Write(samples, value, isId);
            Base64.EncodeToUtf8(MemoryMarshal.AsBytes<short>(samples), expected, out _, out length);
            Assert.Equal(LoadStampText.Pcm16Length, LoadStampText.Write(text, LoadAudioFormat.Pcm16, value, isId));
            Assert.True(text.AsSpan(0, length).SequenceEqual(expected.AsSpan(0, length)), $"PCM {value}");
        }
    }

    [Fact]
    public void A_frame_without_a_stamp_is_silent()
    {
        byte[] text = new byte[LoadStampText.Pcm16Length];
        int length = LoadStampText.WriteSilence(text, LoadAudioFormat.MuLaw);
        Assert.All(Convert.FromBase64String(Encoding.ASCII.GetString(text, 0, length)), octet => Assert.Equal(LoadStamp.Silence, octet));
        length = LoadStampText.WriteSilence(text, LoadAudioFormat.Pcm16);
        Assert.All(Convert.FromBase64String(Encoding.ASCII.GetString(text, 0, length)), octet => Assert.Equal(0, octet));
    }
}
