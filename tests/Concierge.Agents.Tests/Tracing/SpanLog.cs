using System.Collections.Concurrent;
using System.Diagnostics;
using Concierge.Agents.Tracing;

namespace Concierge.Agents.Tests.Tracing;

/// <summary>Keeps every span of one conversation.</summary>
internal sealed class SpanLog : IDisposable
{
    private readonly ActivityListener _listener;
    private readonly ConcurrentQueue<Activity> _spans = new();

    public SpanLog()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == AgentTelemetry.SourceName,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _spans.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>The spans that carry a conversation's id, in the order of their beginning; tests beside this one have others.</summary>
    public IReadOnlyList<Activity> Of(string conversation) =>
        [.. _spans.Where(s => (string?)s.GetTagItem("gen_ai.conversation.id") == conversation).OrderBy(s => s.StartTimeUtc)];

    public void Dispose() => _listener.Dispose();
}
