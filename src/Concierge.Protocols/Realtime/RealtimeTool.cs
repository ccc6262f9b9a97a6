namespace Concierge.Protocols.Realtime;

/// <summary>Something the model may call: a <see cref="RealtimeFunctionTool"/> of ours, or a server's tools by <see cref="RealtimeMcpTool"/>.</summary>
public abstract record RealtimeTool
{
    private protected RealtimeTool()
    {
    }
}
