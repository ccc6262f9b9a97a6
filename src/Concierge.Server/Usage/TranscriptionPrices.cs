using Concierge.Pipelines;

namespace Concierge.Server.Usage;

/// <summary>What a transcription model charges: per minute where it counts time, per million tokens where it counts those.</summary>
/// <param name="PerMinute">Of audio.</param>
/// <param name="TextIn">Text read.</param>
/// <param name="AudioIn">Audio read.</param>
/// <param name="TextOut">Text written.</param>
internal sealed record TranscriptionPrices(decimal PerMinute = 0, decimal TextIn = 0, decimal AudioIn = 0, decimal TextOut = 0)
{
    public decimal Cost(CallUsage usage) =>
        ((decimal)usage.TranscribedSeconds / 60 * PerMinute)
        + (((usage.TranscriptionText * TextIn) + (usage.TranscriptionAudio * AudioIn) + (usage.TranscriptionOutput * TextOut)) / 1_000_000);
}
