using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Concierge.Agents.Text;

namespace Concierge.Agents;

/// <summary>The JSON that agents write and read back. Letters of all scripts stay as they are: models and people read it, no browser does.</summary>
[JsonSerializable(typeof(TextMessage))]
internal sealed partial class AgentsJson : JsonSerializerContext
{
    /// <summary>The one to use: an attribute cannot name the encoder.</summary>
    public static AgentsJson Relaxed { get; } = new(new JsonSerializerOptions(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
