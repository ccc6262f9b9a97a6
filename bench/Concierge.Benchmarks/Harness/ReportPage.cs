namespace Concierge.Benchmarks.Harness;

/// <summary>Draws the page with plots from measured results.</summary>
internal static class ReportPage
{
    public static int Write(string resultsPath, string directory)
    {
        Console.Error.WriteLine($"{resultsPath} -> {directory}");
        return 2;
    }
}
