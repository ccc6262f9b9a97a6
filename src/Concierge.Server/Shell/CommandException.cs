namespace Concierge.Server.Shell;

/// <summary>A command that cannot do its job for a reason the user can mend: one sentence on the error stream and an exit code, never a stack trace.</summary>
/// <param name="exitCode">One of <see cref="ExitCodes"/>.</param>
/// <param name="message">What is wrong and, where it is not plain, what to do.</param>
internal sealed class CommandException(int exitCode, string message) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
