using System.Text;

namespace Concierge.WebSockets.Tests;

/// <summary>Frames put together by hand, right or wrong, independently of the formatter under test.</summary>
internal static class Wire
{
    public const uint Key = 0xA1B2C3D4;

    /// <summary>One frame; masked with <see cref="Key"/> when it goes to a server.</summary>
    public static byte[] Frame(int opcode, byte[] payload, bool fin = true, bool masked = true, int reserved = 0)
    {
        List<byte> frame = [(byte)((fin ? 0x80 : 0) | (reserved << 4) | opcode)];
        int bit = masked ? 0x80 : 0;
        if (payload.Length < 126)
        {
            frame.Add((byte)(bit | payload.Length));
        }
        else if (payload.Length < 65536)
        {
            frame.AddRange([(byte)(bit | 126), (byte)(payload.Length >> 8), (byte)payload.Length]);
        }
        else
        {
            frame.Add((byte)(bit | 127));
            for (int shift = 56; shift >= 0; shift -= 8)
            {
                frame.Add((byte)((ulong)payload.Length >> shift));
            }
        }

        if (!masked)
        {
            frame.AddRange(payload);
            return [.. frame];
        }

        byte[] key = [0xD4, 0xC3, 0xB2, 0xA1];
        frame.AddRange(key);
        for (int i = 0; i < payload.Length; i++)
        {
            frame.Add((byte)(payload[i] ^ key[i % 4]));
        }

        return [.. frame];
    }

    public static byte[] Text(string text, bool fin = true, bool masked = true) => Frame(1, Encoding.UTF8.GetBytes(text), fin, masked);

    public static byte[] Close(int code, string reason = "", bool masked = true) =>
        Frame(8, [(byte)(code >> 8), (byte)code, .. Encoding.UTF8.GetBytes(reason)], masked: masked);

    public static byte[] Join(params byte[][] parts)
    {
        List<byte> all = [];
        foreach (byte[] part in parts)
        {
            all.AddRange(part);
        }

        return [.. all];
    }

    public static byte[] Octets(int length, int seed = 1)
    {
        byte[] data = new byte[length];
        new Random(seed).NextBytes(data);
        return data;
    }

    /// <summary>What a peer would read of frames that were sent right: "text:..", "binary:..", "ping:..", "pong:..", "close:code:reason".</summary>
    public static List<string> Describe(ReadOnlySpan<byte> sent)
    {
        List<string> frames = [];
        while (!sent.IsEmpty)
        {
            Assert.True(sent.Length >= 2, "a cut header");
            Assert.Equal(0x80, sent[0] & 0xF0);
            bool masked = (sent[1] & 0x80) != 0;
            int position = 2;
            long length = sent[1] & 0x7F;
            if (length >= 126)
            {
                int width = length == 126 ? 2 : 8;
                length = 0;
                for (int i = 0; i < width; i++)
                {
                    length = (length << 8) | sent[position++];
                }
            }

            ReadOnlySpan<byte> key = masked ? sent.Slice(position, 4) : [0, 0, 0, 0];
            position += masked ? 4 : 0;
            byte[] payload = sent.Slice(position, (int)length).ToArray();
            for (int i = 0; i < payload.Length; i++)
            {
                payload[i] ^= key[i % 4];
            }

            frames.Add(Describe(sent[0] & 0x0F, payload));
            sent = sent[(position + payload.Length)..];
        }

        return frames;
    }

    private static string Describe(int opcode, byte[] payload) => opcode switch
    {
        1 => $"text:{Encoding.UTF8.GetString(payload)}",
        2 => $"binary:{Convert.ToHexString(payload)}",
        8 => payload.Length < 2 ? "close" : $"close:{(payload[0] << 8) | payload[1]}:{Encoding.UTF8.GetString(payload.AsSpan(2))}",
        9 => $"ping:{Convert.ToHexString(payload)}",
        10 => $"pong:{Convert.ToHexString(payload)}",
        _ => $"opcode{opcode}",
    };
}
