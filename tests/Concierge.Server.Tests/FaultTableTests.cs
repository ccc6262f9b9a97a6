using System.Text.RegularExpressions;
using Concierge.TestKit;

namespace Concierge.Server.Tests;

/// <summary>docs/faults.md says what a call survives and which tests show it: no row without one, and none that is not there.</summary>
public sealed partial class FaultTableTests
{
    [Fact]
    public void Every_fault_of_a_call_has_its_row_and_each_row_its_tests()
    {
        string sources = string.Join('\n', Directory.EnumerateFiles(Repository.PathTo("tests"), "*Tests.cs", SearchOption.AllDirectories).Select(File.ReadAllText));
        var tests = TestMethod().Matches(sources).Select(m => m.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
        List<int> rows = [];
        foreach (string line in File.ReadLines(Repository.PathTo("docs", "faults.md")).Where(l => Row().IsMatch(l)))
        {
            rows.Add(int.Parse(Row().Match(line).Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture));
            string[] named = [.. Name().Matches(line.Split('|')[4]).Select(m => m.Groups[1].Value)];
            Assert.True(named.Length > 0, $"Row {rows[^1]} names no test.");
            Assert.All(named, name => Assert.True(tests.Contains(name), $"Row {rows[^1]} names {name}, which is no test."));
        }

        Assert.Equal([.. Enumerable.Range(1, 30), 35, 41], rows);
    }

    [GeneratedRegex(@"^\| (\d+) \|")]
    private static partial Regex Row();

    [GeneratedRegex(@"`([A-Z]\w+)`")]
    private static partial Regex Name();

    [GeneratedRegex(@"\[(?:Fact|Theory)[^\]]*\]\s*(?:\[[^\n]*\]\s*(?://[^\n]*\n\s*)?)*public (?:static )?(?:async )?(?:void|Task) (\w+)\(")]
    private static partial Regex TestMethod();
}
