using System.Diagnostics.CodeAnalysis;

namespace Concierge.Calls.Life;

/// <summary>This node's ids of calls: <c>call_</c> and 32 hexadecimal digits, in the order of their making.</summary>
public static class CallIds
{
    private const string Prefix = "call_";

    /// <summary>The longest id that is taken from outside.</summary>
    public const int MaxLength = 64;

    /// <summary>Makes an id.</summary>
    /// <param name="now">The time, by which ids sort.</param>
    /// <returns>A new id.</returns>
    public static string Create(DateTimeOffset now) => Prefix + Guid.CreateVersion7(now).ToString("N");

    /// <summary>Whether a text may be a call's id: letters, digits, <c>-</c> and <c>_</c> only, so that it is harmless in a path, a log and a query.</summary>
    /// <param name="text">The text.</param>
    /// <returns>True for 1 to <see cref="MaxLength"/> such characters.</returns>
    public static bool IsValid([NotNullWhen(true)] string? text) =>
        text is { Length: > 0 and <= MaxLength } && text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
}
