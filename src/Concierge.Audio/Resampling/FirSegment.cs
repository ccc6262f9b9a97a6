namespace Concierge.Audio;

/// <summary>A stretch of a <see cref="FirPlan"/>: so many pairs of coefficients, going back in time.</summary>
/// <param name="Offset">Where the newest pair lies, in samples from the first output's sample of the first stream.</param>
/// <param name="Pairs">Pairs, at least one.</param>
internal readonly record struct FirSegment(int Offset, int Pairs);
