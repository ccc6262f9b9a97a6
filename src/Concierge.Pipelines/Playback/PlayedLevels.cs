using Concierge.Audio;

namespace Concierge.Pipelines.Playback;

/// <summary>
/// How loud the agent was at each position lately, so that its echo can be told from a caller. Steps of 20 ms over the last five seconds sent; the ledger's,
/// under its lock.
/// </summary>
internal sealed class PlayedLevels
{
    private const int Step = 160;
    private const int Kept = 256;

    private readonly float[] _decibels = new float[Kept];
    private readonly long[] _steps = new long[Kept];
    private readonly short[] _samples = new short[Step];

    /// <summary>Notes what is sent at a position.</summary>
    public void Add(long position, ReadOnlySpan<byte> muLaw)
    {
        while (!muLaw.IsEmpty)
        {
            ReadOnlySpan<byte> piece = muLaw[..Math.Min(muLaw.Length, Step)];
            int n = MuLaw.Decode(piece, _samples);
            long step = position / Step;
            int at = (int)(step % Kept);
            float level = (float)PcmLevel.ToDecibels(PcmLevel.Rms(_samples.AsSpan(0, n)));
            _decibels[at] = _steps[at] == step + 1 ? Math.Max(_decibels[at], level) : level;
            _steps[at] = step + 1; // 0 is never
            position += n;
            muLaw = muLaw[piece.Length..];
        }
    }

    /// <summary>The loudest step between two positions in dBFS; negative infinity when nothing was sent there.</summary>
    public double Loudest(long from, long to)
    {
        double loudest = double.NegativeInfinity;
        for (long step = Math.Max(0, from / Step); step <= to / Step; step++)
        {
            int at = (int)(step % Kept);
            if (_steps[at] == step + 1)
            {
                loudest = Math.Max(loudest, _decibels[at]);
            }
        }

        return loudest;
    }
}
