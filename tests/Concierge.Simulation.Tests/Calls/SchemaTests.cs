using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Concierge.Simulation.Chat;
using Concierge.Simulation.Realtime;
using Concierge.Simulation.Scenarios;
using Concierge.TestKit;

namespace Concierge.Simulation.Tests.Calls;

/// <summary>The shipped schemas say what the readers take: no key more, none less; and every shipped file is valid.</summary>
public sealed class SchemaTests
{
    private static readonly JsonObject s_scenario = JsonNode.Parse(ScenarioLibrary.Schema)!.AsObject();

    private static readonly JsonObject s_text = JsonNode.Parse(ScenarioLibrary.TextScriptSchema)!.AsObject();

    public static TheoryData<string> Shipped => [.. ScenarioLibrary.Names];

    [Fact]
    public void The_scenario_schema_has_the_keys_of_the_reader()
    {
        Same(typeof(Scenario), s_scenario, ScenarioJson.FileOptions);
        Same(typeof(ScenarioTurn), s_scenario["$defs"]!["turn"]!, ScenarioJson.FileOptions);
        Same(typeof(ScenarioFunctionCall), s_scenario["$defs"]!["call"]!, ScenarioJson.FileOptions);
        Same(typeof(ScenarioCallee), s_scenario["properties"]!["callee"]!, ScenarioJson.FileOptions);
        Same(typeof(ScenarioLine), s_scenario["properties"]!["line"]!, ScenarioJson.FileOptions);
        Same(typeof(ScenarioExpectations), s_scenario["properties"]!["expect"]!, ScenarioJson.FileOptions);
        Same(typeof(RealtimeTwinFaults), s_scenario["$defs"]!["faults"]!, RealtimeFaultJson.FileOptions);
        Enum<ScenarioSpeaker>(s_scenario["$defs"]!["turn"]!["properties"]!["by"]!);
        Enum<ScenarioTrigger>(s_scenario["$defs"]!["turn"]!["properties"]!["when"]!);
        Enum<ScenarioPurpose>(s_scenario["properties"]!["purpose"]!);
        Enum<ScenarioResponseEnd>(s_scenario["$defs"]!["turn"]!["properties"]!["end"]!);
        Enum<ScenarioAnswer>(s_scenario["properties"]!["callee"]!["properties"]!["answers"]!);
    }

    [Fact]
    public void The_text_script_schema_has_the_keys_of_the_reader()
    {
        Same(typeof(TextScript), s_text, TextScriptJson.FileOptions);
        Same(typeof(TextTurn), s_text["$defs"]!["turn"]!, TextScriptJson.FileOptions);
        Same(typeof(TextTurnCue), s_text["$defs"]!["turn"]!["properties"]!["when"]!, TextScriptJson.FileOptions);
        Enum<ScenarioResponseEnd>(s_text["$defs"]!["turn"]!["properties"]!["end"]!);
    }

    [Theory]
    [MemberData(nameof(Shipped))]
    public void Every_shipped_scenario_is_valid(string name) => Assert.Empty(Violations(Read(ScenarioLibrary.Text(name)), s_scenario, s_scenario, "$"));

