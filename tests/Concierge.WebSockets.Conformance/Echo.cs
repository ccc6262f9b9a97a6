namespace Concierge.WebSockets.Conformance;

/// <summary>Sends every message back until the connection ends, then ends it in order.</summary>
internal static class Echo
{
    // A suite sends messages of 16 MiB, whole and in thousands of frames.
    private static readonly WebSocketLimits s_limits = new()
    {
        MaxFramePayload = 64 * 1024 * 1024,
        MaxMessageSize = 64 * 1024 * 1024,
        MaxFragmentsPerMessage = 1_000_000,
    };

    private static readonly WebSocketWriterOptions s_bounds = new() { ControlBudget = 128 * 1024 * 1024, FlushChunk = 64 * 1024 };

    public static async Task RunAsync(WebSocketTransport transport, WebSocketRole role)
    {
        WebSocketWriter writer = new(transport.Output, role, s_bounds);
        using (WebSocketReader reader = new(transport.Input, role, s_limits, writer))
        {
            while (await reader.ReadAsync() == WebSocketReadStatus.Message)
            {
                WebSocketReadStatus status = WebSocketReadStatus.Message;
                do
                {
                    while (writer.TryAppend(reader.Opcode, reader.Payload) == WebSocketAppendResult.Full)
                    {
                        await writer.DrainAsync();
                    }
                }
                while (reader.TryRead(out status) && status == WebSocketReadStatus.Message);
                writer.Flush();
            }
        }

        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(10));
        try
        {
            await writer.DrainAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            transport.Abort();
        }

        await transport.CloseAsync(role, TimeSpan.FromSeconds(3), TimeProvider.System, maxBytes: 64 * 1024 * 1024);
    }

    /// <summary>Reads one text message, for a suite's answers.</summary>
    public static async Task<string> ReadTextAsync(WebSocketTransport transport)
    {
        WebSocketWriter writer = new(transport.Output, WebSocketRole.Client);
        using WebSocketReader reader = new(transport.Input, WebSocketRole.Client, s_limits, writer);
        string text = "";
        WebSocketReadStatus status;
        while ((status = await reader.ReadAsync()) == WebSocketReadStatus.Message)
        {
            text = System.Text.Encoding.UTF8.GetString(reader.Payload);
        }

        await writer.DrainAsync();
        return status == WebSocketReadStatus.Error ? throw new InvalidDataException($"The suite broke the protocol: {reader.Error}.") : text;
    }
}
