namespace Concierge.WebSockets.Tests;

public sealed class WebSocketMaskTests
{
    [Fact]
    public void The_vector_form_agrees_with_the_scalar_at_every_length_and_alignment()
    {
        byte[] data = Wire.Octets(400);
        for (int offset = 0; offset < 9; offset++)
        {
            for (int length = 0; length <= 300; length++)
            {
                byte[] fast = new byte[length];
                byte[] slow = new byte[length];
                uint next = WebSocketMask.Apply(data.AsSpan(offset, length), fast, Wire.Key);
                Assert.Equal(next, WebSocketMask.ApplyScalar(data.AsSpan(offset, length), slow, Wire.Key));
                Assert.Equal(slow, fast);
                byte[] inPlace = data.AsSpan(offset, length).ToArray();
                WebSocketMask.Apply(inPlace, Wire.Key);
                Assert.Equal(slow, inPlace);
            }
        }
    }

    [Fact]
    public void The_key_carries_on_over_any_split()
    {
        byte[] data = Wire.Octets(211);
        byte[] whole = (byte[])data.Clone();
        WebSocketMask.Apply(whole, Wire.Key);
        for (int cut = 0; cut <= data.Length; cut++)
        {
            byte[] split = (byte[])data.Clone();
            uint key = WebSocketMask.Apply(split.AsSpan(0, cut), Wire.Key);
            WebSocketMask.Apply(split.AsSpan(cut), key);
            Assert.Equal(whole, split);
        }
    }

    [Fact]
    public void Keys_differ_from_frame_to_frame()
    {
        HashSet<uint> keys = [];
        for (int i = 0; i < 1000; i++)
        {
            keys.Add(WebSocketMaskSource.Next());
        }

        Assert.True(keys.Count > 990);
    }

    [Fact]
    public void Tells_ascii_from_everything_else_wherever_the_other_octet_stands()
    {
        const uint Key = 0xC3_5A_96_81;
        for (int length = 0; length < 200; length++)
        {
            byte[] plain = new byte[length];
            plain.AsSpan().Fill(0x7F);
            for (int at = -1; at < length; at++)
            {
                byte[] text = [.. plain];
                if (at >= 0)
                {
                    text[at] = 0x80;
                }

                byte[] masked = new byte[length];
                uint next = WebSocketMask.ApplyScalar(text, masked, Key);
                Assert.Equal(next, WebSocketMask.Apply(masked, masked, Key, out bool isAscii));
                Assert.Equal(at < 0, isAscii);
                Assert.Equal(text, masked);
            }
        }
    }
}
