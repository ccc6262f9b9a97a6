using System.Numerics;

namespace Concierge.PlainBridge;

/// <summary>8 to 24 kHz for one call: three phases of the filter over each input sample.</summary>
internal sealed class Upsampler
{
    private const int Length = LowPass.Taps / LowPass.Ratio;

    private static readonly float[][] s_phases = Phases();

    // The last inputs of the previous time, the inputs of this time, and room for the last vector to look beyond.
    private float[] _line = new float[Room(160)];
    private float[] _sums = new float[Room(160)];

    /// <summary>Takes any number of samples and gives three times as many.</summary>
    /// <param name="muLaw">The samples at 8 kHz.</param>
    /// <param name="destination">Room for three times as many, at 24 kHz.</param>
    public void Process(ReadOnlySpan<byte> muLaw, Span<short> destination)
    {
        if (_line.Length < Room(muLaw.Length))
        {
            Array.Resize(ref _line, Room(muLaw.Length));
            _sums = new float[_line.Length];
        }

        MuLawTable.Decode(muLaw, _line.AsSpan(Length - 1));
        for (int phase = 0; phase < LowPass.Ratio; phase++)
        {
            float[] taps = s_phases[phase];
            for (int i = 0; i < muLaw.Length; i += Vector<float>.Count)
            {
                Vector<float> sum = Vector<float>.Zero;
                for (int k = 0; k < taps.Length; k++)
                {
                    sum += taps[k] * new Vector<float>(_line, i + k);
                }

                sum.CopyTo(_sums, i);
            }

            for (int i = 0; i < muLaw.Length; i++)
            {
                destination[(LowPass.Ratio * i) + phase] = (short)Math.Clamp(MathF.Round(_sums[i]), short.MinValue, short.MaxValue);
            }
        }

        _line.AsSpan(muLaw.Length, Length - 1).CopyTo(_line);
    }

    private static int Room(int samples) => Length - 1 + samples + Vector<float>.Count;

    // Output 3n+p is the sum over k of tap[3k+p] times input[n-k]; the newest sample stands last in the window.
    private static float[][] Phases()
    {
        float[] taps = LowPass.Design();
        float[][] phases = new float[LowPass.Ratio][];
        for (int phase = 0; phase < phases.Length; phase++)
        {
            phases[phase] = new float[Length];
            for (int k = 0; (LowPass.Ratio * k) + phase < taps.Length; k++)
            {
                phases[phase][Length - 1 - k] = LowPass.Ratio * taps[(LowPass.Ratio * k) + phase];
            }
        }

        return phases;
    }
}
