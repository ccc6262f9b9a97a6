using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Concierge.Simulation.Realtime;

/// <summary>Writes every event of a session, in either direction, as a line of JSON: who sent it, when, and the event as it was on the wire.</summary>
internal sealed class RealtimeEventLog(TextWriter output, string sessionId)
{
    /// <summary>Writes one line.</summary>
    /// <param name="from">client or server.</param>
    /// <param name="at">When, since the session opened.</param>
    /// <param name="message">The message; what is no JSON is written as a string.</param>
    public void Write(string from, TimeSpan at, ReadOnlySpan<byte> message)
    {
        // Sessions share a file, and a line of JSON has no line ends but those between its tokens.
        string text = Encoding.UTF8.GetString(message);
        string what = IsJson(message) ? text.ReplaceLineEndings(" ") : $"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text)}\"";
        lock (output)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{{\"session\":\"{sessionId}\",\"at_ms\":{(long)at.TotalMilliseconds},\"from\":\"{from}\",\"event\":{what}}}"));
        }
    }

    private static bool IsJson(ReadOnlySpan<byte> message)
    {
        try
        {
            var reader = new Utf8JsonReader(message);
            while (reader.Read())
            {
                reader.TrySkip();
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
