using System.Text;
using Concierge.Pipelines.Playback;

namespace Concierge.Pipelines.Tests.Playback;

/// <summary>A carrier that writes down what it is sent, and takes no more when told so.</summary>
internal sealed class FakeCarrier : ICarrierOutput
{
    public List<string> Written { get; } = [];

    public List<MarkName> Marks { get; } = [];

    public long Octets { get; private set; }

    public int Flushes { get; private set; }

    public bool IsStalled { get; set; }

    /// <summary>Memory of the test's own, and how many media messages lay in it.</summary>
    public byte[] Source { get; set; } = [];

    public int FromSource { get; private set; }

    public byte[] Audio => [.. _audio];

    private readonly List<byte> _audio = [];

    public bool TryWriteMedia(ReadOnlySpan<byte> muLaw)
    {
        if (IsStalled)
        {
            return false;
        }

        FromSource += muLaw.Overlaps(Source) ? 1 : 0;
        Octets += muLaw.Length;
        _audio.AddRange(muLaw);
        Written.Add($"media {muLaw.Length}");
        return true;
    }

    public bool TryWriteMark(MarkName name)
    {
        if (IsStalled)
        {
            return false;
        }

        Marks.Add(name);
        Written.Add("mark");
        return true;
    }

    public void WriteClear() => Written.Add("clear");

    public void Flush() => Flushes++;

    public static byte[] NameOf(MarkName name)
    {
        Span<byte> text = stackalloc byte[MarkName.MaxLength];
        return text[..name.Format(text)].ToArray();
    }

    public static string TextOf(MarkName name) => Encoding.ASCII.GetString(NameOf(name));
}
