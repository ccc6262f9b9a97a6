namespace Concierge.Server.Load;

/// <summary>A bridge of another make, found on this machine and ready to be started.</summary>
/// <param name="Name">As <c>--peers</c> names it.</param>
/// <param name="Made">What it is made of, with versions, for people.</param>
/// <param name="Program">What is started.</param>
/// <param name="Arguments">With what.</param>
/// <param name="Environment">And with which variables, besides those that every bridge is told.</param>
internal sealed record PeerBridge(string Name, string Made, string Program, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string?> Environment);
