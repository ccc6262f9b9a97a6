using System.Text.Json;

namespace Concierge.Simulation.Realtime;

/// <summary>The event that comes fifty times a second, read without a tree.</summary>
internal static class RealtimeAppendReader
{
    // {"type":"input_audio_buffer.append","audio":"..."} with nothing else and no escapes; anything else takes the long way.
    public static bool TryRead(ReadOnlySpan<byte> message, out ReadOnlySpan<byte> audio)
    {
        audio = default;
        bool isAppend = false;
        bool hasAudio = false;
        var json = new Utf8JsonReader(message);
        try
        {
            while (json.Read())
            {
                if (json.TokenType != JsonTokenType.PropertyName)
                {
                    continue;
                }

                if (json.ValueTextEquals("type"u8) && !isAppend)
                {
                    json.Read();
                    isAppend = json.TokenType == JsonTokenType.String && json.ValueTextEquals("input_audio_buffer.append"u8);
                    if (!isAppend)
                    {
                        return false;
                    }
                }
                else if (json.ValueTextEquals("audio"u8) && !hasAudio && json.CurrentDepth == 1)
                {
                    json.Read();
                    hasAudio = json.TokenType == JsonTokenType.String && !json.ValueIsEscaped;
                    audio = json.ValueSpan;
                    if (!hasAudio)
                    {
                        return false;
                    }
                }
                else
                {
                    return false;
                }
            }
        }
        catch (JsonException)
        {
            return false;
        }

        return isAppend && hasAudio;
    }
}
