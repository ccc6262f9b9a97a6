namespace Concierge.WebSockets;

/// <summary>What a loop has done since its start. The difference of two is what it did between.</summary>
/// <param name="Rounds">Times it woke and handled what was ready.</param>
/// <param name="Events">Sockets that were ready, over all rounds.</param>
/// <param name="Busy">Time spent handling; the rest it waited.</param>
/// <param name="LongestRound">The longest round since <see cref="EventLoop.TakeUsage"/> was last called: as late as that was the last socket of it.</param>
public readonly record struct EventLoopUsage(long Rounds, long Events, TimeSpan Busy, TimeSpan LongestRound);
