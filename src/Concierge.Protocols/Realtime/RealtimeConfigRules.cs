using System.Text.Json;

namespace Concierge.Protocols.Realtime;

/// <summary>The ranges of the session object (OpenAI Realtime API reference, <c>session.update</c>).</summary>
internal static class RealtimeConfigRules
{
    internal static IReadOnlyList<string> Check(RealtimeSessionConfig config)
    {
        var problems = new List<string>();
        Range(problems, "Speed", config.Speed, 0.25, 1.5);
        Range(problems, "TurnDetection.Threshold", config.TurnDetection?.Threshold, 0, 1);
        Range(problems, "TurnDetection.PrefixPaddingMs", config.TurnDetection?.PrefixPaddingMs, 0, int.MaxValue);
        Range(problems, "TurnDetection.SilenceDurationMs", config.TurnDetection?.SilenceDurationMs, 0, int.MaxValue);
        Range(problems, "TurnDetection.IdleTimeoutMs", config.TurnDetection?.IdleTimeoutMs, 5000, 30000);
        Range(problems, "Truncation.RetentionRatio", config.Truncation?.RetentionRatio, 0, 1);
        Range(problems, "Truncation.PostInstructionTokens", config.Truncation?.PostInstructionTokens, 0, int.MaxValue);
        if (config.MaxOutputTokens is not (null or RealtimeSessionConfig.UnlimitedOutputTokens))
        {
            Range(problems, "MaxOutputTokens", config.MaxOutputTokens, 1, 4096);
        }

        if (config.NoiseReduction?.Type is not (null or "near_field" or "far_field"))
        {
            problems.Add("NoiseReduction.Type must be near_field or far_field.");
        }

        if (config.InputTranscription?.Delay is not (null or "minimal" or "low" or "medium" or "high" or "xhigh"))
        {
            problems.Add("InputTranscription.Delay must be minimal, low, medium, high or xhigh.");
        }

        if (config.InputTranscription?.Languages is { Count: 0 })
        {
            problems.Add("InputTranscription.Languages must name at least one language when it is given.");
        }

        foreach (RealtimeTool tool in config.Tools ?? [])
        {
            CheckTool(problems, tool);
        }

        return problems;
    }

    private static void CheckTool(List<string> problems, RealtimeTool tool)
    {
        if (tool is RealtimeFunctionTool function)
        {
            if (string.IsNullOrWhiteSpace(function.Name))
            {
                problems.Add("Tools: a function needs a name.");
            }

            if (function.ParametersJson is { } schema && !IsObject(schema))
            {
                problems.Add($"Tools: the parameters of function '{function.Name}' must be one JSON object.");
            }
        }
        else if (tool is RealtimeMcpTool mcp)
        {
            int addresses = (mcp.ServerUrl is null ? 0 : 1) + (mcp.ConnectorId is null ? 0 : 1) + (mcp.TunnelId is null ? 0 : 1);
            if (addresses != 1)
            {
                problems.Add($"Tools: the MCP server '{mcp.ServerLabel}' needs exactly one of ServerUrl, ConnectorId and TunnelId.");
            }

            if (mcp.RequireApproval is not (null or "always" or "never"))
            {
                problems.Add($"Tools: RequireApproval of the MCP server '{mcp.ServerLabel}' must be always or never.");
            }
        }
    }

    internal static bool IsObject(string json)
    {
        try
        {
            var reader = new Utf8JsonReader(System.Text.Encoding.UTF8.GetBytes(json));
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static void Range(List<string> problems, string name, double? value, double least, double most)
    {
        // Negated so that NaN fails too.
        if (value is { } given && !(given >= least && given <= most))
        {
            problems.Add(most == int.MaxValue ? $"{name} is {given}; it must not be negative." : $"{name} is {given}; it must lie between {least} and {most}.");
        }
    }
}
