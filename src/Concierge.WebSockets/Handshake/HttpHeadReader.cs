using System.Buffers;
using System.IO.Pipelines;

namespace Concierge.WebSockets;

/// <summary>Reads one HTTP head from a pipe and leaves what follows it there.</summary>
internal static class HttpHeadReader
{
    public static async ValueTask<(HttpHead? Head, WebSocketHandshakeError Error)> ReadAsync(PipeReader input, int maxLength, bool isResponse, CancellationToken ct)
    {
        while (true)
        {
            ReadResult result = await input.ReadAsync(ct);
            ReadOnlySequence<byte> buffer = result.Buffer;
            OperationStatus status = Parse(buffer, maxLength, isResponse, out HttpHead? head, out int consumed, out WebSocketHandshakeError error);
            if (status == OperationStatus.Done)
            {
                input.AdvanceTo(buffer.GetPosition(consumed));
                return (head, WebSocketHandshakeError.None);
            }

            if (status == OperationStatus.InvalidData)
            {
                input.AdvanceTo(buffer.End);
                return (null, error);
            }

            input.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted)
            {
                return (null, WebSocketHandshakeError.EndedEarly);
            }
        }
    }

    private static OperationStatus Parse(
        ReadOnlySequence<byte> buffer, int maxLength, bool isResponse, out HttpHead? head, out int consumed, out WebSocketHandshakeError error)
    {
        if (buffer.IsSingleSegment)
        {
            return HttpHeadParser.Parse(buffer.FirstSpan, maxLength, isResponse, out head, out consumed, out error);
        }

        int length = (int)Math.Min(buffer.Length, maxLength);
        byte[] copy = buffer.Slice(0, length).ToArray();
        return HttpHeadParser.Parse(copy, maxLength, isResponse, out head, out consumed, out error);
    }
}
