using System.Net;
using System.Net.Sockets;

namespace Concierge.WebSockets;

/// <summary>Connects to the first of several addresses that answers (RFC 8305): families interleaved, attempts staggered, the losers dropped.</summary>
internal static class HappyEyeballs
{
    /// <summary>The connection attempt delay that RFC 8305 §5 recommends.</summary>
    public static readonly TimeSpan Stagger = TimeSpan.FromMilliseconds(250);

    /// <summary>IPv6 first, then the families in turn (RFC 8305 §4), the order inside a family kept.</summary>
    public static IPAddress[] Order(ReadOnlySpan<IPAddress> addresses)
    {
        List<IPAddress> six = [];
        List<IPAddress> four = [];
        foreach (IPAddress address in addresses)
        {
            (address.AddressFamily == AddressFamily.InterNetworkV6 ? six : four).Add(address);
        }

        IPAddress[] ordered = new IPAddress[addresses.Length];
        for (int i = 0, next = 0; next < ordered.Length; i++)
        {
            if (i < six.Count)
            {
                ordered[next++] = six[i];
            }

            if (i < four.Count)
            {
                ordered[next++] = four[i];
            }
        }

        return ordered;
    }

    /// <summary>Runs the attempts; a failed one starts the next at once.</summary>
    /// <param name="addresses">In order, at least one.</param>
    /// <param name="connect">One attempt; must honour its token.</param>
    /// <param name="timeProvider">The clock of the stagger.</param>
    /// <param name="ct">Ends all.</param>
    /// <returns>The first connection made. When all fail, the first failure is thrown.</returns>
    public static async Task<TConnection> ConnectAsync<TConnection>(
        IPAddress[] addresses, Func<IPAddress, CancellationToken, Task<TConnection>> connect, TimeProvider timeProvider, CancellationToken ct)
        where TConnection : IDisposable
    {
        using CancellationTokenSource losers = CancellationTokenSource.CreateLinkedTokenSource(ct);
        List<Task<TConnection>> running = [];
        Exception? first = null;
        int next = 0;
        try
        {
            while (true)
            {
                if (next < addresses.Length)
                {
                    running.Add(connect(addresses[next++], losers.Token));
                }

                Task<TConnection>? ended = await FirstEndedAsync(running, next < addresses.Length, timeProvider, losers.Token);
                if (ended is null)
                {
                    continue;
                }

                running.Remove(ended);
                try
                {
                    return await ended;
                }
                catch (SocketException exception)
                {
                    first ??= exception;
                }

                if (running.Count == 0 && next == addresses.Length)
                {
                    throw first;
                }
            }
        }
        finally
        {
            await losers.CancelAsync();
            foreach (Task<TConnection> loser in running)
            {
                _ = DropAsync(loser);
            }
        }
    }

    /// <summary>The first attempt that ended, or null when it is time for the next one.</summary>
    private static async Task<Task<TConnection>?> FirstEndedAsync<TConnection>(
        List<Task<TConnection>> running, bool more, TimeProvider timeProvider, CancellationToken ct)
    {
        Task<Task<TConnection>> any = Task.WhenAny(running);
        if (!more)
        {
            return await any;
        }

        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task delay = Task.Delay(Stagger, timeProvider, over.Token);
        Task winner = await Task.WhenAny(any, delay);
        await over.CancelAsync();
        return winner == any ? await any : null;
    }

    private static async Task DropAsync<TConnection>(Task<TConnection> loser)
        where TConnection : IDisposable
    {
        try
        {
            (await loser).Dispose();
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // A loser's end is of no interest.
        }
    }
}
