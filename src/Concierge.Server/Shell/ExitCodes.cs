namespace Concierge.Server.Shell;

/// <summary>What the program's exit tells a script. Documented in <c>docs/operations.md</c>.</summary>
internal static class ExitCodes
{
    public const int Success = 0;

    /// <summary>The job ran and its result is wrong: a check of the demo failed.</summary>
    public const int Failed = 1;

    /// <summary>The command line is not understood.</summary>
    public const int Usage = 2;

    /// <summary>The configuration is missing something or wrong.</summary>
    public const int Configuration = 3;

    /// <summary>The input cannot be read: missing, of the wrong format, cut off.</summary>
    public const int Input = 4;

    /// <summary>The output cannot be written.</summary>
    public const int Output = 5;

    /// <summary>The address cannot be listened on.</summary>
    public const int Listen = 6;

    /// <summary>A fault of this program.</summary>
    public const int Internal = 70;

    /// <summary>Interrupted before it was done.</summary>
    public const int Interrupted = 130;
}
