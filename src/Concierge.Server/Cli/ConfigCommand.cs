using System.CommandLine;
using System.Reflection;
using Concierge.Server.Configuration;
using Concierge.Server.Node;
using Concierge.Server.Requests;
using Concierge.Server.Shell;
using Microsoft.Extensions.Configuration.EnvironmentVariables;

namespace Concierge.Server.Cli;

/// <summary><c>concierge config</c>: what the settings are and where each came from, without a secret; <c>concierge config key</c> makes a key.</summary>
internal static class ConfigCommand
{
    private static readonly HashSet<string> s_secrets =
    [
        SettingNames.ApiKey, SettingNames.AuthToken, SettingNames.SecondAuthToken, SettingNames.ApiKeySecret, SettingNames.DatabaseUrl, SettingNames.ApiKeys, SettingNames.ServerApiKey,
    ];

    public static Command Create()
    {
        Option<string?> envFile = new("--env-file") { Description = "Read this file instead of .env.", HelpName = "FILE" };
        Command command = new("config", "Show the settings, masked, and where each came from.") { envFile };
        command.SetAction(result => Show(result.GetValue(envFile), result.InvocationConfiguration));
        command.Add(Key());
        return command;
    }

    private static Command Key()
    {
        Argument<string> name = new("NAME") { Description = "Who it is for: letters, digits, '-', '_' and '.'." };
        Option<string> role = new("--role") { Description = "read, call or admin.", HelpName = "ROLE", Required = true };
        role.AcceptOnlyFromAmong("read", "call", "admin");
        Command command = new("key", "Make a key for the operator's API; it is shown once.") { name, role };
        command.SetAction(result =>
        {
            string who = result.GetRequiredValue(name);
            if (!ApiKey.IsName(who))
            {
                throw new CommandException(ExitCodes.Usage, "NAME may have up to 40 letters, digits, '-', '_' and '.'.");
            }

            (string secret, ApiKey key) = ApiKey.Create(who, Enum.Parse<ApiRole>(result.GetRequiredValue(role), ignoreCase: true));
            TextWriter output = result.InvocationConfiguration.Output;
            output.WriteLine($"key:       {secret}");
            output.WriteLine($"API_KEYS:  {key.ToSetting()}");
            output.WriteLine("Give the key to its user; it is not kept. Add the entry to API_KEYS (entries are separated by spaces) and start the node again.");
            return ExitCodes.Success;
        });
        return command;
    }

    private static int Show(string? envFile, InvocationConfiguration streams)
    {
        List<ConfigurationProblem> problems = [];
        IConfiguration configuration = NodeConfiguration.Gather(Directory.GetCurrentDirectory(), envFile, [], problems);
        foreach (string name in Names())
        {
            if (Find(configuration, name) is { } found)
            {
                streams.Output.WriteLine($"{name,-32} {Mask(name, found.Value),-40} {found.Source}");
            }
            else if (Find(configuration, name + SettingNames.FileSuffix) is { } file)
            {
                streams.Output.WriteLine($"{name,-32} {"(in a file)",-40} {file.Value}, named by {file.Source}");
            }
        }

        NodeConfigurationResult result = NodeConfiguration.Read(configuration, problems);
        ConfigurationReport.Write(streams.Error, result.Problems);
        return result.Options is null ? ExitCodes.Configuration : ExitCodes.Success;
    }

    private static IEnumerable<string> Names() => typeof(SettingNames).GetFields(BindingFlags.Public | BindingFlags.Static).Concat(typeof(ConciergeSettings).GetFields(BindingFlags.Public | BindingFlags.Static))
        .Select(f => (string)f.GetRawConstantValue()!)
        .Concat([TraceExport.Endpoint, TraceExport.TracesEndpoint]).Where(n => n != SettingNames.FileSuffix).Distinct();

    /// <summary>The strongest source that has a value; the order is that of <see cref="NodeConfiguration.Gather"/>.</summary>
    private static (string Value, string Source)? Find(IConfiguration configuration, string name)
    {
        IConfigurationProvider[] providers = [.. ((IConfigurationRoot)configuration).Providers];
        int environment = Array.FindIndex(providers, p => p is EnvironmentVariablesConfigurationProvider);
        foreach (string key in (string[])[name, "Concierge:" + name])
        {
            for (int i = providers.Length - 1; i >= 0; i--)
            {
                if (providers[i].TryGet(key, out string? value) && !string.IsNullOrWhiteSpace(value))
                {
                    return (value.Trim(), i > environment ? "command line" : i == environment ? "environment" : i == 0 ? ".env" : "appsettings.json");
                }
            }
        }

        return null;
    }

    private static string Mask(string name, string value) => s_secrets.Contains(name) ? $"(secret, {value.Length} characters)" : value.ReplaceLineEndings(" ");
}
