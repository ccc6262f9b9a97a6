using System.Reflection;
using System.Xml.Linq;
using Concierge.TestKit;
using Microsoft.Extensions.Logging;

namespace Concierge.Server.Tests;

/// <summary>The project graph is the architecture: these tests hold it.</summary>
public sealed class HouseTests
{
    private static readonly Dictionary<string, string[]> s_references = new()
    {
        ["Concierge.Audio"] = [],
        ["Concierge.WebSockets"] = [],
        ["Concierge.Protocols"] = [],
        ["Concierge.Pipelines"] = ["Concierge.Audio", "Concierge.Protocols", "Concierge.WebSockets"],
        ["Concierge.Calls"] = ["Concierge.Protocols"],
        ["Concierge.Agents"] = ["Concierge.Calls", "Concierge.Pipelines", "Concierge.Protocols"],
        ["Concierge.Simulation"] = ["Concierge.Audio", "Concierge.Protocols", "Concierge.WebSockets"],
        ["Concierge.Server"] =
        [
            "Concierge.Agents", "Concierge.Audio", "Concierge.Calls", "Concierge.Pipelines", "Concierge.Protocols", "Concierge.Simulation",
            "Concierge.WebSockets",
        ],
    };

    private static readonly string[] s_topLevel =
    [
        ".ci", ".editorconfig", ".gitignore", "Concierge.Pipelines.sln", "Directory.Build.props", "Directory.Packages.props", "README.md", "bench",
        "docs", "global.json", "run-bench.ps1", "src", "tests",
    ];

    public static TheoryData<string> Assemblies => [.. s_references.Keys];

    [Fact]
    public void Src_holds_the_eight_assemblies_and_no_other() =>
        Assert.Equal(s_references.Keys.Order(), Projects("src").Select(Path.GetFileNameWithoutExtension).Order());

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void An_assembly_references_only_what_the_architecture_allows(string assembly) =>
        Assert.Equal(s_references[assembly], References(Repository.PathTo("src", assembly, assembly + ".csproj")));

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Unsafe_code_is_allowed_in_audio_and_framing_only(string assembly)
    {
        bool allowed = Load(Repository.PathTo("src", assembly, assembly + ".csproj")).Descendants("AllowUnsafeBlocks").Any(e => e.Value == "true");
        Assert.True(!allowed || assembly is "Concierge.Audio" or "Concierge.WebSockets");
    }

    [Fact]
    public void Every_assembly_has_a_test_project_of_its_name() =>
        Assert.All(s_references.Keys, name => Assert.True(File.Exists(Repository.PathTo("tests", name + ".Tests", name + ".Tests.csproj")), name));

    [Fact]
    public void Transitive_references_are_switched_off_and_hot_assemblies_have_banned_symbols()
    {
        XDocument props = Load(Repository.PathTo("Directory.Build.props"));
        Assert.Equal("true", props.Descendants("DisableTransitiveProjectReferences").Single().Value);
        string hot = props.Descendants("HotAssembly").Single().Parent!.Attribute("Condition")!.Value;
        foreach (string name in (string[])["Concierge.Audio", "Concierge.WebSockets", "Concierge.Protocols", "Concierge.Pipelines"])
        {
            Assert.Contains($"'{name}'", hot);
        }
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        string solution = File.ReadAllText(Repository.PathTo("Concierge.Pipelines.sln")).Replace('\\', '/');
        foreach (string project in Projects("src").Concat(Projects("tests")).Concat(Projects("bench")))
        {
            Assert.Contains(Path.GetRelativePath(Repository.Root, project).Replace('\\', '/'), solution);
        }
    }

    [Fact]
    public void No_project_pins_a_version_of_its_own() =>
        Assert.All(
            Projects("src").Concat(Projects("tests")).Concat(Projects("bench")),
            path => Assert.DoesNotContain(Load(path).Descendants("PackageReference"), e => e.Attribute("Version") is not null));

    [Fact]
    public void The_top_level_is_what_the_contributing_guide_says()
    {
        // A working tree also has what tools leave there; what is ignored by .gitignore does not count.
        string[] left = [".git", "bin", "obj", "artifacts", "TestResults", "BenchmarkDotNet.Artifacts", ".vs", ".idea", ".vscode", ".env", "concierge-demo", "concierge-data"];
        IEnumerable<string> found = Directory.EnumerateFileSystemEntries(Repository.Root).Select(p => Path.GetFileName(p)!).Except(left);
        Assert.Equal(s_topLevel.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void No_source_file_is_longer_than_600_lines()
    {
        foreach (string file in SourceFiles())
        {
            Assert.True(File.ReadLines(file).Count() <= 600, file);
        }
    }

    /// <summary>Seen by their using directives. In the other assemblies public types stand on both sides of a cycle.</summary>
    [Theory]
    [InlineData("Concierge.Audio")]
    [InlineData("Concierge.WebSockets")]
    [InlineData("Concierge.Protocols")]
    [InlineData("Concierge.Server")]
    public void The_folders_of_an_assembly_form_no_cycle(string assembly)
    {
        Dictionary<string, HashSet<string>> uses = [];
        foreach (string file in SourceFiles().Where(f => f.StartsWith(Repository.PathTo("src", assembly) + Path.DirectorySeparatorChar, StringComparison.Ordinal)))
        {
            string[] lines = File.ReadAllLines(file);
            if (Array.Find(lines, l => l.StartsWith("namespace ", StringComparison.Ordinal)) is { } own)
            {
                string[] named = [.. lines.Where(l => l.StartsWith("using ", StringComparison.Ordinal)).Select(l => l[6..].TrimEnd(';'))];
                if (!uses.TryAdd(own[10..].TrimEnd(';'), [.. named]))
                {
                    uses[own[10..].TrimEnd(';')].UnionWith(named);
                }
            }
        }

        // What names nothing that is left goes, again and again; what stays is a cycle, or names one.
        Assert.NotEmpty(uses);
        while (uses.Keys.FirstOrDefault(name => !uses[name].Any(other => other != name && uses.ContainsKey(other))) is { } leaf)
        {
            uses.Remove(leaf);
        }

        Assert.Empty(uses.Keys);
    }

    [Fact]
    public void Log_event_ids_are_unique_over_the_whole_program()
    {
        var messages = s_references.Keys
            .Select(name => Assembly.Load(name == "Concierge.Server" ? "concierge" : name))
            .SelectMany(a => a.GetTypes())
            .SelectMany(t => t.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Select(m => (Method: m, Message: m.GetCustomAttribute<LoggerMessageAttribute>()))
            .Where(x => x.Message is not null)
            .ToList();
        Assert.NotEmpty(messages);
        Assert.All(messages.GroupBy(x => x.Message!.EventId), same => Assert.Single(same));
    }

    private static IEnumerable<string> Projects(string room) =>
        Directory.EnumerateFiles(Repository.PathTo(room), "*.csproj", SearchOption.AllDirectories);

    private static IEnumerable<string> SourceFiles() =>
        Directory.EnumerateFiles(Repository.PathTo("src"), "*.cs", SearchOption.AllDirectories)
            .Where(f => !Path.GetRelativePath(Repository.Root, f).Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"));

    private static XDocument Load(string path) => XDocument.Load(path);

    private static IEnumerable<string> References(string project) =>
        Load(project).Descendants("ProjectReference")
            .Select(e => Path.GetFileNameWithoutExtension(e.Attribute("Include")!.Value.Replace('\\', '/')))
            .Order(StringComparer.Ordinal);
}
