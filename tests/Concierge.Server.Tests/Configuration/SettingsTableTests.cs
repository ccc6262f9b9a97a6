using System.Reflection;
using Concierge.Server.Configuration;
using Concierge.Server.Requests;
using Concierge.TestKit;

namespace Concierge.Server.Tests.Configuration;

public sealed class SettingsTableTests
{
    [Fact]
    public void Every_setting_has_one_row_in_the_table_of_the_operations_page()
    {
        string[] lines = [.. File.ReadLines(Repository.PathTo("docs", "operations.md")).SkipWhile(l => l != "|---|---|---|---|").Skip(1).TakeWhile(l => l.StartsWith('|'))];
        string[] told = [.. lines.SelectMany(l => l.Split('|')[1].Split(',')).Select(n => n.Trim(' ', '`'))];
        string[] settings =
        [
            .. new[] { typeof(SettingNames), typeof(ConciergeSettings) }.SelectMany(t => t.GetFields(BindingFlags.Public | BindingFlags.Static)).Select(f => (string)f.GetRawConstantValue()!).Distinct(),
        ];
        Assert.Equal([], settings.Except(told).Except([SettingNames.FileSuffix, SettingNames.RealtimeTemperature])); // the one is no setting, the other has its own sentence
        Assert.Equal([], told.GroupBy(n => n).Where(g => g.Count() > 1).Select(g => g.Key));
    }
}
