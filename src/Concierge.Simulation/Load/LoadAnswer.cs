using System.Buffers;
using Concierge.WebSockets;

namespace Concierge.Simulation.Load;

/// <summary>The upgrade of a bridge's connection to the Realtime server, on its own socket.</summary>
/// <param name="opened">Called when it has been answered.</param>
internal sealed class LoadAnswer(Action<LoadSocket> opened) : ILoadReceiver
{
    private const int LongestHead = 8 * 1024;

    /// <summary>The connection.</summary>
    public LoadSocket? Wire { get; set; }

    /// <inheritdoc/>
    public int OnOctets(Span<byte> octets)
    {
        OperationStatus status = HttpHeadParser.Parse(octets, LongestHead, isResponse: false, out HttpHead? head, out int consumed, out WebSocketHandshakeError error);
        if (status == OperationStatus.NeedMoreData)
        {
            return 0;
        }

        WebSocketUpgradeDecision decision = head is null ? WebSocketServerUpgrade.Refuse(error) : WebSocketServerUpgrade.Check(head, "realtime");
        ArrayBufferWriter<byte> answer = new();
        WebSocketHandshake.FormatResponse(answer, in decision);
        Wire!.Send(answer.WrittenSpan);
        if (decision.IsAccepted)
        {
            opened(Wire);
            return consumed;
        }

        Wire.Close();
        return octets.Length;
    }

    /// <inheritdoc/>
    public void OnEnded(Exception? failure)
    {
        // It was somebody who looked whether the port is open, or went before asking for anything.
    }
}
