using System.Text.Json;
using System.Text.Json.Serialization;

namespace Concierge.Server.Usage;

/// <summary>The price table's JSON, its reader made by the compiler: the table is read at every start, and reflection would take longer than all of the rest of it.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(PriceTable))]
internal sealed partial class PriceJson : JsonSerializerContext;
