namespace Concierge.Simulation.Realtime;

/// <summary>One <c>input_audio_buffer.append</c> as it arrived.</summary>
/// <param name="At">Time since the session opened.</param>
/// <param name="Offset">Index of its first sample in <see cref="RealtimeTwinRecord.Heard"/>.</param>
/// <param name="Samples">How many samples it brought.</param>
public readonly record struct RealtimeTwinAppend(TimeSpan At, int Offset, int Samples);
