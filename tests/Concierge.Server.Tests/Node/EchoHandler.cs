using System.IO.Pipelines;
using System.Net.WebSockets;
using Concierge.Pipelines;
using Concierge.Server.Node;

namespace Concierge.Server.Tests.Node;

/// <summary>Stands behind the front door in place of a call: echoes each message with the platform's own WebSocket, and says goodbye when the node drains.</summary>
internal sealed class EchoHandler : IMediaStreamHandler
{
    /// <summary>Whether a call ends when it is asked to.</summary>
    public bool IsStubborn { get; init; }

    /// <summary>How each stream ended.</summary>
    public List<CallEndReason> Ended { get; } = [];

    public async Task<CallEndReason> RunAsync(IDuplexPipe carrier, CancellationToken draining)
    {
        CallEndReason reason = await EchoAsync(carrier, draining);
        lock (Ended)
        {
            Ended.Add(reason);
        }

        return reason;
    }

    private async Task<CallEndReason> EchoAsync(IDuplexPipe carrier, CancellationToken draining)
    {
        using WebSocket socket = WebSocket.CreateFromStream(new DuplexStream(carrier), new WebSocketCreationOptions { IsServer = true });
        TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = draining.Register(() => asked.TrySetResult());
        byte[] buffer = new byte[4_096];
        try
        {
            while (true)
            {
                Task<WebSocketReceiveResult> receive = socket.ReceiveAsync(buffer, CancellationToken.None);
                if (!IsStubborn && await Task.WhenAny(receive, asked.Task) != receive)
                {
                    await socket.CloseOutputAsync(WebSocketCloseStatus.EndpointUnavailable, "draining", CancellationToken.None);
                    await receive;
                    return CallEndReason.Draining;
                }

                WebSocketReceiveResult message = await receive;
                if (message.MessageType == WebSocketMessageType.Close)
                {
                    await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None);
                    return CallEndReason.CarrierClosed;
                }

                await socket.SendAsync(buffer.AsMemory(0, message.Count), message.MessageType, message.EndOfMessage, CancellationToken.None);
            }
        }
        catch (Exception exception) when (exception is WebSocketException or IOException or OperationCanceledException)
        {
            return CallEndReason.CarrierDisconnected;
        }
    }

    private sealed class DuplexStream(IDuplexPipe pipe) : Stream
    {
        private readonly Stream _input = pipe.Input.AsStream(leaveOpen: true);
        private readonly Stream _output = pipe.Output.AsStream(leaveOpen: true);

        public override bool CanRead => true;

        public override bool CanWrite => true;

        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => _input.ReadAsync(buffer, cancellationToken);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => _output.WriteAsync(buffer, cancellationToken);

        public override Task FlushAsync(CancellationToken cancellationToken) => _output.FlushAsync(cancellationToken);

        public override void Flush() => _output.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
