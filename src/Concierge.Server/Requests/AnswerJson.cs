using System.Text.Json;
using System.Text.Json.Nodes;
using Concierge.Agents.Reservations;
using Concierge.Calls.Life;
using Concierge.Calls.Outcome;
using Concierge.Calls.Reservations;

namespace Concierge.Server.Requests;

/// <summary>An answer as JSON: what <c>POST /process-request</c> answers, what <c>concierge ask --json</c> prints, and what the command line reads back from a node.</summary>
internal static class AnswerJson
{
    public static JsonObject Write(ConciergeAnswer answer)
    {
        JsonObject node = new()
        {
            ["response"] = answer.Text,
            ["session_id"] = answer.SessionId,
            ["agent"] = answer.Agent,
            ["simulated"] = answer.IsSimulated,
            ["model_simulated"] = answer.IsModelSimulated,
            ["call_id"] = answer.Result?.CallId,
            ["outcome"] = null,
        };
        if (answer.Result is { } result)
        {
            node["outcome"] = JsonNode.Parse(CallsJson.Write(result.Outcome));
            node["reservation"] = JsonSerializer.SerializeToNode(result.Details, CallFactJson.Default.ReservationDetails);
            node["error"] = result.Error;
            node["differs_in"] = new JsonArray([.. result.Differences().Select(d => (JsonNode)d)]);
        }

        return node;
    }

    /// <summary>Reads an answer.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static ConciergeAnswer Read(string json)
    {
        try
        {
            JsonNode node = JsonNode.Parse(json) ?? throw new JsonException("An answer is an object.");
            CallOutcome? outcome = node["outcome"]?.Deserialize(CallsJson.Default.CallOutcome);
            return new ConciergeAnswer(
                node["response"]!.GetValue<string>(),
                node["session_id"]!.GetValue<string>(),
                (string?)node["agent"] ?? "",
                outcome is null
                    ? null
                    : new ReservationResult(
                        outcome.Status,
                        (string?)node["call_id"],
                        node["reservation"]?.Deserialize(CallFactJson.Default.ReservationDetails) ?? new ReservationDetails(),
                        outcome,
                        (string?)node["error"]),
                (bool?)node["simulated"] ?? false,
                (bool?)node["model_simulated"] ?? false);
        }
        catch (Exception exception) when (exception is NullReferenceException or InvalidOperationException or FormatException)
        {
            throw new JsonException("It is no answer to a request.", exception);
        }
    }
}
