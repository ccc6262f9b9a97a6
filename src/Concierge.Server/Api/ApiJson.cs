using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Concierge.Calls.Life;
using Concierge.Calls.Store;

namespace Concierge.Server.Api;

/// <summary>The JSON that the API reads and writes.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(PlaceCallBody))]
[JsonSerializable(typeof(DeletionBody))]
[JsonSerializable(typeof(ProcessRequestBody))]
internal sealed partial class ApiJson : JsonSerializerContext
{
    public static JsonObject Call(CallRecord call)
    {
        JsonObject node = JsonSerializer.SerializeToNode(call, CallFactJson.Default.CallRecord)!.AsObject();
        node["error"] = call.Error;
        node["settled"] = call.IsSettled;
        return node;
    }

    public static JsonObject Page(CallPage page) => new() { ["calls"] = new JsonArray([.. page.Calls.Select(c => (JsonNode)Call(c))]), ["next"] = page.Next };

    public static JsonObject Fact(StoredFact stored)
    {
        JsonObject node = JsonSerializer.SerializeToNode(stored.Fact, CallFactJson.Default.CallFact)!.AsObject();
        node["position"] = stored.Position;
        return node;
    }

    /// <summary>The shape of the routes without a version.</summary>
    public static JsonObject Legacy(CallRecord call, IEnumerable<string>? transcript = null)
    {
        JsonObject node = new()
        {
            ["call_id"] = call.Id,
            ["call_sid"] = call.CallSid,
            ["stream_sid"] = call.StreamSid,
            ["status"] = call.State.Name(),
            ["direction"] = call.Direction == CallDirection.Inbound ? "inbound" : "outbound",
            ["from_number"] = call.From,
            ["to_number"] = call.To,
            ["reservation_details"] = call.Reservation is null ? null : JsonSerializer.SerializeToNode(call, CallFactJson.Default.CallRecord)!["reservation"]!.DeepClone(),
            ["confirmation_number"] = call.Outcome?.ConfirmationNumber,
            ["outcome"] = call.Outcome is null ? null : JsonSerializer.SerializeToNode(call.Outcome, CallFactJson.Default.CallOutcome),
            ["start_time"] = call.CreatedAt.ToString("O"),
            ["end_time"] = call.EndedAt?.ToString("O"),
            ["error_message"] = call.Error,
        };
        if (transcript is not null)
        {
            node["transcript"] = new JsonArray([.. transcript.Select(line => (JsonNode)line)]);
        }

        return node;
    }
}
