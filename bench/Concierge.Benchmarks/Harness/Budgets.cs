using System.Text.Json;

namespace Concierge.Benchmarks.Harness;

/// <summary>Allocated bytes per operation that each hot bench may use, from <c>bench/budgets.json</c>: "Class.Method" or "Class.*" to bytes.</summary>
internal sealed class Budgets(IReadOnlyDictionary<string, double> bytes)
{
    /// <summary>
    /// Half the smallest object of .NET. The measure is of the whole process, so a stray allocation of the runtime (tiering, a timer) spread over few operations shows as a byte or two; a
    /// bench that allocates in every operation shows at least 24.
    /// </summary>
    private const double Stray = 12;

    public static Budgets Load(string path)
    {
        Dictionary<string, double>? bytes = JsonSerializer.Deserialize<Dictionary<string, double>>(
            File.ReadAllText(path), new JsonSerializerOptions { ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        return new Budgets(bytes ?? throw new InvalidDataException($"{path} holds no object."));
    }

    /// <summary>What a bench may allocate; null when it has no budget.</summary>
    public double? For(string type, string method) =>
        bytes.TryGetValue($"{type}.{method}", out double exact) ? exact : bytes.TryGetValue($"{type}.*", out double all) ? all : null;

    /// <summary>The benches over their budget, in words.</summary>
    public IEnumerable<string> Violations(IEnumerable<BenchRow> rows) =>
        from row in rows
        let budget = For(row.Class, row.Method)
        where budget is not null && row.AllocatedBytes > budget + Stray
        select $"{row.Class}.{row.Method} [{row.Parameters}] ({row.Isa}) allocates {row.AllocatedBytes:0.##} B per operation; its budget is {budget:0.##} B";
}
