namespace Concierge.Server.Reports;

/// <summary>The caller cut in on the agent.</summary>
/// <param name="OnsetMs">When the caller began to speak.</param>
/// <param name="ClearMs">When the node told the carrier to drop what it held.</param>
/// <param name="SilentMs">When the last of the agent's voice was heard.</param>
internal sealed record ReportInterruption(double OnsetMs, double ClearMs, double SilentMs);
