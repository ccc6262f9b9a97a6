namespace Concierge.Server.Reports;

/// <summary>Something the run asserted about itself.</summary>
/// <param name="Name">What ought to hold.</param>
/// <param name="Passed">Whether it does.</param>
/// <param name="Detail">The figures behind it.</param>
internal sealed record ReportCheck(string Name, bool Passed, string Detail);
