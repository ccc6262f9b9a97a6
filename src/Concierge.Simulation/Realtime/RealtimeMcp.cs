using System.Text.Json;
using System.Text.Json.Nodes;
using Concierge.Simulation.Scenarios;
using Concierge.Simulation.Time;

namespace Concierge.Simulation.Realtime;

/// <summary>
/// The MCP servers of a session as far as a client sees them (PROTOCOL B.11): their tools are listed when they are named, calls that want approval wait for it. The servers
/// themselves are the scenario's: nothing is dialled.
/// </summary>
internal sealed class RealtimeMcp(
    RealtimeEventWriter events, RealtimeConversation conversation, RealtimeSessionState session, RealtimeIds ids, Agenda agenda, RealtimeFaultPlan faults, Scenario scenario)
{
    private static readonly TimeSpan s_listing = TimeSpan.FromMilliseconds(150);

    private readonly HashSet<string> _listed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ScenarioFunctionCall> _asked = new(StringComparer.Ordinal);

    /// <summary>Calls that were approved and are made with the next response, each with its request's id.</summary>
    public Queue<(ScenarioFunctionCall Call, string RequestId)> Approved { get; } = new();

    /// <summary>After a session.update: lists the tools of each server that is new.</summary>
    public void ListTools()
    {
        foreach (JsonObject tool in Tools())
        {
            string label = tool["server_label"]!.ToString();
            if (_listed.Add(label))
            {
                List(label, tool);
            }
        }
    }

    /// <summary>Whether a call has to be approved first: "always" unless the session says otherwise.</summary>
    public bool NeedsApproval(ScenarioFunctionCall call)
    {
        JsonNode? rule = Tools().FirstOrDefault(t => t["server_label"]!.ToString() == call.Server)?["require_approval"];
        return rule switch
        {
            JsonObject filters when Names(filters["never"])?.Contains(call.Name) == true => false,
            JsonObject filters when filters["always"] is not null => Names(filters["always"])?.Contains(call.Name) != false,
            JsonObject => true,
            JsonValue value => value.ToString() != "never",
            _ => true,
        };
    }

    /// <summary>Remembers a call for whose approval was asked.</summary>
    public void Ask(string requestId, ScenarioFunctionCall call) => _asked[requestId] = call;

    /// <summary>mcp_approval_response of the client.</summary>
    public void Answer(JsonObject item)
    {
        string request = item["approval_request_id"]!.ToString();
        if (_asked.Remove(request, out ScenarioFunctionCall? call) && item["approve"]!.GetValue<bool>())
        {
            Approved.Enqueue((call, request));
        }
    }

    private IEnumerable<JsonObject> Tools() => (session.Effective["tools"] as JsonArray ?? []).OfType<JsonObject>().Where(t => t["type"]?.ToString() == "mcp");

    private void List(string label, JsonObject tool)
    {
        var item = new RealtimeItem(ids.Next("mcpl_"), new JsonObject { ["id"] = null, ["type"] = "mcp_list_tools", ["server_label"] = label, ["tools"] = new JsonArray() });
        item.Body["id"] = item.Id;
        conversation.Append(item);
        Tell("mcp_list_tools.in_progress", item.Id);
        bool fails = faults.TakeListingFailure();
        agenda.After(s_listing, () =>
        {
            if (fails)
            {
                // The server can be named again.
                _listed.Remove(label);
                Tell("mcp_list_tools.failed", item.Id);
                return;
            }

            string[]? allowed = Names(tool["allowed_tools"]);
            IEnumerable<string> names = scenario.Turns.SelectMany(t => t.Calls).Where(c => c.Server == label).Select(c => c.Name).Distinct(StringComparer.Ordinal)
                .Where(n => allowed?.Contains(n) != false);
            item.Body["tools"] = new JsonArray([.. names.Select(n => (JsonNode)new JsonObject { ["name"] = n, ["input_schema"] = new JsonObject { ["type"] = "object" }, ["annotations"] = null })]);
            Tell("mcp_list_tools.completed", item.Id);
            conversation.Finish(item);
        });
    }

    private void Tell(string type, string itemId)
    {
        Utf8JsonWriter json = events.Begin(type);
        json.WriteString("item_id", itemId);
        events.End();
    }

    // A list of names, or a filter that holds one; null when all are meant.
    private static string[]? Names(JsonNode? filter) => (filter as JsonArray ?? filter?["tool_names"] as JsonArray)?.Select(n => n!.ToString()).ToArray();
}
