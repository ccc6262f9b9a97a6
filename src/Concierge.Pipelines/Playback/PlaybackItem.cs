using System.Runtime.CompilerServices;
using System.Text;

namespace Concierge.Pipelines.Playback;

/// <summary>
/// The audio of one content part of one item, on its way to the caller's ear. Positions are octets of mu-law (125 µs each) counted
/// over everything queued since the call began.
/// </summary>
internal sealed class PlaybackItem(ReadOnlySpan<byte> responseId, ReadOnlySpan<byte> itemId, int contentIndex, long start)
{
    private readonly byte[] _responseId = responseId.ToArray();
    /// <summary>What an item takes: asked for ahead of a delta's audio.</summary>
    public const int Octets = 152;

    private readonly byte[]? _longId = itemId.Length > ShortId.Length ? itemId.ToArray() : null;
    private readonly ShortId _shortId = new(itemId);
    private readonly int _idLength = itemId.Length;

    /// <summary>The response's id.</summary>
    public string ResponseId { get; } = Encoding.UTF8.GetString(responseId);

    /// <summary>The item's id.</summary>
    public string ItemId { get; } = Encoding.UTF8.GetString(itemId);

    /// <summary>The content part's index.</summary>
    public int ContentIndex { get; } = contentIndex;

    /// <summary>Position of the first octet.</summary>
    public long Start { get; } = start;

    /// <summary>Position after the last octet queued.</summary>
    public long End { get; set; } = start;

    /// <summary>
    /// Audio received from the model in microseconds, by the format's own arithmetic: what the model believes it has said, and the
    /// upper bound of a truncation (PROTOCOL: a larger audio_end_ms is refused).
    /// </summary>
    public long ReceivedMicroseconds { get; set; }

    /// <summary>Whether the model has said that no more audio follows.</summary>
    public bool Complete { get; set; }

    /// <summary>Octets of each key where this is tones of ours and nothing of the model's; 0 otherwise.</summary>
    public int KeyOctets { get; init; }

    /// <summary>The tones, to be begun again where an interruption of the speech before them cut them off.</summary>
    public byte[] Tones { get; init; } = [];

    /// <summary>Whether the model knows nothing of it.</summary>
    public bool IsOurs => KeyOctets > 0;

    /// <summary>Whether it has been told that the caller hears it.</summary>
    public bool Heard { get; set; }

    /// <summary>Whether the first frame has gone to the carrier.</summary>
    public bool Started { get; set; }

    /// <summary>When the first delta came, on the session's clock.</summary>
    public TimeSpan FirstDelta { get; init; }

    /// <summary>The response's id as it stands on the wire.</summary>
    public ReadOnlySpan<byte> ResponseIdUtf8 => _responseId;

    /// <summary>Whether this is a sound of the node's own, which belongs to no response.</summary>
    public bool IsLocal => _responseId.Length == 0;

    /// <summary>Whether these ids name this part.</summary>
    public bool Matches(ReadOnlySpan<byte> itemId, int contentIndex) =>
        ContentIndex == contentIndex && itemId.Length == _idLength && itemId.SequenceEqual(_longId ?? _shortId[.._idLength]);

    /// <summary>An id of the length that the vendor gives them, in the item itself: compared for every delta.</summary>
    [InlineArray(Length)]
    private struct ShortId
    {
        public const int Length = 48;

        private byte _first;

        public ShortId(ReadOnlySpan<byte> id)
        {
            if (id.Length <= Length)
            {
                id.CopyTo(this);
            }
        }
    }
}
