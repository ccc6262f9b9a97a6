using System.Globalization;
using System.Text;
using Concierge.Audio;
using Concierge.Calls.Outcome;
using Concierge.Server.Reports;
using Concierge.Server.Shell;
using TranscriptEntry = Concierge.Calls.Outcome.TranscriptEntry;

namespace Concierge.Server.Demo;

/// <summary>Writes what remains of a demo call into one folder.</summary>
/// <param name="folder">Created if it is not there; files of an earlier run are replaced.</param>
internal sealed class DemoFiles(string folder)
{
    /// <summary>The folder's full path.</summary>
    public string Folder { get; } = Path.GetFullPath(folder);

    public string ReportPath => Path.Combine(Folder, "report.html");

    /// <summary>Makes sure that the folder can be written, before the call is played rather than after.</summary>
    /// <exception cref="CommandException">It cannot.</exception>
    public void Prepare() => Guard(() => Directory.CreateDirectory(Folder));

    /// <summary>Writes everything.</summary>
    /// <exception cref="CommandException">The folder cannot be written.</exception>
    public void Write(DemoEvidence evidence, CallReport report) => Guard(() =>
    {
        WriteWav("call.wav", evidence.Carrier.ToStereo(), channels: 2);
        WriteWav("caller.wav", evidence.Carrier.Said.ToArray(), channels: 1);
        WriteWav("agent.wav", evidence.Carrier.Heard.ToArray(), channels: 1);
        IReadOnlyList<TranscriptEntry> transcript = DemoChecks.Told(evidence);
        File.WriteAllText(Path.Combine(Folder, "transcript.txt"), TranscriptText(transcript));
        File.WriteAllText(Path.Combine(Folder, "transcript.json"), CallsJson.Write(transcript));
        File.WriteAllText(Path.Combine(Folder, "outcome.json"), CallsJson.Write(evidence.Outcome));
        CallReportHtml.Write(report, ReportPath);
    });

    private static string TranscriptText(IReadOnlyList<TranscriptEntry> transcript)
    {
        var text = new StringBuilder();
        foreach (TranscriptEntry entry in transcript)
        {
            string at = TimeSpan.FromMilliseconds(entry.StartMs).ToString(@"mm\:ss\.f", CultureInfo.InvariantCulture);
            string who = entry.Speaker == TranscriptSpeaker.Agent ? "agent " : "caller";
            text.Append(CultureInfo.InvariantCulture, $"{at}  {who}  {entry.Text}{(entry.Interrupted ? " –" : "")}\n");
        }

        return text.ToString();
    }

    private void WriteWav(string name, short[] samples, int channels)
    {
        using FileStream file = File.Create(Path.Combine(Folder, name));
        using var wav = new WavWriter(file, HeardResponse.Rate, channels);
        wav.Write(samples);
    }

    private void Guard(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCodes.Output, $"cannot write to {Folder}: {e.Message} Choose another folder with --output.");
        }
    }
}
