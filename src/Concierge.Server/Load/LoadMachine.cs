using System.Runtime.InteropServices;

namespace Concierge.Server.Load;

/// <summary>The machine, as a number needs it beside it.</summary>
internal static class LoadMachine
{
    public static string Describe()
    {
        string processor = RuntimeInformation.ProcessArchitecture.ToString();
        try
        {
            processor = File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? processor;
        }
        catch (IOException)
        {
            // The architecture has to do.
        }

        return $"{processor}, {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}";
    }
}
