namespace Concierge.Server.Reports;

/// <summary>A figure with its name.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Value">Its value with its unit.</param>
/// <param name="Note">Whose it is or how it was measured, or null.</param>
internal sealed record ReportFigure(string Name, string Value, string? Note = null);
