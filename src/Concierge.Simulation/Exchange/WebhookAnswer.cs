namespace Concierge.Simulation.Exchange;

/// <summary>What a webhook answered, or why it did not.</summary>
internal sealed record WebhookAnswer(int Status, string? ContentType, byte[] Body, Uri Address)
{
    /// <summary>11200, 11205 or 11215; null for an answer of 2xx.</summary>
    public int? ErrorCode { get; init; }

    public string Error { get; init; } = "";

    /// <summary>No connection came about.</summary>
    public bool ConnectFailed { get; init; }

    public string Text => System.Text.Encoding.UTF8.GetString(Body);
}
