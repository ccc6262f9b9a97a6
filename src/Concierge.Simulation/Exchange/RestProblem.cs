using System.Text.Json.Nodes;

namespace Concierge.Simulation.Exchange;

/// <summary>A refusal of the REST interface in the vendor's form: {code, message, more_info, status} (PROTOCOL A.10).</summary>
internal sealed record RestProblem(int Status, int Code, string Message)
{
    public static RestProblem NotAuthenticated { get; } = new(401, 20003, "Authenticate");

    public static RestProblem NotFound(string path) => new(404, 20404, $"The requested resource {path} was not found");

    public static RestProblem MethodNotAllowed { get; } = new(405, 20004, "Method not allowed");

    public string ToJson() => new JsonObject
    {
        ["code"] = Code,
        ["message"] = Message,
        ["more_info"] = $"https://www.twilio.com/docs/errors/{Code}",
        ["status"] = Status,
    }.ToJsonString();
}
