using Concierge.Calls.Life;

namespace Concierge.Server.Tests.Calls;

internal static class BookExtensions
{
    /// <summary>Waits until all that was recorded is in the store itself: on a busy machine a first write may take longer than its time, and goes over the spill file then.</summary>
    public static async Task StoredAsync(this CallBook book)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await book.FlushAsync(patience.Token);
        while (book.Health is not { StoreAvailable: true, Queued: 0, Spilled: 0 })
        {
            await Task.Delay(20, patience.Token);
        }
    }
}
