using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Concierge.Calls.Outcome;

/// <summary>Writes a time of day as <c>19:30</c>; reads that and <c>19:30:00</c>.</summary>
public sealed class HourMinuteConverter : JsonConverter<TimeOnly?>
{
    /// <inheritdoc/>
    public override TimeOnly? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        return reader.TokenType == JsonTokenType.String
            && TimeOnly.TryParse(reader.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.None, out TimeOnly time)
            ? time
            : throw new JsonException("A time of day is a string such as \"19:30\".");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, TimeOnly? value, JsonSerializerOptions options)
    {
        if (value is { } time)
        {
            writer.WriteStringValue(time.ToString("HH:mm", CultureInfo.InvariantCulture));
        }
        else
        {
            writer.WriteNullValue();
        }
    }
}
