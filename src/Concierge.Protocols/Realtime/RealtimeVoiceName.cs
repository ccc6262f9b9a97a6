using System.Text.Json;
using System.Text.Json.Serialization;

namespace Concierge.Protocols.Realtime;

/// <summary>A voice on the wire: a name, or <c>{"id":"voice_..."}</c>.</summary>
[JsonConverter(typeof(Converter))]
internal sealed record RealtimeVoiceName(string? Name)
{
    internal sealed class Converter : JsonConverter<RealtimeVoiceName>
    {
        public override RealtimeVoiceName Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType == JsonTokenType.String)
            {
                return new RealtimeVoiceName(reader.GetString());
            }

            if (reader.TokenType != JsonTokenType.StartObject)
            {
                throw new JsonException("A voice is a name or an object with an id.");
            }

            string? id = null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isId = reader.ValueTextEquals("id"u8);
                reader.Read();
                if (isId && reader.TokenType == JsonTokenType.String)
                {
                    id = reader.GetString();
                }
                else
                {
                    reader.Skip();
                }
            }

            return new RealtimeVoiceName(id);
        }

        public override void Write(Utf8JsonWriter writer, RealtimeVoiceName value, JsonSerializerOptions options) => writer.WriteStringValue(value.Name);
    }
}
