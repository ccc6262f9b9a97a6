using System.Net;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Concierge.Server.Shell;

namespace Concierge.Server.Requests;

/// <summary>
/// Has a running node see to a request (<c>POST /process-request</c>), and shows what happens meanwhile among its agents and on the telephone: a real call's stream reaches that node,
/// not this program.
/// </summary>
internal sealed class RemoteConcierge(ConciergeOptions options, RequestScreen screen)
{
    private static readonly TimeSpan s_lastLines = TimeSpan.FromSeconds(10);

    public async Task<ConciergeAnswer> AskAsync(string input, string? sessionId, CancellationToken cancellationToken)
    {
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = options.ServerUrl, Timeout = Timeout.InfiniteTimeSpan };
        if (options.ServerApiKey is { } key)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, "/process-request") { Content = new StringContent(new JsonObject { ["user_input"] = input, ["session_id"] = sessionId }.ToJsonString(), Encoding.UTF8, "application/json") };
        request.Headers.Accept.ParseAdd("text/event-stream");
        using var following = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        List<Task> calls = [];
        try
        {
            using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                throw new CommandException(ExitCodes.Failed, Describe(response.StatusCode, await response.Content.ReadAsStringAsync(cancellationToken)));
            }

            await foreach (SseItem<string> news in SseParser.Create(await response.Content.ReadAsStreamAsync(cancellationToken)).EnumerateAsync(cancellationToken))
            {
                switch (news.EventType)
                {
                    case "step":
                        screen.OnStep(JsonNode.Parse(news.Data)!);
                        break;
                    case "call":
                        calls.Add(FollowAsync(client, JsonNode.Parse(news.Data)!["call_id"]!.GetValue<string>(), following.Token));
                        break;
                    case "answer":
                        await Task.WhenAny(Task.WhenAll(calls), Task.Delay(s_lastLines, cancellationToken));
                        return AnswerJson.Read(news.Data);
                    case "error":
                        throw new CommandException(ExitCodes.Failed, $"the node at {options.ServerUrl} could not do it: {JsonNode.Parse(news.Data)?["detail"]}");
                }
            }

            throw new CommandException(ExitCodes.Failed, $"the node at {options.ServerUrl} broke off before it answered.");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new CommandException(ExitCodes.Failed, $"the node at {options.ServerUrl} cannot be reached, or broke off; start it with 'concierge serve', set SERVER_URL, or use --simulate.");
        }
        catch (Exception e) when (e is JsonException or NullReferenceException or InvalidOperationException)
        {
            throw new CommandException(ExitCodes.Failed, $"{options.ServerUrl} does not answer as a node of this program does; check SERVER_URL.");
        }
        finally
        {
            await following.CancelAsync();
            await Task.WhenAll(calls);
        }
    }

    /// <summary>Shows a call's facts as they come, until nothing more is to come. What cannot be shown costs the picture, not the answer.</summary>
    private async Task FollowAsync(HttpClient client, string callId, CancellationToken cancellationToken)
    {
        try
        {
            await using Stream stream = await client.GetStreamAsync($"/api/v1/calls/{Uri.EscapeDataString(callId)}/events", cancellationToken);
            await foreach (SseItem<string> news in SseParser.Create(stream).EnumerateAsync(cancellationToken))
            {
                if (news.EventType == "end")
                {
                    return;
                }

                screen.OnFact(news.EventType, JsonNode.Parse(news.Data)!);
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException or InvalidOperationException or OperationCanceledException)
        {
            // The answer comes another way.
        }
    }

    private string Describe(HttpStatusCode status, string body)
    {
        string detail = "";
        try
        {
            using JsonDocument problem = JsonDocument.Parse(body);
            detail = problem.RootElement.TryGetProperty("detail", out JsonElement text) ? $" {text.GetString()}" : "";
        }
        catch (JsonException)
        {
            // Not ours to explain.
        }

        return status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
            ? $"the node at {options.ServerUrl} refuses: set CONCIERGE_API_KEY to one of its keys.{detail}"
            : $"the node at {options.ServerUrl} answered {(int)status}.{detail}";
    }
}
