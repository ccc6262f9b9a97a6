namespace Concierge.Agents.Tools;

/// <summary>The request that an <see cref="HttpTool"/> makes.</summary>
public sealed record HttpToolRequest
{
    /// <summary>The method; with GET, HEAD and DELETE the arguments go into the query, otherwise into a JSON body.</summary>
    public required HttpMethod Method { get; init; }

    /// <summary>The address. <c>{name}</c> in path and query stands for an argument, escaped; never in the host.</summary>
    public required string Url { get; init; }

    /// <summary>Headers, secrets already filled in.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>How often it is tried again after 429, 502, 503, 504 or a connection that failed. Each attempt carries the same <c>Idempotency-Key</c>.</summary>
    public int Retries { get; init; }

    /// <summary>The largest answer that is read, in bytes; reading stops there.</summary>
    public int MaxResponseBytes { get; init; } = 256 * 1024;
}
