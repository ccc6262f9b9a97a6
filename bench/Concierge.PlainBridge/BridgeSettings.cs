using System.Globalization;
using System.Security.Cryptography.X509Certificates;

namespace Concierge.PlainBridge;

/// <summary>What the environment says.</summary>
/// <param name="Port">Where it listens, on loopback.</param>
/// <param name="RealtimeUrl">What each call dials.</param>
/// <param name="Transcodes">Whether the model is given PCM16 at 24 kHz in place of the carrier's mu-law.</param>
/// <param name="Certificate">For TLS towards the carrier; null for none.</param>
internal sealed record BridgeSettings(int Port, Uri RealtimeUrl, bool Transcodes, X509Certificate2? Certificate)
{
    /// <exception cref="FormatException">Something is missing or wrong; says what.</exception>
    public static BridgeSettings Read(Func<string, string?> environment)
    {
        if (!int.TryParse(environment("PORT"), NumberStyles.None, CultureInfo.InvariantCulture, out int port) || port is < 1 or > 65535)
        {
            throw new FormatException($"PORT is '{environment("PORT")}': set it to the port to listen on, 1 to 65535.");
        }

        if (!Uri.TryCreate(environment("REALTIME_URL"), UriKind.Absolute, out Uri? url) || url.Scheme is not ("ws" or "wss"))
        {
            throw new FormatException($"REALTIME_URL is '{environment("REALTIME_URL")}': set it to the Realtime server's ws:// or wss:// address.");
        }

        bool transcodes = environment("AUDIO_MODE") switch
        {
            null or "" or "pcmu" => false,
            "pcm16" => true,
            string other => throw new FormatException($"AUDIO_MODE is '{other}': use pcmu or pcm16."),
        };
        X509Certificate2? certificate = environment("TLS_CERTIFICATE") is { Length: > 0 } file ? X509Certificate2.CreateFromPemFile(file, environment("TLS_KEY")) : null;
        return new BridgeSettings(port, url, transcodes, certificate);
    }
}
