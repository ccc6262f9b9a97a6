using Microsoft.Extensions.Logging;

namespace Concierge.Calls.Outbound;

/// <summary>Deletes recordings, and nothing outside their folder.</summary>
public static class RecordingFiles
{
    /// <summary>What an unfinished recording's name ends with.</summary>
    public const string Unfinished = ".part";

    private const string Recovered = "-recovered";

    /// <summary>The name of a recording that a lost node left and the next start mended.</summary>
    /// <param name="path">The name it would have got.</param>
    /// <returns>The name with <c>-recovered</c> before its extension.</returns>
    public static string RecoveredPath(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        string extension = Path.GetExtension(path);
        return path[..^extension.Length] + Recovered + extension;
    }

    /// <summary>The file of a recording.</summary>
    /// <param name="folder">The recordings' folder.</param>
    /// <param name="path">A recording's path as the store has it.</param>
    /// <returns>The full path, or null when it leads out of the folder.</returns>
    public static string? Locate(string folder, string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(path);
        string root = Path.GetFullPath(folder).TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar;
        if (path.Contains('\0', StringComparison.Ordinal))
        {
            return null;
        }

        string full = Path.GetFullPath(Path.Combine(root, path));
        return full.StartsWith(root, StringComparison.Ordinal) && full.Length > root.Length ? full : null;
    }

    /// <summary>Deletes the files of recordings.</summary>
    /// <param name="folder">The recordings' folder; null when there is none.</param>
    /// <param name="paths">The recordings' paths.</param>
    /// <param name="log">Where it is told what stays.</param>
    /// <returns>How many files went.</returns>
    public static int Delete(string? folder, IEnumerable<string> paths, ILogger log)
    {
        ArgumentNullException.ThrowIfNull(paths);
        int deleted = 0;
        foreach (string path in folder is null ? [] : paths.SelectMany(Names).Distinct(StringComparer.Ordinal))
        {
            try
            {
                if (Locate(folder!, path) is { } file && File.Exists(file))
                {
                    File.Delete(file);
                    deleted++;
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                OutboundLog.RecordingStays(log, exception.Message);
            }
        }

        return deleted;
    }

    /// <summary>How large a recording is that a lost node left, mended or not yet; 0 when it is not in this folder.</summary>
    internal static long SizeOf(string folder, string path)
    {
        try
        {
            return Names(path).Select(name => Locate(folder, name)).Where(File.Exists).Select(file => new FileInfo(file!).Length).FirstOrDefault();
        }
        catch (IOException)
        {
            return 0; // renamed at this very moment
        }
    }

    /// <summary>How long a recording of so many octets is: a WAV header, then two channels of 16 bits at 8 kHz.</summary>
    internal static long DurationMs(long bytes) => Math.Max(0, bytes - 44) / 32;

    /// <summary>The names a recording may have: its own, the one it has while it is made, the one it has when its node was lost.</summary>
    internal static IEnumerable<string> Names(string path) => [path, path + Unfinished, RecoveredPath(path)];
}
