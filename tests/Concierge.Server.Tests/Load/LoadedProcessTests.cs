using Concierge.Server.Load;
using Concierge.Server.Tests.Node;

namespace Concierge.Server.Tests.Load;

public sealed class LoadedProcessTests
{
    /// <summary>A relay says once that it is there. Who asks later, because the machine did something else meanwhile, must hear it too.</summary>
    [Fact]
    public async Task The_first_line_is_heard_by_who_asks_after_it_was_printed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs a shell.");
        using LoadedProcess process = LoadedProcess.StartCommand("sh -c 'echo ready; echo steady; cat'", new Dictionary<string, string?>(), core: null);
        while (!process.LastLines.Contains("steady", StringComparison.Ordinal))
        {
            await Task.Delay(1, TestNode.Patience());
        }

        Assert.Equal("ready", await process.FirstLine.WaitAsync(TestNode.Patience()));
    }
}
