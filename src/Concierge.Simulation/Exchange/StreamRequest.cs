using System.Xml.Linq;

namespace Concierge.Simulation.Exchange;

/// <summary>A Stream element, or the REST parameters of one, checked (PROTOCOL A.4, A.5).</summary>
internal sealed record StreamRequest(Uri? Url, string Name, IReadOnlyList<string> Tracks, IReadOnlyDictionary<string, string> Parameters, Uri? Callback, string CallbackMethod)
{
    private const int MostParameter = 500;

    /// <summary>Why the vendor would not open it.</summary>
    public (int Code, string Message)? Problem { get; init; }

    public static StreamRequest Read(XElement stream, bool bidirectional)
    {
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (XElement parameter in stream.Elements("Parameter"))
        {
            parameters[parameter.Attribute("name")?.Value ?? ""] = parameter.Attribute("value")?.Value ?? "";
        }

        return Create(
            stream.Attribute("url")?.Value, stream.Attribute("name")?.Value, stream.Attribute("track")?.Value, parameters, stream.Attribute("statusCallback")?.Value,
            stream.Attribute("statusCallbackMethod")?.Value, bidirectional);
    }

    public static StreamRequest Create(
        string? url, string? name, string? track, IReadOnlyDictionary<string, string> parameters, string? callback, string? callbackMethod, bool bidirectional)
    {
        bool valid = Uri.TryCreate(url, UriKind.Absolute, out Uri? address);
        string wanted = track ?? "inbound_track";
        (int, string)? problem =
            !valid ? (31923, $"The stream's url '{url}' is malformed.")
            : address!.Scheme != "wss" && !(address.Scheme == "ws" && address.IsLoopback) ? (31922, $"The stream's scheme '{address.Scheme}' is not supported.")
            : wanted != "inbound_track" && (bidirectional || wanted is not ("outbound_track" or "both_tracks")) ? (31941, $"Track '{wanted}' is not valid here.")
            : parameters.FirstOrDefault(p => p.Key.Length + p.Value.Length >= MostParameter) is { Key: { } tooLong } ? (12100, $"Parameter '{tooLong}' is longer than {MostParameter} characters.")
            : null;
        return new StreamRequest(
            address,
            name ?? "",
            wanted switch { "outbound_track" => ["outbound"], "both_tracks" => ["inbound", "outbound"], _ => ["inbound"] },
            parameters,
            CallRequest.Address(callback),
            string.Equals(callbackMethod, "GET", StringComparison.OrdinalIgnoreCase) ? "GET" : "POST")
        { Problem = problem };
    }
}
