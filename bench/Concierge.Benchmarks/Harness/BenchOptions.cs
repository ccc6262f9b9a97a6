namespace Concierge.Benchmarks.Harness;

/// <summary>The command line of the benches; <c>docs/benchmarks.md</c> explains each.</summary>
internal sealed record BenchOptions
{
    public const string Usage =
        """
        benches: measure the hot paths.

          --filter GLOB   only benches whose name (Class.Method) matches; * is the wildcard
          --isa LIST      instruction sets, comma-separated: best, avx2, vector128, scalar; or all (default: best)
          --quick         short runs: a first impression in a minute or two
          --dry           each bench once, to see that it works; nothing is measured
          --list          the names, and nothing else
          --output DIR    where results go (default: artifacts/bench)
          --report DIR    draw the page with plots from the results in --output, into DIR; measures nothing

        The run fails (exit code 1) when a bench throws or allocates more than bench/budgets.json allows. Time is reported, never judged.
        """;

    public string Filter { get; init; } = "*";

    public IReadOnlyList<string> Isas { get; init; } = ["best"];

    public bool Quick { get; init; }

    public bool Dry { get; init; }

    public bool List { get; init; }

    public string Output { get; init; } = Path.Combine("artifacts", "bench");

    public string? Report { get; init; }

    /// <summary>Set by the parent when it runs one instruction set in a process of its own: where to leave the rows.</summary>
    public string? ChildResult { get; init; }

    /// <summary>Reads the command line; null and a message when it is not understood.</summary>
    public static (BenchOptions? Options, string? Error) Parse(string[] args)
    {
        var options = new BenchOptions();
        for (int i = 0; i < args.Length; i++)
        {
            string name = args[i].ToLowerInvariant();
            string? value = i + 1 < args.Length ? args[i + 1] : null;
            switch (name)
            {
                case "--quick" or "-quick":
                    options = options with { Quick = true };
                    continue;
                case "--dry" or "-dry":
                    options = options with { Dry = true };
                    continue;
                case "--list" or "-list":
                    options = options with { List = true };
                    continue;
                case "--help" or "-h":
                    return (null, null);
            }

            if (value is null)
            {
                return (null, $"unknown option, or an option without its value: {args[i]}");
            }

            i++;
            switch (name)
            {
                case "--filter" or "-filter" or "-f":
                    options = options with { Filter = value };
                    break;
                case "--isa" or "-isa":
                    string[] isas = value == "all" ? [.. IsaLevel.All.Select(level => level.Name)] : value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
                    if (isas.FirstOrDefault(isa => IsaLevel.Find(isa) is null) is { } unknown)
                    {
                        return (null, $"unknown instruction set \"{unknown}\"; known: {string.Join(", ", IsaLevel.All.Select(level => level.Name))}, all");
                    }

                    options = options with { Isas = isas };
                    break;
                case "--output" or "-output":
                    options = options with { Output = value };
                    break;
                case "--report" or "-report":
                    options = options with { Report = value };
                    break;
                case "--child":
                    options = options with { ChildResult = value };
                    break;
                default:
                    return (null, $"unknown option {args[i - 1]}");
            }
        }

        string[] measuring = ["--filter", "-filter", "--quick", "-quick", "--isa", "-isa", "-f", "--dry", "-dry"];
        return options.Report is not null && args.Any(arg => measuring.Contains(arg, StringComparer.OrdinalIgnoreCase))
            ? (null, "--report draws what was measured before and measures nothing: run with the filter first, then with --report alone")
            : (options, null);
    }
}
