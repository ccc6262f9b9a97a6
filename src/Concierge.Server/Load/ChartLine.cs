namespace Concierge.Server.Load;

/// <summary>One line of a chart.</summary>
/// <param name="Name">Its name in the legend; lines of the bridge and of the relay are told apart by its first word.</param>
/// <param name="Points">From left to right.</param>
internal sealed record ChartLine(string Name, IReadOnlyList<(double X, double Y)> Points);
