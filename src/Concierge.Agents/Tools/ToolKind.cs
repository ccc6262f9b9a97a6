namespace Concierge.Agents.Tools;

/// <summary>What a tool is made of; the graph and the traces tell.</summary>
public enum ToolKind : byte
{
    /// <summary>Code of this program.</summary>
    Function,

    /// <summary>A request to a web server.</summary>
    Http,

    /// <summary>A tool of a Model Context Protocol server.</summary>
    Mcp,

    /// <summary>Facts from a file.</summary>
    File,
}
