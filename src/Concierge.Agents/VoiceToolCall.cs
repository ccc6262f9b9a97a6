using System.Text.Json;
using Concierge.Pipelines;

namespace Concierge.Agents;

/// <summary>One call of a tool by the model.</summary>
/// <param name="CallId">The model's id for the call.</param>
/// <param name="Arguments">The arguments, parsed; a JSON object.</param>
/// <param name="Call">The phone call it is made on.</param>
public sealed record VoiceToolCall(string CallId, JsonElement Arguments, ICallControl Call)
{
    /// <summary>An argument as text, or null when it is absent, null or not a string.</summary>
    public string? Text(string name) =>
        Arguments.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>An argument as a whole number, or null when it is absent or not one; a number written as text counts.</summary>
    public int? Number(string name)
    {
        if (!Arguments.TryGetProperty(name, out JsonElement value))
        {
            return null;
        }

        return value.ValueKind switch
        {
            JsonValueKind.Number when value.TryGetInt32(out int number) => number,
            JsonValueKind.String when int.TryParse(value.GetString(), System.Globalization.CultureInfo.InvariantCulture, out int number) => number,
            _ => null,
        };
    }

    /// <summary>An argument as yes or no; absent or anything else is no.</summary>
    public bool Flag(string name) => Arguments.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.True;
}