    [Theory]
    [InlineData("""{"name":"x"}""", "$: 'turns' is missing")]
    [InlineData("""{"name":"x","turns":[{"by":"waiter"}]}""", "$.turns[0].by: not one of agent, callee")]
    [InlineData("""{"name":"x","turns":[{"by":"agent","shout":"x"}]}""", "$.turns[0]: unknown 'shout'")]
    [InlineData("""{"name":"x","turns":[],"seed":"one"}""", "$.seed: not a integer")]
    [InlineData("""{"name":"x","turns":[{"by":"agent","afterMs":-1}]}""", "$.turns[0].afterMs: below 0")]
    public void What_the_reader_refuses_the_schema_refuses(string json, string violation)
    {
        Assert.Contains(violation, Violations(Read(json), s_scenario, s_scenario, "$"));
        ScenarioException refusal = Assert.Throws<ScenarioException>(() => Scenario.Parse(json));
        Assert.DoesNotContain("Concierge.", refusal.Message, StringComparison.Ordinal); // where it stands, not which type of ours it would have been
        Assert.DoesNotContain("System.", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_script_in_the_documentation_is_valid_and_readable()
    {
        string page = File.ReadAllText(Repository.PathTo("docs", "twin.md"));
        int from = page.IndexOf("```json", page.IndexOf("### Text models", StringComparison.Ordinal), StringComparison.Ordinal) + "```json".Length;
        string script = page[from..page.IndexOf("```", from, StringComparison.Ordinal)];
        Assert.Empty(Violations(Read(script), s_text, s_text, "$"));
        Assert.Equal(5, TextScript.Parse(script).Turns.Count);
    }

    private static JsonNode Read(string json) =>
        JsonNode.Parse(json, documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true })!;

    private static void Same(Type type, JsonNode schema, JsonSerializerOptions options)
    {
        var resolved = new JsonSerializerOptions(options) { TypeInfoResolver = options.TypeInfoResolver ?? new DefaultJsonTypeInfoResolver() };
        IEnumerable<string> taken = resolved.GetTypeInfo(type).Properties.Where(p => p.Set is not null).Select(p => p.Name);
        Assert.Equal(taken.Order(StringComparer.Ordinal), schema["properties"]!.AsObject().Select(p => p.Key).Order(StringComparer.Ordinal));
        Assert.False((bool)schema["additionalProperties"]!);
        IEnumerable<string> required = resolved.GetTypeInfo(type).Properties.Where(p => p.IsRequired).Select(p => p.Name);
        Assert.Equal(required.Order(), (schema["required"]?.AsArray().Select(r => r!.ToString()) ?? []).Order());
    }

    private static void Enum<T>(JsonNode schema)
        where T : struct, Enum => Assert.Equal(
            System.Enum.GetNames<T>().Select(n => JsonNamingPolicy.CamelCase.ConvertName(n)).Order(), schema["enum"]!.AsArray().Select(v => v!.ToString()).Order());

    // The keywords that our schemas use, and no more.
    private static IEnumerable<string> Violations(JsonNode? value, JsonNode schema, JsonNode root, string path)
    {
        if (schema["$ref"]?.ToString() is { } reference)
        {
            schema = root["$defs"]![reference["#/$defs/".Length..]]!;
        }

        if (schema["enum"] is JsonArray values && !values.Any(v => JsonNode.DeepEquals(v, value)))
        {
            yield return $"{path}: not one of {string.Join(", ", values)}";
        }

        JsonValueKind kind = value?.GetValueKind() ?? JsonValueKind.Null;
        bool fits = schema["type"]?.ToString() switch
        {
            "object" => kind == JsonValueKind.Object,
            "array" => kind == JsonValueKind.Array,
            "string" => kind == JsonValueKind.String,
            "number" => kind == JsonValueKind.Number,
            "integer" => kind == JsonValueKind.Number && long.TryParse(value!.ToJsonString(), out _),
            "boolean" => kind is JsonValueKind.True or JsonValueKind.False,
            _ => true,
        };
        if (!fits)
        {
            yield return $"{path}: not a {schema["type"]}";
            yield break;
        }

        if (kind == JsonValueKind.Number && schema["minimum"] is { } least && (double)value! < (double)least)
        {
            yield return $"{path}: below {least}";
        }

        foreach (string name in schema["required"]?.AsArray().Select(r => r!.ToString()) ?? [])
        {
            if (value is JsonObject whole && !whole.ContainsKey(name))
            {
                yield return $"{path}: '{name}' is missing";
            }
        }

        IEnumerable<string> inner = value switch
        {
            JsonObject fields when schema["properties"] is JsonObject known => fields.SelectMany(f => known[f.Key] is { } rule
                ? Violations(f.Value, rule, root, $"{path}.{f.Key}")
                : [$"{path}: unknown '{f.Key}'"]),
            JsonArray items when schema["items"] is { } rule => items.SelectMany((item, i) => Violations(item, rule, root, $"{path}[{i}]")),
            _ => [],
        };
        foreach (string violation in inner)
        {
            yield return violation;
        }
    }
}
