using System.Text.Json;
using System.Text.Json.Nodes;
using Concierge.Simulation.Scenarios;

namespace Concierge.Simulation.Realtime;

/// <summary>What a response calls after it has spoken: functions, which the client runs, and tools of MCP servers, which the service runs (PROTOCOL B.11).</summary>
internal sealed class RealtimeToolCalls(
    RealtimeEventWriter events, RealtimeResponseEvents write, RealtimeConversation conversation, RealtimeMcp mcp, RealtimeIds ids, Random sizes)
{
    /// <summary>Makes the calls of a turn.</summary>
    public void Call(RealtimeActiveResponse active)
    {
        foreach (ScenarioFunctionCall call in active.Turn?.Calls ?? [])
        {
            if (call.Server is null)
            {
                CallFunction(active, call);
            }
            else if (mcp.NeedsApproval(call))
            {
                AskApproval(active, call);
            }
            else
            {
                CallServer(active, call, null);
            }
        }
    }

    /// <summary>Makes the calls that were approved since the last response.</summary>
    public void CallApproved(RealtimeActiveResponse active)
    {
        while (!active.OutOfBand && mcp.Approved.TryDequeue(out (ScenarioFunctionCall Call, string RequestId) approved))
        {
            CallServer(active, approved.Call, approved.RequestId);
        }
    }

    private void CallFunction(RealtimeActiveResponse active, ScenarioFunctionCall call)
    {
        string callId = ids.Next("call_");
        string arguments = call.Arguments.ToJsonString();
        RealtimeItem item = Item("item_", new JsonObject
        {
            ["id"] = null,
            ["object"] = "realtime.item",
            ["type"] = "function_call",
            ["status"] = "in_progress",
            ["name"] = call.Name,
            ["call_id"] = callId,
            ["arguments"] = "",
        });
        Begin(active, item);
        foreach (string piece in Pieces(arguments))
        {
            Utf8JsonWriter delta = write.BeginOutput("response.function_call_arguments.delta", active, item.Id);
            delta.WriteString("call_id", callId);
            delta.WriteString("delta", piece);
            events.End();
        }

        Utf8JsonWriter done = write.BeginOutput("response.function_call_arguments.done", active, item.Id);
        done.WriteString("call_id", callId);
        done.WriteString("name", call.Name);
        done.WriteString("arguments", arguments);
        events.End();
        item.Body["status"] = "completed";
        item.Body["arguments"] = arguments;
        active.Record.Calls.Add((call.Name, callId, arguments));
        End(active, item);
    }

    private void CallServer(RealtimeActiveResponse active, ScenarioFunctionCall call, string? requestId)
    {
        string arguments = call.Arguments.ToJsonString();
        RealtimeItem item = Item("mcp_", new JsonObject
        {
            ["id"] = null,
            ["type"] = "mcp_call",
            ["server_label"] = call.Server,
            ["name"] = call.Name,
            ["arguments"] = "",
            ["approval_request_id"] = requestId,
            ["output"] = null,
            ["error"] = null,
        });
        Begin(active, item);
        foreach (string piece in Pieces(arguments))
        {
            write.BeginOutput("response.mcp_call_arguments.delta", active, item.Id).WriteString("delta", piece);
            events.End();
        }

        write.BeginOutput("response.mcp_call_arguments.done", active, item.Id).WriteString("arguments", arguments);
        events.End();
        item.Body["arguments"] = arguments;
        Progress("in_progress");
        if (call.Error is { } error)
        {
            item.Body["error"] = new JsonObject { ["type"] = "tool_execution_error", ["message"] = error };
        }
        else
        {
            item.Body["output"] = call.Output ?? "";
        }

        Progress(call.Error is null ? "completed" : "failed");
        End(active, item);

        void Progress(string state)
        {
            Utf8JsonWriter json = events.Begin("response.mcp_call." + state);
            json.WriteNumber("output_index", active.OutputIndex);
            json.WriteString("item_id", item.Id);
            events.End();
        }
    }

    private void AskApproval(RealtimeActiveResponse active, ScenarioFunctionCall call)
    {
        RealtimeItem item = Item("mcpr_", new JsonObject
        {
            ["id"] = null,
            ["type"] = "mcp_approval_request",
            ["server_label"] = call.Server,
            ["name"] = call.Name,
            ["arguments"] = call.Arguments.ToJsonString(),
        });
        mcp.Ask(item.Id, call);
        Begin(active, item);
        End(active, item);
    }

    private RealtimeItem Item(string prefix, JsonObject body)
    {
        var item = new RealtimeItem(ids.Next(prefix), body);
        body["id"] = item.Id;
        return item;
    }

    private void Begin(RealtimeActiveResponse active, RealtimeItem item)
    {
        write.Item("response.output_item.added", active, item);
        if (!active.OutOfBand)
        {
            conversation.Append(item);
        }
    }

    private void End(RealtimeActiveResponse active, RealtimeItem item)
    {
        write.Item("response.output_item.done", active, item);
        if (!active.OutOfBand)
        {
            conversation.Finish(item);
        }

        active.Output.Add(item.Body.DeepClone());
        active.OutputIndex++;
    }

    private IEnumerable<string> Pieces(string text)
    {
        for (int at = 0; at < text.Length;)
        {
            int length = Math.Min(text.Length - at, sizes.Next(3, 24));
            yield return text.Substring(at, length);
            at += length;
        }
    }
}
