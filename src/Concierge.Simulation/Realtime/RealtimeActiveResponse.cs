using System.Text.Json.Nodes;
using Concierge.Simulation.Scenarios;

namespace Concierge.Simulation.Realtime;

/// <summary>A response under way.</summary>
internal sealed class RealtimeActiveResponse(RealtimeTwinResponse record, ScenarioTurn? turn, bool outOfBand)
{
    public RealtimeTwinResponse Record { get; } = record;

    public ScenarioTurn? Turn { get; } = turn;

    public bool OutOfBand { get; } = outOfBand;

    public JsonNode? Metadata { get; init; }

    public bool IsText { get; set; }

    /// <summary>The message being spoken; null before and after.</summary>
    public RealtimeItem? Item { get; set; }

    public ReadOnlyMemory<byte> Audio { get; set; }

    /// <summary>Bytes of <see cref="Audio"/> that will be sent.</summary>
    public int Limit { get; set; }

    public int Sent { get; set; }

    /// <summary>Words of <see cref="Words"/> that will be sent.</summary>
    public int WordLimit { get; private set; }

    /// <summary>Null for "inf".</summary>
    public int? MaxOutputTokens { get; set; }

    /// <summary>Why it will end early: max_output_tokens or content_filter; null when it will not.</summary>
    public string? CutReason { get; private set; }

    /// <summary>Decides how much of it will be sent: all, half for a scripted cut, or what the tokens allow (twenty for a second, one for four characters).</summary>
    public void Cut(ScenarioResponseEnd end)
    {
        double audioTokens = Record.Format.BytesPerMs() == 0 ? 0 : (double)Audio.Length / Record.Format.BytesPerMs() / 50;
        double tokens = audioTokens + (Words.Sum(w => w.Length + 1) / 4.0);
        double part = end == ScenarioResponseEnd.Completed ? 1 : 0.5;
        CutReason = end switch { ScenarioResponseEnd.MaxOutputTokens => "max_output_tokens", ScenarioResponseEnd.ContentFilter => "content_filter", _ => null };
        if (MaxOutputTokens is { } most && most < tokens * part)
        {
            part = most / tokens;
            CutReason = "max_output_tokens";
        }

        Limit = CutReason is null ? Audio.Length : (int)(Audio.Length * part) / 2 * 2;
        WordLimit = CutReason is null ? Words.Length : Math.Max(1, (int)(Words.Length * part));
    }

    public string[] Words { get; set; } = [];

    public int WordsSent { get; set; }

    public int OutputIndex { get; set; }

    public List<JsonNode> Output { get; } = [];

    public (string Code, string Message)? Failure { get; set; }

    public Action? Next { get; set; }

    public bool Done { get; set; }
}
