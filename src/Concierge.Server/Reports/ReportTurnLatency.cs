namespace Concierge.Server.Reports;

/// <summary>How long an answer took, from the last sample of the caller's turn.</summary>
/// <param name="Turn">The answer's place in the transcript, from 1.</param>
/// <param name="ModelMs">To the first audio from the model: the model's own time, turn detection included.</param>
/// <param name="HeardMs">To the first sample the caller heard.</param>
internal sealed record ReportTurnLatency(int Turn, double ModelMs, double HeardMs);
