using Concierge.Audio;
using Concierge.Calls.Outbound;

namespace Concierge.Server.Recording;

/// <summary>Puts right what a node that was killed left behind: recordings without their name and with a header up to a second old.</summary>
internal static class RecordingRepair
{
    /// <summary>Repairs every unfinished recording of a folder; each becomes <c>NAME-recovered.wav</c>.</summary>
    /// <param name="folder">The folder; nothing happens when it is not there.</param>
    /// <param name="log">Told of each file.</param>
    /// <returns>How many.</returns>
    public static int Run(string folder, ILogger log)
    {
        int repaired = 0;
        if (!Directory.Exists(folder))
        {
            return 0;
        }

        foreach (string path in Directory.EnumerateFiles(folder, "*.wav" + RecordingFiles.Unfinished))
        {
            try
            {
                using (FileStream file = new(path, FileMode.Open, FileAccess.ReadWrite))
                {
                    WavWriter.Repair(file);
                }

                File.Move(path, RecordingFiles.RecoveredPath(path[..^RecordingFiles.Unfinished.Length]), overwrite: true);
                RecordingLog.Repaired(log, Path.GetFileName(path));
                repaired++;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
            {
                // Not ours, or in use by another node on the same folder: left as it is.
            }
        }

        return repaired;
    }
}
