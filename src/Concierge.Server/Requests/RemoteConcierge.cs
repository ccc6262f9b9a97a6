using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Concierge.Server.Shell;

namespace Concierge.Server.Requests;

/// <summary>Has a running node see to a request (<c>POST /process-request</c>): a real call's stream reaches that node, not this program.</summary>
internal sealed class RemoteConcierge(ConciergeOptions options)
{
    public async Task<ConciergeAnswer> AskAsync(string input, string? sessionId, CancellationToken cancellationToken)
    {
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = TimeSpan.FromMinutes(20) };
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(options.ServerUrl, "/process-request"))
        {
            Content = JsonContent.Create(new { user_input = input, session_id = sessionId }),
        };
        if (options.ServerApiKey is { } key)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        try
        {
            using HttpResponseMessage response = await client.SendAsync(request, cancellationToken);
            string body = await response.Content.ReadAsStringAsync(cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                throw new CommandException(ExitCodes.Failed, Describe(response.StatusCode, body));
            }

            using JsonDocument answer = JsonDocument.Parse(body);
            return new ConciergeAnswer(
                answer.RootElement.GetProperty("response").GetString() ?? "", answer.RootElement.GetProperty("session_id").GetString() ?? sessionId ?? "", "", null, false);
        }
        catch (HttpRequestException)
        {
            throw new CommandException(ExitCodes.Failed, $"the node at {options.ServerUrl} cannot be reached; start it with 'concierge serve', set SERVER_URL, or use --simulate.");
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException)
        {
            throw new CommandException(ExitCodes.Failed, $"{options.ServerUrl} does not answer as a node of this program does; check SERVER_URL.");
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
