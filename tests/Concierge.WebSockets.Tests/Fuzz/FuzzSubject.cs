using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;

namespace Concierge.WebSockets.Tests.Fuzz;

/// <summary>The reader under test, played one input under one segmentation; writes the same transcript as <see cref="ReferenceReader"/>.</summary>
internal static class FuzzSubject
{
    public static string Run(byte[] wire, int[] cuts, bool arriving, WebSocketRole role, WebSocketLimits limits)
    {
        Pipe output = new(new PipeOptions(pauseWriterThreshold: 0, useSynchronizationContext: false));
        WebSocketWriter writer = new(output.Writer, role);
        StringBuilder log = new();
        if (!arriving)
        {
            using WebSocketReader reader = new(PipeReader.Create(Segmentation.Sequence((byte[])wire.Clone(), cuts)), role, limits, writer);
            Drain(reader, log);
            return Finish(log, writer, output, role);
        }

        Pipe input = new(new PipeOptions(pauseWriterThreshold: 0, useSynchronizationContext: false, readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline));
        using (WebSocketReader reader = new(input.Reader, role, limits, writer))
        {
            bool over = false;
            foreach (byte[] part in Segmentation.Split(wire, cuts))
            {
                input.Writer.Write(part);
                ValueTask<FlushResult> flush = input.Writer.FlushAsync();
                Assert.True(flush.IsCompletedSuccessfully);
                over = over || Drain(reader, log);
            }

            input.Writer.Complete();
            if (!over)
            {
                Assert.True(Drain(reader, log));
            }
        }

        return Finish(log, writer, output, role);
    }

    private static bool Drain(WebSocketReader reader, StringBuilder log)
    {
        while (reader.TryRead(out WebSocketReadStatus status))
        {
            switch (status)
            {
                case WebSocketReadStatus.Message:
                    log.Append(reader.Opcode == WebSocketOpcode.Text ? "text " : "binary ").Append(Convert.ToHexString(reader.Payload)).Append('\n');
                    continue;
                case WebSocketReadStatus.Close:
                    log.Append(CultureInfo.InvariantCulture, $"close {reader.CloseCode} {Convert.ToHexString(Encoding.UTF8.GetBytes(reader.CloseReason))}\n");
                    return true;
                case WebSocketReadStatus.Error:
                    log.Append("error ").Append(reader.Error.ToString()).Append('\n');
                    return true;
                default:
                    log.Append("end ").Append(reader.Error.ToString()).Append('\n');
                    return true;
            }
        }

        return false;
    }

    private static string Finish(StringBuilder log, WebSocketWriter writer, Pipe output, WebSocketRole role)
    {
        writer.Flush();
        if (!output.Reader.TryRead(out ReadResult result))
        {
            return log.ToString();
        }

        // Only control frames are answered: the header is two octets, and four of mask from a client.
        ReadOnlySpan<byte> sent = result.Buffer.ToArray();
        while (!sent.IsEmpty)
        {
            int length = sent[1] & 127;
            int header = role == WebSocketRole.Client ? 6 : 2;
            byte[] payload = sent.Slice(header, length).ToArray();
            if (role == WebSocketRole.Client)
            {
                WebSocketMask.ApplyScalar(payload, payload, BitConverter.ToUInt32(sent[2..]));
            }

            log.Append(sent[0] == 0x8A ? "pong " : "close ").Append(Convert.ToHexString(payload)).Append('\n');
            sent = sent[(header + length)..];
        }

        return log.ToString();
    }
}
