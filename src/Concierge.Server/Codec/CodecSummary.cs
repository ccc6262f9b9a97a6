namespace Concierge.Server.Codec;

/// <summary>What a conversion did.</summary>
/// <param name="Chain">The steps the samples went through, such as <c>pcm16/24000 -> x1/3 -> ulaw/8000</c>.</param>
/// <param name="InputFrames">Samples per channel that were read.</param>
/// <param name="OutputFrames">Samples per channel that were written.</param>
/// <param name="OutputRate">Hz.</param>
internal sealed record CodecSummary(string Chain, long InputFrames, long OutputFrames, int OutputRate)
{
    public TimeSpan Duration => TimeSpan.FromSeconds((double)OutputFrames / OutputRate);
}
