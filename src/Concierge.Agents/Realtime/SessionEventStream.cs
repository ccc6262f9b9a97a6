using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Concierge.Agents.Realtime;

/// <summary>Hands a session's events to whoever listens: at once to subscribers, through a bounded queue to readers. Thread-safe.</summary>
internal sealed class SessionEventStream(int capacity, ILogger logger)
{
    private readonly Lock _gate = new();
    private Action<RealtimeSessionEvent>[] _subscribers = [];
    private bool _ended;

    public void Publish(RealtimeSessionEvent sessionEvent)
    {
        foreach (Action<RealtimeSessionEvent> subscriber in Volatile.Read(ref _subscribers))
        {
            try
            {
                subscriber(sessionEvent);
            }
            catch (Exception e)
            {
                AgentLog.SubscriberFailed(logger, e);
            }
        }

        if (sessionEvent is RealtimeSessionEvent.SessionEnd)
        {
            lock (_gate)
            {
                _ended = true;
            }
        }
    }

    public IDisposable Subscribe(Action<RealtimeSessionEvent> subscriber)
    {
        lock (_gate)
        {
            _subscribers = [.. _subscribers, subscriber];
        }

        return new Subscription(this, subscriber);
    }

    /// <summary>The events from now on, until the session ends.</summary>
    public IAsyncEnumerable<RealtimeSessionEvent> ReadAsync(CancellationToken cancellationToken)
    {
        // Subscribed here, not at the first MoveNext: what happens between the call and the loop is not lost.
        Channel<RealtimeSessionEvent> channel = Channel.CreateBounded<RealtimeSessionEvent>(
            new BoundedChannelOptions(capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.DropOldest });
        IDisposable subscription = Subscribe(e =>
        {
            channel.Writer.TryWrite(e);
            if (e is RealtimeSessionEvent.SessionEnd)
            {
                channel.Writer.TryComplete();
            }
        });
        lock (_gate)
        {
            if (_ended)
            {
                channel.Writer.TryComplete();
            }
        }

        return PumpAsync(channel.Reader, subscription, cancellationToken);
    }

    private static async IAsyncEnumerable<RealtimeSessionEvent> PumpAsync(
        ChannelReader<RealtimeSessionEvent> reader, IDisposable subscription, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using (subscription)
        {
            while (await reader.WaitToReadAsync(cancellationToken))
            {
                while (reader.TryRead(out RealtimeSessionEvent? next))
                {
                    yield return next;
                }
            }
        }
    }

    private sealed class Subscription(SessionEventStream stream, Action<RealtimeSessionEvent> subscriber) : IDisposable
    {
        public void Dispose()
        {
            lock (stream._gate)
            {
                stream._subscribers = [.. stream._subscribers.Where(s => s != subscriber)];
            }
        }
    }
}
