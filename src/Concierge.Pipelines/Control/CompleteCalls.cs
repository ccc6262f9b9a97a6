using Concierge.Protocols.Realtime;

namespace Concierge.Pipelines.Control;

/// <summary>Which of a response's tool calls are carried out: a cancelled response's arguments may be cut short (PROTOCOL B.11).</summary>
internal static class CompleteCalls
{
    /// <summary>Whether the item is a tool call with all of its arguments.</summary>
    public static bool Contains(RealtimeResponseInfo response, RealtimeItemInfo item) =>
        response.Status == "completed" && item is { IsFunctionCall: true, Status: null or "completed", CallId: not null };

    /// <summary>The calls' ids, in their order.</summary>
    public static List<string> IdsOf(RealtimeResponseInfo response)
    {
        var calls = new List<string>();
        foreach (RealtimeItemInfo item in response.Output)
        {
            if (Contains(response, item))
            {
                calls.Add(item.CallId!);
            }
        }

        return calls;
    }
}
