namespace Concierge.Simulation.Twilio;

/// <summary>Finds underruns: audio that stops in the middle of speech and goes on a moment later was not delivered in time.</summary>
internal sealed class DrynessMeter
{
    private const double SpeechDb = -45;
    private const int MostFrames = 10;

    private int _dryFrames;
    private bool _wasLoud;

    /// <summary>One frame of play-out.</summary>
    /// <returns>Whether an underrun ended with it.</returns>
    public bool Note(int played, double level)
    {
        bool underran = played > 0 && _dryFrames is > 0 and <= MostFrames && _wasLoud && level > SpeechDb;
        if (played > 0)
        {
            _dryFrames = played == TelephoneLeg.FrameSamples ? 0 : 1;
            _wasLoud = level > SpeechDb;
        }
        else
        {
            _dryFrames++;
        }

        return underran;
    }

    /// <summary>The node dropped the rest itself.</summary>
    public void Forgive() => _dryFrames = MostFrames + 1;
}
