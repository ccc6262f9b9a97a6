using System.CommandLine;
using System.Globalization;
using System.Text;
using Concierge.Calls.Life;
using Concierge.Calls.Outbound;
using Concierge.Calls.Outcome;
using Concierge.Calls.Store;
using Concierge.Server.Api;
using Concierge.Server.Configuration;
using Concierge.Server.Node;
using Concierge.Server.Shell;
using Microsoft.Extensions.Logging.Abstractions;

namespace Concierge.Server.Cli;

/// <summary><c>concierge calls list|show|export|delete</c>: looks into the call store as configured, whether a node runs or not.</summary>
internal static class CallsCommand
{
    private static readonly Option<string[]> s_states = new("--state") { Description = "Only calls in this state; may be repeated.", HelpName = "STATE" };
    private static readonly Option<string?> s_number = new("--number") { Description = "Only calls from or to this number.", HelpName = "NUMBER" };
    private static readonly Option<string?> s_envFile = new("--env-file") { Description = "Read this file instead of .env.", HelpName = "FILE" };

    public static Command Create()
    {
        Command command = new("calls", "Look at, export and delete the calls that are remembered.");
        command.Add(List());
        command.Add(Show());
        command.Add(Export());
        command.Add(Delete());
        return command;
    }

    private static Command List()
    {
        Option<int> limit = new("--limit") { Description = "At most this many, 1 to 1000.", HelpName = "N", DefaultValueFactory = _ => 20 };
        Command command = new("list", "List calls, the newest first.") { s_states, s_number, limit, s_envFile };
        command.SetAction((result, token) => WithStoreAsync(result, async (store, _) =>
        {
            CallQuery query = Query(result) with { Limit = result.GetValue(limit) is >= 1 and <= CallQuery.MaxLimit and int n ? n : throw new CommandException(ExitCodes.Usage, "--limit: a whole number from 1 to 1000.") };
            CallPage page = await store.ListAsync(query, token);
            foreach (CallRecord call in page.Calls)
            {
                await result.InvocationConfiguration.Output.WriteLineAsync(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{call.Id}  {call.CreatedAt:yyyy-MM-dd HH:mm:ss}  {(call.Direction == CallDirection.Inbound ? "in " : "out")}  {call.From ?? "-",-16} -> {call.To ?? "-",-16}  {call.State.Name(),-11}  {call.Outcome?.Status.ToString().ToLowerInvariant() ?? ""}").TrimEnd());
            }

            return ExitCodes.Success;
        }));
        return command;
    }

    private static Command Show()
    {
        Argument<string> id = new("ID") { Description = "The call's id." };
        Command command = new("show", "Show a call with its transcript.") { id, s_envFile };
        command.SetAction((result, token) => WithStoreAsync(result, async (store, _) =>
        {
            TextWriter output = result.InvocationConfiguration.Output;
            CallRecord call = await store.GetAsync(result.GetRequiredValue(id), token) ?? throw new CommandException(ExitCodes.Input, "there is no call of that id; see 'concierge calls list'.");
            await output.WriteLineAsync(ApiJson.Call(call).ToJsonString(new System.Text.Json.JsonSerializerOptions { WriteIndented = true }));
            foreach (TranscriptEntry entry in CallTranscripts.Read((await CallHistory.ReadAsync(store, call.Id, token)).Select(f => f.Fact)))
            {
                await output.WriteLineAsync(string.Create(
                    CultureInfo.InvariantCulture, $"{entry.StartMs / 1000.0,8:0.0} s  {(entry.Speaker == TranscriptSpeaker.Agent ? "agent " : "caller")}  {entry.Text}{(entry.Interrupted ? " [cut off]" : "")}"));
            }

            return ExitCodes.Success;
        }));
        return command;
    }

    private static Command Export()
    {
        Option<string> format = new("--format") { Description = "jsonl (everything) or csv (one line per call).", HelpName = "FORMAT", DefaultValueFactory = _ => "jsonl" };
        format.AcceptOnlyFromAmong("jsonl", "csv");
        Option<string?> file = new("--output") { Description = "The file to write; unless given, the output.", HelpName = "FILE" };
        Command command = new("export", "Write calls as JSON Lines or CSV.") { format, file, s_states, s_number, s_envFile };
        command.SetAction((result, token) => WithStoreAsync(result, async (store, _) =>
        {
            bool csv = result.GetValue(format) == "csv";
            if (result.GetValue(file) is not { } path)
            {
                await CallExport.WriteAsync(store, Query(result), csv, result.InvocationConfiguration.Output, token);
                return ExitCodes.Success;
            }

            try
            {
                await using StreamWriter output = new(path, append: false, new UTF8Encoding(false));
                int calls = await CallExport.WriteAsync(store, Query(result), csv, output, token);
                await result.InvocationConfiguration.Output.WriteLineAsync($"{calls} calls -> {path}");
                return ExitCodes.Success;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new CommandException(ExitCodes.Output, $"{path} cannot be written: {exception.Message}");
            }
        }));
        return command;
    }

    private static Command Delete()
    {
        Argument<string?> id = new("ID") { Description = "The call to delete.", Arity = ArgumentArity.ZeroOrOne };
        Option<int?> days = new("--older-than") { Description = "Calls that were over more than so many days ago.", HelpName = "DAYS" };
        Option<bool> yes = new("--yes") { Description = "Delete; without it only what would be deleted is told." };
        Command command = new("delete", "Delete calls with everything known of them, recordings too.") { id, s_number, days, yes, s_envFile };
        command.SetAction((result, token) => WithStoreAsync(result, async (store, options) =>
        {
            CallDeletionQuery query = new()
            {
                CallId = result.GetValue(id),
                Number = result.GetValue(s_number),
                EndedBefore = result.GetValue(days) is { } age ? TimeProvider.System.GetUtcNow() - TimeSpan.FromDays(age) : null,
            };
            if (query.IsEmpty)
            {
                throw new CommandException(ExitCodes.Usage, "say which calls: an ID, --number or --older-than.");
            }

            if (!result.GetValue(yes))
            {
                throw new CommandException(ExitCodes.Usage, "deleting cannot be undone; say --yes to do it. See 'concierge calls list' for what there is.");
            }

            CallDeletion deleted = await store.DeleteAsync(query, token);
            int files = RecordingFiles.Delete(options.RecordingsDirectory, deleted.Recordings, NullLogger.Instance);
            await result.InvocationConfiguration.Output.WriteLineAsync($"{deleted.CallIds.Count} calls and {files} recordings deleted.");
            return ExitCodes.Success;
        }));
        return command;
    }

    private static CallQuery Query(ParseResult result)
    {
        List<CallState> states = [];
        foreach (string name in result.GetValue(s_states) ?? [])
        {
            states.Add(CallStates.TryParse(name, out CallState state)
                ? state
                : throw new CommandException(ExitCodes.Usage, $"--state {name}: there are initiated, ringing, in_progress, completed, canceled, no_answer, busy and failed."));
        }

        return new CallQuery { States = states, Number = result.GetValue(s_number) };
    }

    /// <summary>Opens the store as configured; nothing else of the configuration matters here, so nothing else is complained about.</summary>
    private static async Task<int> WithStoreAsync(ParseResult result, Func<ICallStore, CallsOptions, Task<int>> work)
    {
        List<ConfigurationProblem> problems = [];
        SettingReader settings = new(NodeConfiguration.Gather(Directory.GetCurrentDirectory(), result.GetValue(s_envFile), [], problems), problems);
        string directory = settings.Text(SettingNames.DataDirectory) ?? "concierge-data";
        CallsOptions options = new()
        {
            DataDirectory = directory,
            NodeName = "cli",
            DatabaseUrl = settings.Text(SettingNames.DatabaseUrl),
            RecordingsDirectory = settings.Text(SettingNames.RecordingsFolder),
        };
        if (options.DatabaseUrl is null && !File.Exists(Path.Combine(directory, "calls.db")))
        {
            throw new CommandException(ExitCodes.Input, $"there is no call store in {directory}; run where the node runs, or set DATA_DIR or DATABASE_URL.");
        }

        try
        {
            await using ICallStore store = NodeCalls.OpenStore(options, TimeProvider.System);
            await store.MigrateAsync(CancellationToken.None);
            return await work(store, options);
        }
        catch (CallStoreException exception)
        {
            throw new CommandException(ExitCodes.Input, exception.Message);
        }
        catch (FormatException exception)
        {
            throw new CommandException(ExitCodes.Configuration, $"{SettingNames.DatabaseUrl}: {exception.Message}");
        }
    }
}
