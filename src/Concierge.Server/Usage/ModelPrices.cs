using Concierge.Pipelines;

namespace Concierge.Server.Usage;

/// <summary>What a speech model charges, per million tokens.</summary>
/// <param name="TextIn">Text read.</param>
/// <param name="TextCached">Text read from the cache.</param>
/// <param name="TextOut">Text written.</param>
/// <param name="AudioIn">Audio read.</param>
/// <param name="AudioCached">Audio read from the cache.</param>
/// <param name="AudioOut">Audio written.</param>
internal sealed record ModelPrices(decimal TextIn, decimal TextCached, decimal TextOut, decimal AudioIn, decimal AudioCached, decimal AudioOut)
{
    public decimal Cost(CallUsage usage)
    {
        // Where the server does not tell cached text from cached audio, they are shared out as what was read.
        long read = Math.Max(1, usage.InputText + usage.InputAudio);
        long told = usage.InputCachedText + usage.InputCachedAudio;
        decimal untold = Math.Max(0, usage.InputCached - told);
        decimal cachedText = usage.InputCachedText + (untold * usage.InputText / read);
        decimal cachedAudio = usage.InputCachedAudio + (untold * usage.InputAudio / read);
        return (((usage.InputText - cachedText) * TextIn) + (cachedText * TextCached) + (usage.OutputText * TextOut)
            + ((usage.InputAudio - cachedAudio) * AudioIn) + (cachedAudio * AudioCached) + (usage.OutputAudio * AudioOut)) / 1_000_000;
    }
}
