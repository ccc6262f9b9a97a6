using Concierge.Calls.Outbound;
using Concierge.Calls.Store;

namespace Concierge.Calls.Policy;

/// <summary>
/// Decides whether a number may be called now. Rules that need nobody's memory come first; rates and the budget count what all nodes dialled, or, while the store
/// is away, what this one did. Checks run one at a time, so that two orders at once do not both take the last place.
/// </summary>
/// <param name="options">The rules.</param>
/// <param name="time">The clock.</param>
public sealed class DestinationPolicy(DestinationPolicyOptions options, TimeProvider time)
{
    private static readonly TimeSpan s_memory = TimeSpan.FromHours(1);

    private readonly SemaphoreSlim _turn = new(1);
    private readonly List<(DateTimeOffset At, string To)> _placed = [];

    /// <summary>Judges a number by what it is, not by what was dialled before.</summary>
    /// <param name="number">The number as asked for.</param>
    /// <exception cref="CallRefusedException">It may not be called, or not now.</exception>
    public void CheckNumber(string? number)
    {
        if (SpecialNumbers.IsEmergency(number ?? ""))
        {
            throw new CallRefusedException(CallRefusal.Emergency, "This is an emergency or service number; it is never called from here.");
        }

        if (!PhoneNumber.IsE164(number))
        {
            throw new CallRefusedException(CallRefusal.BadNumber, "The number is not in E.164: write + and 7 to 15 digits, without spaces, brackets, 00 or an extension, such as +14155550123.");
        }

        bool demo = number == options.DemoNumber;
        int allowed = demo ? number.Length : Longest(options.AllowedPrefixes, number);
        int denied = Longest(options.DeniedPrefixes, number);
        if (denied > 0 && denied >= allowed)
        {
            throw new CallRefusedException(CallRefusal.Denied, "The number is on the deny list (CALL_DENY_PREFIXES).");
        }

        if (SpecialNumbers.PremiumRange(number) is { } range && allowed < range.Length)
        {
            throw new CallRefusedException(
                CallRefusal.Premium, $"The number is in a range billed at a premium or known for fraud; if it is meant, name the range itself ({range}) in CALL_ALLOW_PREFIXES.");
        }

        if (allowed == 0)
        {
            throw new CallRefusedException(
                CallRefusal.NotAllowed,
                options.AllowedPrefixes.Count == 0
                    ? "Only the demo restaurant's number may be called; to call others, list their prefixes in CALL_ALLOW_PREFIXES."
                    : "The number begins with none of the prefixes in CALL_ALLOW_PREFIXES.");
        }

        if (!demo)
        {
            CheckHours(number);
        }
    }

    /// <summary>Judges a number and takes its place in the rates and the budget.</summary>
    /// <param name="number">The number as asked for.</param>
    /// <param name="store">What was dialled before.</param>
    /// <param name="place">Writes the call down, so that the next order counts it; nobody else is judged before it is done.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How long the call may last within the day's budget.</returns>
    /// <exception cref="CallRefusedException">It may not be called, or not now.</exception>
    public async Task<TimeSpan> AdmitAsync(string? number, ICallStore store, Func<Task> place, CancellationToken cancellationToken)
    {
        CheckNumber(number);
        await _turn.WaitAsync(cancellationToken);
        try
        {
            DateTimeOffset now = time.GetUtcNow();
            _placed.RemoveAll(p => p.At < now - s_memory);
            CheckRate(
                await CountAsync(store, now - TimeSpan.FromMinutes(1), null, cancellationToken), options.CallsPerMinute, TimeSpan.FromMinutes(1), "calls in a minute (CALLS_PER_MINUTE)");
            CheckRate(
                await CountAsync(store, now - TimeSpan.FromHours(1), number, cancellationToken), options.CallsPerNumberAndHour, TimeSpan.FromHours(1), "calls to one number in an hour (CALLS_PER_NUMBER_AND_HOUR)");
            TimeSpan left = await BudgetAsync(store, now, cancellationToken);
            _placed.Add((now, number!));
            await place();
            return left;
        }
        finally
        {
            _turn.Release();
        }
    }

    private static int Longest(IReadOnlyList<string> prefixes, string number) =>
        prefixes.Where(p => number.StartsWith(p, StringComparison.Ordinal)).Select(p => p.Length).DefaultIfEmpty(0).Max();

    private static void CheckRate(int calls, int most, TimeSpan window, string what)
    {
        if (calls >= most)
        {
            throw new CallRefusedException(CallRefusal.RateLimited, $"There were {calls} {what} already; {most} are the most.", window);
        }
    }

    private void CheckHours(string number)
    {
        if (options.QuietHours is not { } quiet)
        {
            return;
        }

        DateTimeOffset now = time.GetUtcNow();
        IReadOnlyList<TimeZoneInfo> zones = TimeZones.Of(number);
        foreach (TimeZoneInfo zone in zones.Count > 0 ? zones : [TimeZoneInfo.Utc])
        {
            TimeOnly local = TimeOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, zone).DateTime);
            if (quiet.Contains(local))
            {
                throw new CallRefusedException(
                    CallRefusal.QuietHours, $"It is {local:HH:mm} where the telephone would ring ({zone.Id}), within the quiet hours (QUIET_HOURS).", quiet.Remaining(local));
            }
        }
    }

    private async Task<int> CountAsync(ICallStore store, DateTimeOffset since, string? to, CancellationToken cancellationToken)
    {
        int here = _placed.Count(p => p.At >= since && (to is null || p.To == to));
        return Math.Max(here, (await TallyAsync(store, since, to, cancellationToken))?.Calls ?? 0);
    }

    private async Task<TimeSpan> BudgetAsync(ICallStore store, DateTimeOffset now, CancellationToken cancellationToken)
    {
        DateTimeOffset midnight = new(now.UtcDateTime.Date, TimeSpan.Zero);
        OutboundTally today = await TallyAsync(store, midnight, null, cancellationToken)
            ?? throw new CallRefusedException(CallRefusal.BudgetSpent, "The call store is away, so the day's minutes cannot be counted; try again when it is back.", TimeSpan.FromSeconds(30));
        OutboundTally running = await TallyAsync(store, now - TimeSpan.FromHours(4), null, cancellationToken) ?? today;
        if (running.Running >= options.MaxConcurrent)
        {
            throw new CallRefusedException(CallRefusal.NoRoom, $"{running.Running} calls are running, as many as MAX_OUTBOUND_CALLS allows.", TimeSpan.FromSeconds(30));
        }

        TimeSpan left = TimeSpan.FromMinutes(options.MinutesPerDay) - TimeSpan.FromSeconds(today.Seconds);
        return left >= TimeSpan.FromMinutes(1)
            ? left
            : throw new CallRefusedException(CallRefusal.BudgetSpent, $"The day's {options.MinutesPerDay} minutes (CALL_MINUTES_PER_DAY) are used up.", midnight.AddDays(1) - now);
    }

    private static async Task<OutboundTally?> TallyAsync(ICallStore store, DateTimeOffset since, string? to, CancellationToken cancellationToken)
    {
        try
        {
            return await store.TallyOutboundAsync(since, to, cancellationToken).WaitAsync(TimeSpan.FromSeconds(2), cancellationToken);
        }
        catch (Exception exception) when (exception is CallStoreException or TimeoutException)
        {
            return null;
        }
    }
}
