using Concierge.Agents.Files;
using Concierge.Agents.Ready;
using Concierge.Agents.Reservations;
using Concierge.Server.Shell;

namespace Concierge.Server.Requests;

/// <summary>Agent files as commands are given them.</summary>
internal static class AgentFiles
{
    /// <summary>A file, or one that comes with the program by its name.</summary>
    public static string Resolve(string name) => name switch
    {
        "concierge" when !File.Exists(name) => ReadyAgents.Concierge,
        "receptionist" when !File.Exists(name) => ReadyAgents.Receptionist,
        _ => name,
    };

    /// <summary>Reads a file; what is wrong inside it is told by the definitions.</summary>
    /// <exception cref="CommandException">There is no such file, or it cannot be read.</exception>
    public static AgentDefinitions Load(string file, AgentFileOptions? options = null)
    {
        try
        {
            return AgentFile.Load(file, options ?? new AgentFileOptions { HostTools = ConciergeTools.Catalog });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCodes.Input, File.Exists(file) ? $"{file} cannot be read: {e.Message}" : $"there is no file {file}.");
        }
    }

    /// <summary>What ends a command that needs the agents of a file that cannot be used.</summary>
    public static CommandException Broken(string file, AgentDefinitions read) => new(
        ExitCodes.Input, $"{file} cannot be used:\n{string.Join('\n', read.Problems.Where(p => p.IsError).Select(p => $"  {file}{p}."))}");
}
