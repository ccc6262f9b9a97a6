using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Concierge.Benchmarks.Harness;

/// <summary>What a result must say of where it came from.</summary>
internal static class Machine
{
    /// <summary>The processor's name and the number of logical processors.</summary>
    public static string Name
    {
        get
        {
            string? model = File.Exists("/proc/cpuinfo")
                ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim()
                : Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER");
            return $"{model ?? RuntimeInformation.ProcessArchitecture.ToString()}, {Environment.ProcessorCount} logical processors, best rung {Concierge.Audio.SimdSupport.Best}{Load}";
        }
    }

    /// <summary>How busy the machine was already: a measurement on a busy one is worth little, and must say so.</summary>
    private static string Load => File.Exists("/proc/loadavg") ? $", load average {File.ReadAllText("/proc/loadavg").Split(' ')[0]} at the end of the run" : "";

    /// <summary>The short hash of the working tree's commit, with a plus sign when it has changes; "unknown" without git.</summary>
    public static string Commit
    {
        get
        {
            string? hash = Git("rev-parse --short HEAD");
            return hash is null ? "unknown" : hash + (string.IsNullOrEmpty(Git("status --porcelain")) ? "" : "+");
        }
    }

    /// <summary>bench/budgets.json, beside the built program.</summary>
    public static string BudgetsPath => Path.Combine(AppContext.BaseDirectory, "budgets.json");

    // Asked where the program lies: it may have been started from anywhere.
    private static string? Git(string arguments)
    {
        try
        {
            using var git = Process.Start(new ProcessStartInfo("git", arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = AppContext.BaseDirectory });
            string output = git!.StandardOutput.ReadToEnd().Trim();
            git.WaitForExit();
            return git.ExitCode == 0 ? output : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
