using Concierge.Pipelines.Media;
using Concierge.Protocols.Realtime;
using Concierge.WebSockets;

namespace Concierge.Pipelines.Tests.Media;

public sealed class AppendAudioPayloadTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Writes_the_message_masked_for_every_length_and_nothing_beyond(bool isBase64)
    {
        byte[] content = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"u8.ToArray();
        content = [.. content, .. content, .. content, .. content];
        foreach (uint key in new[] { 0u, 0x1B27_A5C3u })
        {
            for (int length = 0; length <= content.Length; length++)
            {
                ReadOnlySpan<byte> audio = content.AsSpan(0, length);
                var payload = new AppendAudioPayload(audio, isBase64);
                byte[] expected = new byte[payload.Length + 8];
                if (isBase64)
                {
                    new AppendBase64Message(audio).Write(expected.AsSpan(0, payload.Length));
                }
                else
                {
                    new AppendAudioMessage(audio).Write(expected.AsSpan(0, payload.Length));
                }

                WebSocketMask.Apply(expected.AsSpan(0, payload.Length), key);
                byte[] actual = new byte[expected.Length];
                payload.Write(actual.AsSpan(0, payload.Length), key);
                Assert.Equal(expected, actual);
            }
        }
    }
}
