using Concierge.Protocols.Realtime;

namespace Concierge.Agents.Usage;

/// <summary>Tokens that a model read and wrote, and what they cost.</summary>
/// <param name="InputText">Text tokens read, cached ones included.</param>
/// <param name="InputAudio">Audio tokens read, cached ones included.</param>
/// <param name="InputCached">Of those read, the cached ones.</param>
/// <param name="OutputText">Text tokens written.</param>
/// <param name="OutputAudio">Audio tokens written.</param>
/// <param name="Cost">What they cost, in the price table's currency; null when the model has no price.</param>
public sealed record ModelUsage(long InputText, long InputAudio, long InputCached, long OutputText, long OutputAudio, decimal? Cost = null)
{
    /// <summary>Nothing, for nothing.</summary>
    public static ModelUsage None { get; } = new(0, 0, 0, 0, 0, 0m);

    /// <summary>Tokens read.</summary>
    public long Input => InputText + InputAudio;

    /// <summary>Tokens written.</summary>
    public long Output => OutputText + OutputAudio;

    /// <summary>All tokens.</summary>
    public long Total => Input + Output;

    /// <summary>What a response of the Realtime API reports.</summary>
    public static ModelUsage Of(RealtimeUsage usage) => new(
        usage.InputText == 0 && usage.InputAudio == 0 ? usage.Input : usage.InputText,
        usage.InputAudio,
        usage.InputCached,
        usage.OutputText == 0 && usage.OutputAudio == 0 ? usage.Output : usage.OutputText,
        usage.OutputAudio);

    /// <summary>The sum; its cost is known only when both are.</summary>
    public ModelUsage Plus(ModelUsage other) => new(
        InputText + other.InputText,
        InputAudio + other.InputAudio,
        InputCached + other.InputCached,
        OutputText + other.OutputText,
        OutputAudio + other.OutputAudio,
        Cost + other.Cost);
}
