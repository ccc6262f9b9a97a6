using System.Buffers.Binary;
using Concierge.Simulation.Speech;

namespace Concierge.Simulation.Realtime;

internal static class RealtimeWireFormats
{
    public static int Rate(this RealtimeWireFormat format) => format == RealtimeWireFormat.Pcm24k ? 24000 : 8000;

    public static int BytesPerMs(this RealtimeWireFormat format) => format == RealtimeWireFormat.Pcm24k ? 48 : 8;

    public static int BytesPerSample(this RealtimeWireFormat format) => format == RealtimeWireFormat.Pcm24k ? 2 : 1;

    public static string Name(this RealtimeWireFormat format) => format switch
    {
        RealtimeWireFormat.Pcmu => "audio/pcmu",
        RealtimeWireFormat.Pcma => "audio/pcma",
        _ => "audio/pcm",
    };

    public static byte[] Encode(this RealtimeWireFormat format, SpeechClip clip) => format switch
    {
        RealtimeWireFormat.Pcmu => clip.MuLaw,
        RealtimeWireFormat.Pcma => clip.ALaw,
        _ => clip.Pcm24k,
    };

    public static void Decode(this RealtimeWireFormat format, ReadOnlySpan<byte> source, Span<short> destination)
    {
        for (int i = 0; i < destination.Length; i++)
        {
            destination[i] = format switch
            {
                RealtimeWireFormat.Pcmu => TelephoneCodec.FromMuLaw(source[i]),
                RealtimeWireFormat.Pcma => TelephoneCodec.FromALaw(source[i]),
                _ => BinaryPrimitives.ReadInt16LittleEndian(source[(2 * i)..]),
            };
        }
    }

    public static byte[] Encode(this RealtimeWireFormat format, ReadOnlySpan<short> samples)
    {
        var bytes = new byte[samples.Length * format.BytesPerSample()];
        for (int i = 0; i < samples.Length; i++)
        {
            switch (format)
            {
                case RealtimeWireFormat.Pcmu:
                    bytes[i] = TelephoneCodec.ToMuLaw(samples[i]);
                    break;
                case RealtimeWireFormat.Pcma:
                    bytes[i] = TelephoneCodec.ToALaw(samples[i]);
                    break;
                default:
                    BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(2 * i), samples[i]);
                    break;
            }
        }

        return bytes;
    }
}
