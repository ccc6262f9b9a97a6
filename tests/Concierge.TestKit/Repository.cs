namespace Concierge.TestKit;

/// <summary>The checkout that the running tests were built from.</summary>
public static class Repository
{
    private static readonly Lazy<string> s_root = new(Find);

    /// <summary>The folder that holds the solution.</summary>
    public static string Root => s_root.Value;

    /// <summary>A path inside the checkout.</summary>
    public static string PathTo(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Concierge.Pipelines.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No Concierge.Pipelines.sln above {AppContext.BaseDirectory}: run the tests from a checkout.");
    }
}
