namespace Concierge.Server.Configuration;

/// <summary>What is known about model and voice names. Source: the vendor's SDK documentation, late 2026; both are open sets, so the unknown is let through.</summary>
internal static class RealtimeModels
{
    /// <summary>The voices that the Realtime API speaks with.</summary>
    public static readonly string[] Voices = ["alloy", "ash", "ballad", "cedar", "coral", "echo", "marin", "sage", "shimmer", "verse"];

    /// <summary>Voices of the speech endpoint that the Realtime API refuses.</summary>
    public static readonly string[] SpeechOnlyVoices = ["fable", "nova", "onyx"];

    private static readonly string[] s_shutDownJanuary2027 =
        ["gpt-realtime", "gpt-realtime-2025-08-28", "gpt-realtime-mini", "gpt-realtime-mini-2025-12-15", "gpt-audio-mini"];

    /// <summary>What an operator should know about a model's name, or null.</summary>
    public static string? Warning(string model)
    {
        if (model.StartsWith("gpt-4o-realtime-preview", StringComparison.OrdinalIgnoreCase) || model.StartsWith("gpt-4o-mini-realtime-preview", StringComparison.OrdinalIgnoreCase))
        {
            return $"'{model}' is retired: the API no longer serves it";
        }

        return s_shutDownJanuary2027.Contains(model, StringComparer.OrdinalIgnoreCase) ? $"'{model}' is to be shut down on 2027-01-20" : null;
    }
}
