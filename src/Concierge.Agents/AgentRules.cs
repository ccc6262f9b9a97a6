using System.Text.Json;
using Concierge.Agents.Tools;

namespace Concierge.Agents;

/// <summary>What must hold among agents, whoever defines them: in code or in a file.</summary>
internal static class AgentRules
{
    private const int MaxName = 64;

    public static IReadOnlyList<AgentProblem> Check(IReadOnlyList<Agent> agents, string? start)
    {
        var problems = new List<AgentProblem>();
        if (agents.Count == 0)
        {
            problems.Add(new AgentProblem("agents", "there is no agent; define at least one"));
            return problems;
        }

        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (int i = 0; i < agents.Count; i++)
        {
            string path = $"agents[{i}]";
            if (!IsName(agents[i].Name))
            {
                problems.Add(new AgentProblem($"{path}.name", $"'{agents[i].Name}' is not a name; use letters, digits, spaces, '-' and '_', at most {MaxName}"));
            }
            else if (!names.Add(agents[i].Name))
            {
                problems.Add(new AgentProblem($"{path}.name", $"'{agents[i].Name}' is defined twice; names differ regardless of case"));
            }
        }

        if (start is not null && !names.Contains(start))
        {
            problems.Add(new AgentProblem("start", $"there is no agent '{start}'; there are {string.Join(", ", names)}"));
        }

        for (int i = 0; i < agents.Count; i++)
        {
            CheckAgent(agents[i], $"agents[{i}]", names, problems);
        }

        return problems;
    }

    private static void CheckAgent(Agent agent, string path, HashSet<string> names, List<AgentProblem> problems)
    {
        if (string.IsNullOrWhiteSpace(agent.Instructions))
        {
            problems.Add(new AgentProblem($"{path}.instructions", "they are empty; say what the agent is for and how it behaves"));
        }

        var tools = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < agent.Tools.Count; i++)
        {
            AgentTool tool = agent.Tools[i];
            if (!IsToolName(tool.Name))
            {
                problems.Add(new AgentProblem($"{path}.tools[{i}]", $"'{tool.Name}' is not a tool's name; use letters, digits, '_' and '-', at most {MaxName}"));
            }
            else if (!tools.Add(tool.Name))
            {
                problems.Add(new AgentProblem($"{path}.tools[{i}]", $"the agent has '{tool.Name}' twice"));
            }

            if (tool.Parameters.ValueKind != JsonValueKind.Object)
            {
                problems.Add(new AgentProblem($"{path}.tools[{i}]", $"the parameters of '{tool.Name}' are not a JSON schema object"));
            }
        }

        for (int i = 0; i < agent.Handoffs.Count; i++)
        {
            Handoff handoff = agent.Handoffs[i];
            if (!names.Contains(handoff.Target))
            {
                problems.Add(new AgentProblem($"{path}.handoffs[{i}]", $"there is no agent '{handoff.Target}'; there are {string.Join(", ", names)}"));
            }
            else if (string.Equals(handoff.Target, agent.Name, StringComparison.OrdinalIgnoreCase))
            {
                problems.Add(new AgentProblem($"{path}.handoffs[{i}]", "an agent cannot hand over to itself"));
            }
            else if (!tools.Add(handoff.ToolName))
            {
                problems.Add(new AgentProblem($"{path}.handoffs[{i}]", $"the agent has '{handoff.ToolName}' twice"));
            }
        }

        if (agent.Model.Speed is { } speed && speed is not (>= 0.25 and <= 1.5))
        {
            problems.Add(new AgentProblem($"{path}.model.speed", $"{speed} is outside 0.25 to 1.5"));
        }
    }

    private static bool IsName(string name) =>
        name.Length is > 0 and <= MaxName && name.Trim() == name && name.All(c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_') && name.Any(char.IsLetterOrDigit);

    internal static bool IsToolName(string name) => name.Length is > 0 and <= MaxName && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
}
