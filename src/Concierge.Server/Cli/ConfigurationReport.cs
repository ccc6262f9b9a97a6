using Concierge.Server.Configuration;
using Concierge.Server.Node;

namespace Concierge.Server.Cli;

/// <summary>Tells an operator about the configuration in words, without ever showing a secret.</summary>
internal static class ConfigurationReport
{
    /// <summary>Writes every problem in one go: errors first, each with its fix beneath.</summary>
    public static void Write(TextWriter error, IReadOnlyList<ConfigurationProblem> problems)
    {
        int errors = problems.Count(problem => problem.IsError);
        if (errors > 0)
        {
            error.WriteLine($"concierge: the configuration has {errors} {(errors == 1 ? "error" : "errors")}:");
        }

        foreach (ConfigurationProblem problem in problems.OrderByDescending(problem => problem.IsError))
        {
            error.WriteLine(problem.IsError ? $"  {problem.Setting}: {problem.Message}." : $"concierge: warning: {problem.Setting}: {problem.Message}.");
            error.WriteLine($"      -> {problem.Fix}");
        }
    }

    /// <summary>Writes what the node runs with.</summary>
    public static void WriteBanner(TextWriter output, NodeOptions options, Uri address, params string[] more)
    {
        output.WriteLine($"Concierge {FrontDoor.Version} listens on {address}");
        output.WriteLine($"  model       {options.Model}, voice {options.Voice}, at {options.RealtimeUrl.GetLeftPart(UriPartial.Path)}");
        output.WriteLine($"  audio       mu-law 8 kHz <-> {AudioName(options)}, vector code: {Audio.SimdSupport.Best}");
        output.WriteLine($"  carrier     {(options.PublicUrl is { } url ? $"dials {url.Authority}" : "reaches this machine only")}, signatures {(options.AuthTokens.Count > 0 ? "checked" : "not checked")}, stream tokens {(options.RequireStreamToken ? "required" : "not required")}");
        output.WriteLine($"  calls       at most {options.MaxCalls} at a time");
        foreach (string line in more)
        {
            output.WriteLine("  " + line);
        }

        output.WriteLine("Stop with Ctrl+C: running calls are ended in order.");
    }

    private static string AudioName(NodeOptions options) => options.AudioMode switch
    {
        Pipelines.CallAudioMode.MuLaw => "mu-law 8 kHz, passed through",
        Pipelines.CallAudioMode.ALaw => "A-law 8 kHz",
        _ => "PCM16 24 kHz",
    };
}
