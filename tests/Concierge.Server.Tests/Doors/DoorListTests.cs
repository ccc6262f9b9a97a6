using System.Text.RegularExpressions;
using Concierge.TestKit;

namespace Concierge.Server.Tests.Doors;

/// <summary>The list of doors in the documentation and the tests that try them are the same list.</summary>
public partial class DoorListTests
{
    [Fact]
    public void Every_door_has_a_test_and_every_test_a_door()
    {
        string[] listed = [.. File.ReadLines(Repository.PathTo("docs", "doors.md")).Where(l => l.StartsWith("| ", StringComparison.Ordinal)).Skip(1).Select(l => l.Split('|')[1].Trim())];
        string[] tried =
        [
            .. Directory.EnumerateFiles(Repository.PathTo("tests"), "*Tests.cs", SearchOption.AllDirectories)
                .SelectMany(f => Doors().Matches(File.ReadAllText(f)).Select(m => m.Groups[1].Value)).Distinct(StringComparer.Ordinal),
        ];
        Assert.NotEmpty(listed);
        Assert.Equal(listed.Order(StringComparer.Ordinal), tried.Order(StringComparer.Ordinal));
    }

    [GeneratedRegex("""\[Trait\("door", "([^"]+)"\)\]\r?\n    public""")]
    private static partial Regex Doors();
}
