using Concierge.Simulation.Scenarios;

namespace Concierge.Simulation.Twilio;

/// <summary>What the line does to the callee's voice: its level, noise, and the agent's echo.</summary>
internal sealed class TelephoneLine
{
    private readonly Random _noise;
    private readonly double _gain;
    private readonly double _noisePeak;
    private readonly double _echoGain;
    private readonly short[] _echo;
    private int _echoAt;

    public TelephoneLine(ScenarioLine line, int seed)
    {
        _noise = new Random(seed ^ 0x0A15E);
        _gain = Math.Pow(10, line.LevelDb / 20);
        // Uniform noise of peak p has an RMS of p/sqrt(3).
        _noisePeak = line.NoiseDb is { } noise ? 32768 * Math.Pow(10, noise / 20) * Math.Sqrt(3) : 0;
        _echoGain = line.EchoDb is { } echo ? Math.Pow(10, echo / 20) : 0;
        _echo = new short[Math.Max(1, line.EchoDelayMs * 8)];
    }

    public void Apply(Span<short> said, ReadOnlySpan<short> heard)
    {
        if (_noisePeak == 0 && _echoGain == 0 && _gain == 1)
        {
            return;
        }

        for (int i = 0; i < said.Length; i++)
        {
            double sample = (_gain * said[i]) + (_echoGain * _echo[_echoAt]) + (_noisePeak * ((2 * _noise.NextDouble()) - 1));
            _echo[_echoAt] = heard[i];
            _echoAt = _echoAt + 1 == _echo.Length ? 0 : _echoAt + 1;
            said[i] = (short)Math.Clamp(Math.Round(sample), short.MinValue, short.MaxValue);
        }
    }
}
