using System.CommandLine;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Concierge.Calls.Policy;
using Concierge.Server.Configuration;
using Concierge.Server.Shell;

namespace Concierge.Server.Cli;

/// <summary><c>concierge call +E164</c>: has a running node place a call and tells what becomes of it. One list of calls, the node's.</summary>
internal static class CallCommand
{
    private static readonly TimeSpan s_poll = TimeSpan.FromSeconds(1);

    public static Command Create()
    {
        Argument<string> number = new("NUMBER") { Description = "The number in E.164, such as +14155550123." };
        Option<string?> agent = new("--agent") { Description = "The agent that speaks; unless given, the node's default.", HelpName = "NAME" };
        Option<string?> request = new("--request") { Description = "What it is about, in plain words.", HelpName = "TEXT" };
        Option<string?> server = new("--server") { Description = "The node's address (SERVER_URL); unless given, this machine's SERVER_PORT.", HelpName = "URL" };
        Option<bool> noWait = new("--no-wait") { Description = "Return as soon as the carrier has the order." };
        Command command = new("call", "Have the running node call a number.") { number, agent, request, server, noWait };
        command.SetAction((result, _) => RunAsync(
            result.GetRequiredValue(number), result.GetValue(agent), result.GetValue(request), result.GetValue(server), !result.GetValue(noWait), result.InvocationConfiguration.Output));
        return command;
    }

    private static async Task<int> RunAsync(string number, string? agent, string? request, string? server, bool wait, TextWriter output)
    {
        if (!PhoneNumber.IsE164(number))
        {
            throw new CommandException(ExitCodes.Usage, "the number is not in E.164: write + and 7 to 15 digits without spaces, such as +14155550123.");
        }

        using Interruption interruption = Interruption.Listen();
        using HttpClient http = Connect(server);
        JsonObject body = new() { ["to"] = number };
        Add(body, "agent", agent);
        Add(body, "request", request);
        JsonNode call = await SendAsync(http, HttpMethod.Post, "/api/v1/calls", body, interruption.Token);
        string id = call["id"]!.GetValue<string>();
        string state = "";
        while (true)
        {
            string now = call["state"]!.GetValue<string>();
            if (now != state)
            {
                state = now;
                await output.WriteLineAsync($"{id}  {state}  {call["cause"]}");
            }

            if (!wait || call["settled"]!.GetValue<bool>())
            {
                break;
            }

            await Task.Delay(s_poll, interruption.Token);
            call = await SendAsync(http, HttpMethod.Get, $"/api/v1/calls/{id}", null, interruption.Token);
        }

        if (call["error"] is { } error)
        {
            await output.WriteLineAsync($"  {error}");
        }

        if (call["outcome"] is { } outcome)
        {
            await output.WriteLineAsync($"  outcome: {outcome["status"]}{(outcome["confirmation_number"] is { } confirmation ? $", confirmation number {confirmation}" : "")}");
        }

        return !wait || state == "completed" ? ExitCodes.Success : ExitCodes.Failed;
    }

    private static void Add(JsonObject body, string name, string? value)
    {
        if (value is not null)
        {
            body[name] = value;
        }
    }

    private static HttpClient Connect(string? server)
    {
        List<ConfigurationProblem> problems = [];
        SettingReader settings = new(NodeConfiguration.Gather(Directory.GetCurrentDirectory(), null, [], problems), problems);
        string address = server ?? settings.Text(SettingNames.ServerUrl) ?? $"http://127.0.0.1:{settings.Integer(SettingNames.ServerPort, 8080, 1, 65_535)}";
        if (!Uri.TryCreate(address, UriKind.Absolute, out Uri? url) || (url.Scheme != Uri.UriSchemeHttps && !(url.Scheme == Uri.UriSchemeHttp && url.IsLoopback)))
        {
            throw new CommandException(ExitCodes.Configuration, "SERVER_URL is not an https address; http serves on this machine only, because the key goes there.");
        }

        HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = url, Timeout = TimeSpan.FromSeconds(60) };
        if (settings.Text(SettingNames.ServerApiKey) is { } key)
        {
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        return http;
    }

    private static async Task<JsonNode> SendAsync(HttpClient http, HttpMethod method, string path, JsonObject? body, CancellationToken cancellationToken)
    {
        try
        {
            using HttpRequestMessage request = new(method, path);
            request.Content = body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
            using HttpResponseMessage answer = await http.SendAsync(request, cancellationToken);
            JsonNode? node = JsonNode.Parse(await answer.Content.ReadAsStringAsync(cancellationToken));
            return answer.IsSuccessStatusCode && node is not null
                ? node
                : throw new CommandException(ExitCodes.Failed, $"the node refuses ({(int)answer.StatusCode}): {node?["detail"]?.GetValue<string>() ?? "no reason given."}");
        }
        catch (Exception exception) when (exception is HttpRequestException or JsonException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            throw new CommandException(ExitCodes.Failed, $"no node answers at {http.BaseAddress}. Start one with 'concierge serve', or name it with --server or SERVER_URL.");
        }
    }
}
