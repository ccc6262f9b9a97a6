using System.Text.Json.Nodes;

namespace Concierge.Simulation.Realtime;

/// <summary>What the detector needs of <c>turn_detection</c>.</summary>
/// <param name="ThresholdDb">Level above which audio counts as speech.</param>
/// <param name="PrefixMs">Milliseconds that a turn begins before the detected speech.</param>
/// <param name="SilenceMs">Milliseconds of silence that end a turn.</param>
/// <param name="CreatesResponse">Whether the end of a turn creates a response.</param>
/// <param name="Interrupts">Whether the begin of a turn cancels the active response.</param>
/// <param name="IdleTimeoutMs">Milliseconds without speech after a response until the model speaks again; null for never.</param>
internal sealed record RealtimeTurnDetection(double ThresholdDb, int PrefixMs, int SilenceMs, bool CreatesResponse, bool Interrupts, int? IdleTimeoutMs)
{
    public static RealtimeTurnDetection From(JsonObject detection)
    {
        bool creates = detection["create_response"]?.GetValue<bool>() ?? true;
        bool interrupts = detection["interrupt_response"]?.GetValue<bool>() ?? true;
        if (detection["type"]!.GetValue<string>() == "semantic_vad")
        {
            // The service reads the words; the twin's waiting time stands for that. Its documented maxima are 8, 4 and 2 s.
            int wait = detection["eagerness"]?.GetValue<string>() switch { "low" => 1600, "high" => 400, _ => 800 };
            return new RealtimeTurnDetection(ThresholdOf(0.5), 300, wait, creates, interrupts, null);
        }

        return new RealtimeTurnDetection(
            ThresholdOf(Number(detection["threshold"], 0.5)),
            (int)Number(detection["prefix_padding_ms"], 300),
            (int)Number(detection["silence_duration_ms"], 500),
            creates,
            interrupts,
            detection["idle_timeout_ms"] is JsonValue idle ? (int)Number(idle, 0) : null);
    }

    public static double Number(JsonNode? node, double otherwise) =>
        node is JsonValue value ? double.Parse(value.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture) : otherwise;

    // The service's threshold is a probability; the twin hears energy: 0 is -60 dBFS, 0.5 is -40, 1 is -20.
    private static double ThresholdOf(double threshold) => -60 + (40 * threshold);
}
