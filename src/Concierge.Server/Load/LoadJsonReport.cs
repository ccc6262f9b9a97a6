using System.Text.Json.Nodes;
using Concierge.Server.Node;
using Concierge.Simulation.Load;

namespace Concierge.Server.Load;

/// <summary>The result for scripts. Times in microseconds, sizes in octets, CPU in milliseconds per call and second.</summary>
internal static class LoadJsonReport
{
    public static JsonObject Create(LoadOptions options, IReadOnlyList<LoadStep> steps, DateTimeOffset date) => new()
    {
        ["version"] = FrontDoor.Version,
        ["date"] = date.ToString("O"),
        ["machine"] = LoadMachine.Describe(),
        ["subject"] = options.Subject,
        ["mode"] = options.Mode == LoadMode.Pcm16 ? "pcm16" : "pcmu",
        ["tls"] = options.Tls,
        ["duration_seconds"] = options.Duration.TotalSeconds,
        ["bridge_core"] = options.BridgeCore,
        ["generator_core"] = options.GeneratorCore,
        ["bound_ms"] = options.Bound.TotalMilliseconds,
        ["largest_calls_within_bound"] = Largest(options, steps, LoadKinds.Bridge),
        ["peers"] = new JsonArray([.. options.Peers.Select(peer => (JsonNode)new JsonObject
        {
            ["name"] = peer.Name,
            ["made_of"] = peer.Made,
            ["largest_calls_within_bound"] = Largest(options, steps, peer.Name),
        })]),
        ["steps"] = new JsonArray([.. steps.Select(Step)]),
    };

    private static int? Largest(LoadOptions options, IReadOnlyList<LoadStep> steps, string kind) => steps.LastOrDefault(step => step.Holds(options.Bound, kind) == true)?.Calls;

    private static JsonNode Step(LoadStep step)
    {
        JsonObject json = new() { ["calls"] = step.Calls };
        AddRatios(json, step, LoadKinds.Bridge);
        foreach (string kind in step.Runs.Select(run => run.Kind).Distinct().Where(kind => kind is not (LoadKinds.Relay or LoadKinds.Bridge)))
        {
            JsonObject peer = [];
            AddRatios(peer, step, kind);
            peer["cpu_ratio_to_bridge"] = Round(step.Ratio(kind, run => run.CpuPerCall, LoadKinds.Bridge));
            json[kind] = peer;
        }

        json["runs"] = new JsonArray([.. step.Runs.Select(Run)]);
        return json;
    }

    private static void AddRatios(JsonObject json, LoadStep step, string kind)
    {
        json["cpu_ratio"] = Round(step.Ratio(kind, run => run.CpuPerCall));
        json["p99_ratio"] = Round(step.Ratio(kind, run => run.P99));
        json["p999_ratio"] = Round(step.Ratio(kind, run => run.P999));
    }

    private static JsonNode Run(LoadRun run) => new JsonObject
    {
        ["kind"] = run.Kind,
        ["counts"] = run.Discarded is null,
        ["discarded"] = run.Discarded,
        ["seconds"] = Round(run.Seconds),
        ["connected"] = run.Reading.Connected,
        ["matched"] = run.Reading.Matched,
        ["refused"] = new JsonObject(run.Reading.Refused.Select(r => KeyValuePair.Create(r.Key.ToString(), (JsonNode?)r.Value))),
        ["refusal_time"] = run.Reading.Refused.Count > 0 ? Direction(run.Reading.RefusalTime, counts: false) : null,
        ["failed"] = run.Reading.Failed,
        ["first_failure"] = run.Reading.FirstFailure,
        ["ended_early"] = run.Reading.EndedEarly,
        ["cpu_user"] = Round(run.UserPerCall),
        ["cpu_system"] = Round(run.SystemPerCall),
        ["cpu"] = Round(run.CpuPerCall),
        ["core_share"] = Round(run.CoreShare),
        ["resident_idle"] = run.Idle?.ResidentBytes,
        ["resident_loaded"] = run.After?.ResidentBytes,
        ["resident_per_call"] = Round(run.ResidentPerCall),
        ["start_ms"] = Round(run.StartMilliseconds),
        ["allocated_per_frame"] = Round(run.AllocatedPerFrame),
        ["gc_pause_ms"] = Round(run.GcPauseMilliseconds),
        ["gc_collections"] = run.CountersAfter?.Gen0Collections - run.CountersBefore?.Gen0Collections,
        ["compile_ms"] = Round(run.CompileMilliseconds),
        ["compiled_methods"] = run.CountersAfter?.CompiledMethods - run.CountersBefore?.CompiledMethods,
        ["steal_share"] = Round(run.StolenShare),
        ["up"] = Direction(run.Reading.Up),
        ["down"] = Direction(run.Reading.Down),
        ["generator_lateness"] = Direction(run.Reading.Lateness, counts: false),
    };

    private static JsonObject Direction(LoadDirection direction, bool counts = true)
    {
        JsonObject json = new();
        if (counts)
        {
            json["sent"] = direction.Sent;
            json["lost"] = direction.Lost;
            json["late"] = direction.Late;
            json["repeated"] = direction.Repeated;
        }

        json["p50"] = direction.P50 / 1e3;
        json["p90"] = direction.P90 / 1e3;
        json["p99"] = direction.P99 / 1e3;
        json["p999"] = direction.P999 / 1e3;
        json["max"] = direction.Max / 1e3;
        return json;
    }

    private static double? Round(double? value) => value is { } v ? Math.Round(v, 4) : null;
}
