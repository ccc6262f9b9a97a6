using System.Globalization;

namespace Concierge.Server.Load;

/// <summary>What a process, with its children, has used so far, as the kernel counts it.</summary>
/// <param name="User">CPU time outside the kernel.</param>
/// <param name="System">CPU time in the kernel.</param>
/// <param name="ResidentBytes">Memory that is resident now.</param>
internal sealed record ProcessUsage(TimeSpan User, TimeSpan System, long ResidentBytes)
{
    // USER_HZ is 100 on every architecture that .NET runs on.
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(10);

    /// <summary>Reads a process; null when it is gone.</summary>
    public static ProcessUsage? Read(int processId)
    {
        try
        {
            string folder = $"/proc/{processId.ToString(CultureInfo.InvariantCulture)}";
            (long user, long system) = ParseStat(File.ReadAllText($"{folder}/stat"));
            ProcessUsage usage = new(user * s_tick, system * s_tick, ParseResident(File.ReadLines($"{folder}/smaps_rollup")));
            foreach (int child in Children(folder))
            {
                if (Read(child) is { } of)
                {
                    usage = new ProcessUsage(usage.User + of.User, usage.System + of.System, usage.ResidentBytes + of.ResidentBytes);
                }
            }

            return usage;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException)
        {
            return null;
        }
    }

    /// <summary>User and system time in ticks. Source: proc(5), fields 14 and 15; the name before them may hold anything.</summary>
    public static (long User, long System) ParseStat(string stat)
    {
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (long.Parse(fields[11], CultureInfo.InvariantCulture), long.Parse(fields[12], CultureInfo.InvariantCulture));
    }

    /// <summary>The <c>Rss:</c> line of <c>smaps_rollup</c>: exact, where <c>statm</c> is kept per thread and off by some hundred kilobytes.</summary>
    public static long ParseResident(IEnumerable<string> lines)
    {
        string? line = lines.FirstOrDefault(l => l.StartsWith("Rss:", StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line["Rss:".Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture) * 1024;
    }

    private static IEnumerable<int> Children(string folder)
    {
        foreach (string thread in Directory.GetDirectories($"{folder}/task"))
        {
            string path = $"{thread}/children";
            if (!File.Exists(path))
            {
                continue;
            }

            foreach (string child in File.ReadAllText(path).Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            {
                yield return int.Parse(child, CultureInfo.InvariantCulture);
            }
        }
    }
}
