using Microsoft.Extensions.Logging;

namespace Concierge.Calls.Outbound;

/// <summary>Deletes recordings, and nothing outside their folder.</summary>
public static class RecordingFiles
{
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
        foreach (string path in folder is null ? [] : paths)
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
}
