using System.Globalization;

namespace Concierge.Server.Load;

/// <summary>What the cores of this machine have done since it started, as the kernel counts it, in ticks.</summary>
/// <param name="Stolen">A guest's time that its host gave to others.</param>
/// <param name="All">Everything, idle time too.</param>
internal sealed record HostTime(long Stolen, long All)
{
    /// <summary>The share of stolen time above which a percentile says more about the host than about what was measured.</summary>
    public const double Notable = 0.01;

    /// <summary>Reads some cores; null where <c>/proc/stat</c> cannot be read.</summary>
    /// <param name="cores">Which; none for all.</param>
    public static HostTime? Read(IReadOnlyCollection<int> cores)
    {
        try
        {
            return Parse(File.ReadLines("/proc/stat"), cores);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException)
        {
            return null;
        }
    }

    /// <summary>The lines <c>cpu</c> (all cores) and <c>cpuN</c>: user, nice, system, idle, iowait, irq, softirq, steal; what follows is contained in user and nice. Source: proc_stat(5).</summary>
    public static HostTime Parse(IEnumerable<string> lines, IReadOnlyCollection<int> cores)
    {
        HashSet<string> names = cores.Count == 0 ? ["cpu"] : [.. cores.Select(core => string.Create(CultureInfo.InvariantCulture, $"cpu{core}"))];
        long stolen = 0, all = 0;
        foreach (string line in lines)
        {
            string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length > 8 && names.Contains(fields[0]))
            {
                long[] ticks = [.. fields[1..9].Select(field => long.Parse(field, CultureInfo.InvariantCulture))];
                stolen += ticks[7];
                all += ticks.Sum();
            }
        }

        return new HostTime(stolen, all);
    }

    /// <summary>The stolen share of the time since an earlier reading, 0 to 1; null when none has passed.</summary>
    public double? ShareSince(HostTime? earlier) => earlier is null || All <= earlier.All ? null : (double)(Stolen - earlier.Stolen) / (All - earlier.All);
}
