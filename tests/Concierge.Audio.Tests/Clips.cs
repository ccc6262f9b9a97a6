namespace Concierge.Audio.Tests;

/// <summary>The project's speech clips, copied beside the tests.</summary>
internal static class Clips
{
    public static string[] Paths(string pattern)
    {
        string directory = Path.Combine(AppContext.BaseDirectory, "Clips");
        return Directory.Exists(directory) ? Directory.GetFiles(directory, pattern) : [];
    }

    public static short[] MuLaw(string path)
    {
        byte[] codes = File.ReadAllBytes(path);
        var samples = new short[codes.Length];
        Audio.MuLaw.Decode(codes, samples);
        return samples;
    }
}
