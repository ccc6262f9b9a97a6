using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Concierge.Agents.Tools;

/// <summary>A tool that asks a web server. The address comes from the definition, never from the model: it only fills places in path and query, escaped.</summary>
public sealed class HttpTool : AgentTool
{
    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(200);

    private readonly HttpToolRequest _request;
    private readonly UrlGuard _guard;
    private readonly HttpClient _client;
    private readonly TimeProvider _time;
    private readonly HashSet<string> _inUrl;

    /// <summary>A tool.</summary>
    /// <param name="name">The name the model calls it by.</param>
    /// <param name="description">What it does and when to use it, for the model.</param>
    /// <param name="parametersSchema">The JSON schema of its arguments, as text.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="guard">Which hosts may be reached.</param>
    /// <param name="options">How it is carried out; null for the defaults.</param>
    /// <param name="time">The clock of the pauses between attempts.</param>
    /// <exception cref="UrlForbiddenException">The host is not allowed.</exception>
    /// <exception cref="ArgumentException">The address is no address, or has a place to fill in its host.</exception>
    public HttpTool(
        string name, string description, string parametersSchema, HttpToolRequest request, UrlGuard guard, AgentToolOptions? options = null, TimeProvider? time = null)
        : base(name, description, ParseSchema(parametersSchema), options)
    {
        _request = request;
        _guard = guard;
        _client = guard.CreateClient();
        _time = time ?? TimeProvider.System;
        _inUrl = [.. Places(request.Url)];
        guard.ThrowIfForbidden(ParseUrl(request.Url));
    }

    /// <inheritdoc/>
    public override ToolKind Kind => ToolKind.Http;

    /// <inheritdoc/>
    public override async ValueTask<ToolResult> InvokeAsync(ToolInvocation invocation, CancellationToken cancellationToken)
    {
        TimeSpan pause = s_firstPause;
        for (int attempt = 0; ; attempt++)
        {
            bool last = attempt >= _request.Retries;
            try
            {
                using HttpRequestMessage message = Build(invocation);
                _guard.ThrowIfForbidden(message.RequestUri!);
                using HttpResponseMessage response = await _client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
                if (last || !IsTransient(response.StatusCode))
                {
                    return await ReadAsync(response, cancellationToken);
                }

                pause = response.Headers.RetryAfter?.Delta is { } asked && asked > pause ? asked : pause;
            }
            catch (HttpRequestException e) when (e.InnerException is UrlForbiddenException forbidden)
            {
                return ToolResult.Failure(forbidden.Message);
            }
            catch (UrlForbiddenException e)
            {
                return ToolResult.Failure(e.Message);
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                if (last)
                {
                    return ToolResult.Failure($"The server behind {Name} could not be reached.");
                }
            }

            await Task.Delay(pause, _time, cancellationToken);
            pause *= 2;
        }
    }

    /// <summary>An address with its places taken for letters; throws when it is none, or when the host has a place to fill.</summary>
    internal static Uri ParseUrl(string template)
    {
        if (!Uri.TryCreate(template.Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal), UriKind.Absolute, out Uri? url)
            || url.Scheme is not ("http" or "https"))
        {
            throw new ArgumentException($"'{template}' is not a web address.");
        }

        int path = template.IndexOf('/', template.IndexOf("://", StringComparison.Ordinal) + 3);
        if ((path < 0 ? template : template[..path]).Contains('{', StringComparison.Ordinal))
        {
            throw new ArgumentException($"'{template}' has a place to fill in its host; the host must be fixed.");
        }

        return url;
    }

    /// <summary>The names of the places in an address.</summary>
    internal static IEnumerable<string> Places(string template)
    {
        for (int open = template.IndexOf('{', StringComparison.Ordinal); open >= 0; open = template.IndexOf('{', open + 1))
        {
            int close = template.IndexOf('}', open);
            if (close < 0)
            {
                yield break;
            }

            yield return template[(open + 1)..close];
        }
    }

    private static bool IsTransient(HttpStatusCode status) =>
        status is HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;

    private static string Plain(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    private HttpRequestMessage Build(ToolInvocation invocation)
    {
        bool inQuery = _request.Method == HttpMethod.Get || _request.Method == HttpMethod.Delete || _request.Method == HttpMethod.Head;
        string url = _request.Url;
        var query = new StringBuilder();
        var body = new JsonObject();
        foreach (JsonProperty argument in invocation.Arguments.EnumerateObject())
        {
            if (_inUrl.Contains(argument.Name))
            {
                // Dots alone would walk up the path even when escaped by some servers.
                string text = Plain(argument.Value);
                url = url.Replace($"{{{argument.Name}}}", text is "." or ".." ? "" : Uri.EscapeDataString(text), StringComparison.Ordinal);
            }
            else if (inQuery)
            {
                query.Append(query.Length == 0 && !url.Contains('?', StringComparison.Ordinal) ? '?' : '&')
                    .Append(Uri.EscapeDataString(argument.Name)).Append('=').Append(Uri.EscapeDataString(Plain(argument.Value)));
            }
            else
            {
                body[argument.Name] = JsonNode.Parse(argument.Value.GetRawText());
            }
        }

        foreach (string place in _inUrl)
        {
            url = url.Replace($"{{{place}}}", "", StringComparison.Ordinal); // an argument that was left out
        }

        var message = new HttpRequestMessage(_request.Method, url + query);
        if (!inQuery)
        {
            message.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        }

        message.Headers.TryAddWithoutValidation("Accept", "application/json, text/plain");
        message.Headers.TryAddWithoutValidation("Idempotency-Key", invocation.CallId);
        message.Headers.TryAddWithoutValidation("X-Conversation-Id", invocation.Context.ConversationId);
        foreach ((string header, string value) in _request.Headers)
        {
            message.Headers.TryAddWithoutValidation(header, value);
        }

        return message;
    }

    private async ValueTask<ToolResult> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        int status = (int)response.StatusCode;
        if (status is >= 300 and < 400)
        {
            return ToolResult.Failure($"The server behind {Name} answered with a redirect, which is not followed.");
        }

        string text = await ReadTextAsync(response.Content, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            string said = text.Length > 400 ? text[..400] : text;
            return ToolResult.Failure(string.Create(CultureInfo.InvariantCulture, $"The server behind {Name} answered {status}{(said.Length > 0 ? $": {said}" : "")}."));
        }

        return new ToolResult(text.Length == 0 ? """{"ok":true}""" : text);
    }

    private async ValueTask<string> ReadTextAsync(HttpContent content, CancellationToken cancellationToken)
    {
        await using Stream stream = await content.ReadAsStreamAsync(cancellationToken);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(_request.MaxResponseBytes);
        try
        {
            int length = 0;
            while (length < _request.MaxResponseBytes)
            {
                int read = await stream.ReadAsync(buffer.AsMemory(length, _request.MaxResponseBytes - length), cancellationToken);
                if (read == 0)
                {
                    break;
                }

                length += read;
            }

            return Encoding.UTF8.GetString(buffer, 0, length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
