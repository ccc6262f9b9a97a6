using System.Reflection;

namespace Concierge.Server.Node;

/// <summary>Where the node answers, and as what.</summary>
internal static class FrontDoor
{
    public const string MediaStreamPath = "/media-stream";
    public const string TwimlPath = "/twiml";
    public const string AfterPath = "/twiml-after";
    public const string WhisperPath = "/twiml-whisper";
    public const string DialledPath = "/twiml-dialled";
    public const string StatusPath = "/twilio-status";
    public const string MetricsPath = "/metrics";
    public const string HealthPath = "/health";
    public const string RuntimePath = "/runtime";

    /// <summary>The program's version, without the build's hash.</summary>
    public static string Version { get; } =
        typeof(FrontDoor).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";
}
