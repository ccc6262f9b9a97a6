namespace Concierge.Simulation.Checks;

/// <summary>How well a recording holds a reference, in the telephone's band.</summary>
/// <param name="OffsetMs">Where in the recording the reference begins, in milliseconds, to a small fraction of a sample.</param>
/// <param name="Correlation">Likeness of the two at that place: 1 for the same wave, 0 for another one.</param>
/// <param name="GainDb">Level of the recording relative to the reference, in dB.</param>
/// <param name="SnrDb">Reference against everything else in the recording, in dB. G.711 alone leaves 31 to 38, as the level goes.</param>
/// <param name="GapMs">Milliseconds in which the reference speaks and the recording does not.</param>
/// <param name="EdgeExcessDb">How much more error there is at the worst place of a 20 ms frame than at the median place, in dB: clicks at frame edges show here.
/// Noise alone stays under 3 for clips of two seconds and more.</param>
/// <param name="WorstSampleDb">The largest single error, in dBFS.</param>
public sealed record AudioMatchResult(double OffsetMs, double Correlation, double GainDb, double SnrDb, int GapMs, double EdgeExcessDb, double WorstSampleDb);
