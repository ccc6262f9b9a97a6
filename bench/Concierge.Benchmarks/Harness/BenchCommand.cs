using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Concierge.Benchmarks.Audio;

namespace Concierge.Benchmarks.Harness;

/// <summary>Runs the benches: every instruction set in a child process of this same program, every bench inside it by BenchmarkDotNet's in-process toolchain.</summary>
internal static class BenchCommand
{
    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true };

    public static int Run(string[] args)
    {
        (BenchOptions? options, string? error) = BenchOptions.Parse(args);
        if (options is null)
        {
            (error is null ? Console.Out : Console.Error).WriteLine(error is null ? BenchOptions.Usage : $"{error}\n\n{BenchOptions.Usage}");
            return error is null ? 0 : 2;
        }

        if (options.Report is { } directory)
        {
            return ReportPage.Write(Path.Combine(options.Output, "results.json"), directory);
        }

        if (options.List)
        {
            foreach ((Type type, MethodInfo method) in Benches())
            {
                Console.WriteLine($"{type.Name}.{method.Name}");
            }

            Console.WriteLine(ResamplerQuality.Name);

            return 0;
        }

        if (!MatchesQuality(options.Filter) && !Benches().Any(bench => Matches(options.Filter, bench)))
        {
            Console.Error.WriteLine($"no bench matches \"{options.Filter}\"; --list names them");
            return 2;
        }

        return options.ChildResult is not null || options.Dry ? RunHere(options) : RunChildren(options, args);
    }

    private static int RunChildren(BenchOptions options, string[] args)
    {
        Directory.CreateDirectory(options.Output);
        var rows = new List<BenchRow>();
        bool failed = false;
        foreach (string isa in options.Isas)
        {
            string path = Path.Combine(options.Output, $"rows-{isa}.json");
            File.Delete(path);
            var start = new ProcessStartInfo(Environment.ProcessPath!) { UseShellExecute = false };
            if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            {
                start.ArgumentList.Add(Assembly.GetEntryAssembly()!.Location);
            }

            foreach (string argument in args)
            {
                start.ArgumentList.Add(argument);
            }

            start.ArgumentList.Add("--isa");
            start.ArgumentList.Add(isa);
            start.ArgumentList.Add("--child");
            start.ArgumentList.Add(path);
            start.Environment["DOTNET_TieredPGO"] = "0"; // the same code in every run
            foreach ((string variable, string value) in IsaLevel.Find(isa)!.Environment)
            {
                start.Environment[variable] = value;
            }

            Console.WriteLine($"== {isa}");
            using Process child = Process.Start(start)!;
            child.WaitForExit();
            failed |= child.ExitCode != 0;
            if (File.Exists(path))
            {
                rows.AddRange(JsonSerializer.Deserialize<List<BenchRow>>(File.ReadAllText(path))!);
                File.Delete(path);
            }
        }

        var run = new BenchRun(Machine.Name, RuntimeInformation.OSDescription, RuntimeInformation.FrameworkDescription, DateTimeOffset.UtcNow, Machine.Commit, string.Join(' ', args), rows)
        {
            Quality = MatchesQuality(options.Filter) ? ResamplerQuality.Compare() : [],
        };
        string json = Path.Combine(options.Output, "results.json");
        File.WriteAllText(json, JsonSerializer.Serialize(run, s_json));
        File.WriteAllText(Path.Combine(options.Output, "results.md"), ResultTable.Markdown(run));
        Console.WriteLine(ResultTable.Markdown(run));
        Console.WriteLine($"results: {Path.GetFullPath(json)} and results.md beside it");
        string[] violations = [.. Budgets.Load(Machine.BudgetsPath).Violations(rows)];
        foreach (string violation in violations)
        {
            Console.Error.WriteLine($"over budget: {violation}");
        }

        return failed || violations.Length > 0 || (rows.Count == 0 && run.Quality.Count == 0) ? 1 : 0;
    }

    private static int RunHere(BenchOptions options)
    {
        foreach (string missing in NativePeers.Missing())
        {
            Console.WriteLine($"{missing} is not installed: its benches are left out");
        }

        Job job = options.Dry ? Job.Dry : options.Quick ? Job.ShortRun.WithIterationTime(Perfolizer.Horology.TimeInterval.FromMilliseconds(100)) : Job.MediumRun.WithLaunchCount(1);
        var config = new ManualConfig();
        config.AddJob(job.WithToolchain(InProcessEmitToolchain.Instance));
        config.AddDiagnoser(new MemoryDiagnoser(new MemoryDiagnoserConfig(displayGenColumns: false)));
        config.AddColumnProvider(DefaultColumnProviders.Instance);
        config.AddLogger(NullLogger.Instance);
        config.WithOptions(ConfigOptions.DisableLogFile | ConfigOptions.DisableOptimizationsValidator);
        config.ArtifactsPath = Path.Combine(options.Output, "BenchmarkDotNet");
        config.WithSummaryStyle(SummaryStyle.Default);

        var rows = new List<BenchRow>();
        int failed = 0;
        int passed = 0;
        foreach (IGrouping<Type, MethodInfo> type in Benches().Where(bench => Matches(options.Filter, bench)).GroupBy(bench => bench.Type, bench => bench.Method))
        {
            MethodInfo[] methods = [.. type, .. BaselineOf(type.Key, type)];
            Summary summary = BenchmarkRunner.Run(type.Key, methods, config);
            foreach (BenchmarkReport report in summary.Reports)
            {
                string name = $"{type.Key.Name}.{report.BenchmarkCase.Descriptor.WorkloadMethod.Name}";
                string parameters = report.BenchmarkCase.Parameters.DisplayInfo.Trim('[', ']');
                if (!report.Success || report.ResultStatistics is not { } statistics)
                {
                    failed++;
                    Console.Error.WriteLine($"failed: {name} {parameters}: {string.Join(' ', report.ExecuteResults.SelectMany(result => result.Errors))}");
                    continue;
                }

                passed++;
                rows.Add(new BenchRow(
                    options.Isas[0], type.Key.Name, report.BenchmarkCase.Descriptor.WorkloadMethod.Name, parameters, statistics.Median, statistics.Mean, statistics.Min,
                    statistics.StandardDeviation, report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase), report.BenchmarkCase.Descriptor.Baseline));
                Console.WriteLine(options.Dry ? $"ran {name} {parameters}" : $"{name} {parameters}: {statistics.Median:0.0} ns");
            }

            if (summary.HasCriticalValidationErrors)
            {
                failed++;
                Console.Error.WriteLine($"failed: {type.Key.Name}: {string.Join(' ', summary.ValidationErrors.Select(e => e.Message))}");
            }
        }

        if (options.Dry && MatchesQuality(options.Filter))
        {
            Console.Write(ResultTable.Quality(ResamplerQuality.Compare()));
            passed++;
        }

        Console.WriteLine($"{passed} benches ran, {failed} failed");
        if (options.ChildResult is { } path)
        {
            File.WriteAllText(path, JsonSerializer.Serialize(ResultTable.WithRatios(rows), s_json));
        }

        return failed > 0 || (passed == 0 && !MatchesQuality(options.Filter)) ? 1 : 0;
    }

    private static IEnumerable<(Type Type, MethodInfo Method)> Benches() =>
        from type in typeof(BenchCommand).Assembly.GetTypes()
        where !type.IsAbstract && type.IsPublic
        orderby type.FullName
        from method in type.GetMethods()
        where method.GetCustomAttribute<BenchmarkAttribute>() is not null && NativePeers.Available(method)
        select (type, method);

    private static IEnumerable<MethodInfo> BaselineOf(Type type, IEnumerable<MethodInfo> chosen) =>
        type.GetMethods().Where(method => method.GetCustomAttribute<BenchmarkAttribute>() is { Baseline: true } && !chosen.Contains(method));

    private static bool Matches(string glob, (Type Type, MethodInfo Method) bench) =>
        Matches(glob, $"{bench.Type.Name}.{bench.Method.Name}") || Matches(glob, $"{bench.Type.FullName}.{bench.Method.Name}");

    private static bool MatchesQuality(string glob) => Matches(glob, ResamplerQuality.Name) || Matches(glob, $"{typeof(ResamplerQuality).Namespace}.{ResamplerQuality.Name}");

    private static bool Matches(string glob, string name) => Regex.IsMatch(name, $"^{Regex.Escape(glob).Replace("\\*", ".*", StringComparison.Ordinal)}$", RegexOptions.IgnoreCase);
}
