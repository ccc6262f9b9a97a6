using System.Collections.Concurrent;
using System.Net;

namespace Concierge.Server.Node;

/// <summary>Counts streams per remote address (of IPv6 per /64), up to a bound. Thread-safe.</summary>
/// <param name="most">Streams one address may have at a time.</param>
internal sealed class RemoteCaps(int most)
{
    private readonly ConcurrentDictionary<IPAddress, int> _streams = new();

    /// <summary>Takes a place; disposed when the stream is over.</summary>
    /// <returns>Null when the address has as many as it may.</returns>
    public IDisposable? TryEnter(IPAddress? remote)
    {
        IPAddress address = remote.Holder();
        if (_streams.AddOrUpdate(address, 1, static (_, n) => n + 1) > most)
        {
            Leave(address);
            return null;
        }

        return new Place(this, address);
    }

    private void Leave(IPAddress address)
    {
        if (_streams.AddOrUpdate(address, 0, static (_, n) => n - 1) <= 0)
        {
            _streams.TryRemove(new KeyValuePair<IPAddress, int>(address, 0));
        }
    }

    private sealed class Place(RemoteCaps caps, IPAddress address) : IDisposable
    {
        private RemoteCaps? _caps = caps;

        public void Dispose() => Interlocked.Exchange(ref _caps, null)?.Leave(address);
    }
}
