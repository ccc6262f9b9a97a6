using Concierge.WebSockets;

namespace Concierge.Pipelines.Playback;

/// <summary>What the ledger may write to the carrier. Every member is called under the ledger's lock, never waits and never calls back.</summary>
internal interface ICarrierOutput
{
    /// <summary>Appends one media message; false when the carrier is not taking any more at present.</summary>
    bool TryWriteMedia(ReadOnlySpan<byte> muLaw);

    /// <summary>Appends one mark behind the media written so far; false when the carrier is not taking any more at present.</summary>
    bool TryWriteMark(MarkName name);

    /// <summary>Drops what has been appended and not yet gone out, then appends a <c>clear</c> ahead of anything else.</summary>
    void WriteClear();

    /// <summary>Hands what was appended to the transport.</summary>
    void Flush();

    /// <summary>Adds what writing touches; nothing where it is not known.</summary>
    void AddTo(WorkingSet set)
    {
    }
}
