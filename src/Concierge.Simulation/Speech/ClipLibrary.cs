using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Reflection;

namespace Concierge.Simulation.Speech;

/// <summary>The clips that ship with the twin; see Clips/README.md for their origin.</summary>
public static class ClipLibrary
{
    private static readonly Lazy<IReadOnlyDictionary<string, (string Voice, string Transcript)>> s_catalogue = new(ReadCatalogue);
    private static readonly ConcurrentDictionary<string, SpeechClip> s_clips = new(StringComparer.Ordinal);

    /// <summary>Names of all clips.</summary>
    public static IEnumerable<string> Names => s_catalogue.Value.Keys;

    /// <summary>Gets a clip.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The clip, the same object every time.</returns>
    /// <exception cref="KeyNotFoundException">There is no such clip; the message lists those that are.</exception>
    public static SpeechClip Get(string name) => s_clips.GetOrAdd(name, Read);

    /// <summary>Whether a clip of this name ships with the twin.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>True when <see cref="Get"/> would find it.</returns>
    public static bool Contains(string name) => s_catalogue.Value.ContainsKey(name);

    /// <summary>Reads a clip from a PCM16 WAV of one channel, or from raw 8 kHz mu-law (<c>.ulaw</c>).</summary>
    /// <param name="path">The file.</param>
    /// <param name="transcript">What is said.</param>
    /// <returns>The clip, named by the file.</returns>
    /// <exception cref="InvalidDataException">The file is of another kind.</exception>
    public static SpeechClip ReadFile(string path, string transcript)
    {
        string name = Path.GetFileNameWithoutExtension(path);
        byte[] bytes = File.ReadAllBytes(path);
        return path.EndsWith(".ulaw", StringComparison.OrdinalIgnoreCase) ? FromMuLaw(name, transcript, bytes) : FromWav(name, transcript, bytes);
    }

    private static SpeechClip Read(string name)
    {
        if (!s_catalogue.Value.TryGetValue(name, out (string Voice, string Transcript) entry))
        {
            throw new KeyNotFoundException($"There is no clip '{name}'. Clips: {string.Join(", ", s_catalogue.Value.Keys)}.");
        }

        return entry.Voice == "rms"
            ? FromMuLaw(name, entry.Transcript, Resource("clips/" + name + ".ulaw"))
            : FromWav(name, entry.Transcript, Resource("clips/" + name + ".wav"));
    }

    private static SpeechClip FromMuLaw(string name, string transcript, byte[] bytes) =>
        new(name, transcript, 8000, Array.ConvertAll(bytes, TelephoneCodec.FromMuLaw));

    // RIFF: chunks of id, length, data padded to even; the twin reads only the plain kind that it ships.
    private static SpeechClip FromWav(string name, string transcript, byte[] bytes)
    {
        ReadOnlySpan<byte> rest = bytes;
        if (rest.Length < 12 || !rest[..4].SequenceEqual("RIFF"u8) || !rest[8..12].SequenceEqual("WAVE"u8))
        {
            throw new InvalidDataException($"Clip '{name}' is not a WAV file.");
        }

        int rate = 0;
        rest = rest[12..];
        while (rest.Length >= 8)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(rest[4..]);
            ReadOnlySpan<byte> data = rest.Slice(8, Math.Min(length, rest.Length - 8));
            if (rest[..4].SequenceEqual("fmt "u8))
            {
                if (BinaryPrimitives.ReadInt16LittleEndian(data) != 1 || BinaryPrimitives.ReadInt16LittleEndian(data[2..]) != 1 || BinaryPrimitives.ReadInt16LittleEndian(data[14..]) != 16)
                {
                    throw new InvalidDataException($"Clip '{name}' is not 16-bit PCM of one channel.");
                }

                rate = BinaryPrimitives.ReadInt32LittleEndian(data[4..]);
            }
            else if (rest[..4].SequenceEqual("data"u8) && rate > 0)
            {
                var samples = new short[data.Length / 2];
                for (int i = 0; i < samples.Length; i++)
                {
                    samples[i] = BinaryPrimitives.ReadInt16LittleEndian(data[(2 * i)..]);
                }

                return new SpeechClip(name, transcript, rate, samples);
            }

            rest = rest[Math.Min(rest.Length, 8 + length + (length & 1))..];
        }

        throw new InvalidDataException($"Clip '{name}' has no format or no data.");
    }

    private static IReadOnlyDictionary<string, (string Voice, string Transcript)> ReadCatalogue()
    {
        var entries = new Dictionary<string, (string, string)>(StringComparer.Ordinal);
        foreach (string line in System.Text.Encoding.UTF8.GetString(Resource("clips/clips.tsv")).Split('\n'))
        {
            string[] fields = line.Split('\t');
            if (fields.Length >= 3 && !line.StartsWith('#'))
            {
                entries[fields[0]] = (fields[1], fields[2]);
            }
        }

        return entries;
    }

    private static byte[] Resource(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name) ?? throw new KeyNotFoundException($"Resource '{name}' is missing.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
