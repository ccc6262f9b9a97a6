namespace Concierge.Protocols.Realtime;

/// <summary>A function of ours: <c>{type:"function", name, description, parameters}</c>.</summary>
/// <param name="Name">The function's name.</param>
/// <param name="Description">When and how the model should call it.</param>
/// <param name="ParametersJson">A JSON Schema object as text; null: no parameters are described.</param>
public sealed record RealtimeFunctionTool(string Name, string? Description = null, string? ParametersJson = null) : RealtimeTool;
