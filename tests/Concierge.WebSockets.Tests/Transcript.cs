using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace Concierge.WebSockets.Tests;

/// <summary>Plays octets to a reader and its writer and writes down what the consumer saw and what was answered.</summary>
internal static class Transcript
{
    /// <summary>The same transcript under every segmentation, or the test fails naming the cut.</summary>
    public static string Of(byte[] wire, WebSocketRole role = WebSocketRole.Server, WebSocketLimits? limits = null, bool echo = false)
    {
        string expected = Arriving([wire], role, limits, echo);
        foreach (int[] cuts in Segmentation.Cuts(wire.Length))
        {
            string arriving = Arriving(Segmentation.Split(wire, cuts), role, limits, echo);
            Assert.True(expected == arriving, $"arrivals cut at [{string.Join(',', cuts.Take(20))}] of {wire.Length}:\n{arriving}\nbut whole:\n{expected}");
            string segmented = Segmented(wire, cuts, role, limits, echo);
            Assert.True(expected == segmented, $"segments cut at [{string.Join(',', cuts.Take(20))}] of {wire.Length}:\n{segmented}\nbut whole:\n{expected}");
        }

        return expected;
    }

    /// <summary>The octets arrive part by part; after each the reader takes what it can.</summary>
    public static string Arriving(List<byte[]> parts, WebSocketRole role, WebSocketLimits? limits, bool echo)
    {
        Pipe input = new(new PipeOptions(pauseWriterThreshold: 0, useSynchronizationContext: false, readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline));
        Session session = new(input.Reader, role, limits, echo);
        foreach (byte[] part in parts)
        {
            // Copied: the reader unmasks in place.
            input.Writer.Write(part);
            input.Writer.FlushAsync().AsTask().GetAwaiter().GetResult();
            session.Drain();
        }

        input.Writer.Complete();
        session.Drain();
        return session.Finish();
    }

    private static string Segmented(byte[] wire, int[] cuts, WebSocketRole role, WebSocketLimits? limits, bool echo)
    {
        Session session = new(PipeReader.Create(Segmentation.Sequence((byte[])wire.Clone(), cuts)), role, limits, echo);
        session.Drain();
        return session.Finish();
    }

    internal sealed class Session
    {
        private readonly Pipe _output = new(new PipeOptions(pauseWriterThreshold: 0, useSynchronizationContext: false));
        private readonly StringBuilder _log = new();
        private readonly WebSocketReader _reader;
        private readonly WebSocketWriter _writer;
        private readonly bool _echo;
        private bool _over;

        public Session(PipeReader input, WebSocketRole role, WebSocketLimits? limits, bool echo)
        {
            _echo = echo;
            _writer = new WebSocketWriter(_output.Writer, role, new WebSocketWriterOptions { ControlBudget = 64 * 1024 * 1024 });
            _reader = new WebSocketReader(input, role, limits ?? WebSocketLimits.Default, _writer);
        }

        public void Drain()
        {
            while (!_over && _reader.TryRead(out WebSocketReadStatus status))
            {
                switch (status)
                {
                    case WebSocketReadStatus.Message:
                        string payload = _reader.Opcode == WebSocketOpcode.Text ? Encoding.UTF8.GetString(_reader.Payload) : Convert.ToHexString(_reader.Payload);
                        _log.Append(_reader.Opcode == WebSocketOpcode.Text ? "text " : "binary ").Append(payload).Append('\n');
                        if (_echo)
                        {
                            _writer.TryAppend(_reader.Opcode, _reader.Payload);
                            _writer.Flush();
                        }

                        break;
                    case WebSocketReadStatus.Close:
                        _log.Append($"close {_reader.CloseCode} {_reader.CloseReason}\n");
                        Assert.True(_reader.TryRead(out WebSocketReadStatus after));
                        Assert.Equal(WebSocketReadStatus.EndOfStream, after);
                        _over = true;
                        break;
                    case WebSocketReadStatus.Error:
                        _log.Append($"error {_reader.Error}\n");
                        Assert.True(_reader.TryRead(out after));
                        Assert.Equal(WebSocketReadStatus.Error, after);
                        _over = true;
                        break;
                    default:
                        _log.Append($"end {_reader.Error}\n");
                        _over = true;
                        break;
                }
            }
        }

        public string Finish()
        {
            _reader.Dispose();
            _writer.Flush();
            if (_output.Reader.TryRead(out ReadResult result))
            {
                foreach (string frame in Wire.Describe(result.Buffer.ToArray()))
                {
                    _log.Append("sent ").Append(frame).Append('\n');
                }
            }

            return _log.ToString();
        }
    }
}
