using System.Text.Json;

namespace Concierge.Protocols.Realtime;

/// <summary>Writes tools and tool choices.</summary>
internal static class RealtimeToolWriter
{
    /// <summary>Checks what the caller brings as JSON text before the first byte is written: half an event must never reach the output.</summary>
    internal static void ThrowIfUnwritable(IReadOnlyList<RealtimeTool>? tools)
    {
        foreach (RealtimeTool tool in tools ?? [])
        {
            if (tool is RealtimeFunctionTool { ParametersJson: { } schema } function && !RealtimeConfigRules.IsObject(schema))
            {
                throw new ArgumentException($"The parameters of function '{function.Name}' must be one JSON object.", nameof(tools));
            }
        }
    }

    internal static void Write(Utf8JsonWriter json, RealtimeTool tool)
    {
        json.WriteStartObject();
        if (tool is RealtimeFunctionTool function)
        {
            json.WriteString("type"u8, "function"u8);
            json.WriteString("name"u8, function.Name);
            RealtimeSessionWriter.WriteText(json, "description"u8, function.Description);
            if (function.ParametersJson is { } schema)
            {
                json.WritePropertyName("parameters"u8);
                json.WriteRawValue(schema, skipInputValidation: true);
            }
        }
        else
        {
            WriteMcp(json, (RealtimeMcpTool)tool);
        }

        json.WriteEndObject();
    }

    internal static void WriteChoice(Utf8JsonWriter json, RealtimeToolChoice choice)
    {
        if (choice.Mode is not ("function" or "mcp"))
        {
            json.WriteString("tool_choice"u8, choice.Mode);
            return;
        }

        json.WriteStartObject("tool_choice"u8);
        json.WriteString("type"u8, choice.Mode);
        RealtimeSessionWriter.WriteText(json, "server_label"u8, choice.ServerLabel);
        RealtimeSessionWriter.WriteText(json, "name"u8, choice.Name);
        json.WriteEndObject();
    }

    internal static void WriteList(Utf8JsonWriter json, ReadOnlySpan<byte> name, IReadOnlyList<string>? texts)
    {
        if (texts is null)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (string text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    private static void WriteMcp(Utf8JsonWriter json, RealtimeMcpTool mcp)
    {
        json.WriteString("type"u8, "mcp"u8);
        json.WriteString("server_label"u8, mcp.ServerLabel);
        RealtimeSessionWriter.WriteText(json, "server_url"u8, mcp.ServerUrl);
        RealtimeSessionWriter.WriteText(json, "connector_id"u8, mcp.ConnectorId);
        RealtimeSessionWriter.WriteText(json, "tunnel_id"u8, mcp.TunnelId);
        RealtimeSessionWriter.WriteText(json, "authorization"u8, mcp.Authorization);
        RealtimeSessionWriter.WriteText(json, "server_description"u8, mcp.ServerDescription);
        RealtimeSessionWriter.WritePairs(json, "headers"u8, mcp.Headers);
        WriteList(json, "allowed_tools"u8, mcp.AllowedTools);
        WriteList(json, "allowed_callers"u8, mcp.AllowedCallers);
        RealtimeSessionWriter.WriteText(json, "require_approval"u8, mcp.RequireApproval);
        if (mcp.DeferLoading is { } defer)
        {
            json.WriteBoolean("defer_loading"u8, defer);
        }
    }
}
