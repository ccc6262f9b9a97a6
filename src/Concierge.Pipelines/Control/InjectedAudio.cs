namespace Concierge.Pipelines.Control;

/// <summary>Audio that the controller adds as the caller's.</summary>
/// <param name="MuLaw">Mu-law octets at 8 kHz.</param>
/// <param name="Commit">Whether the caller's turn ends with it.</param>
internal sealed record InjectedAudio(ReadOnlyMemory<byte> MuLaw, bool Commit);
