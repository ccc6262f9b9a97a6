using System.ClientModel;
using System.ClientModel.Primitives;
using System.Globalization;
using Concierge.Agents.Usage;
using Concierge.Protocols.Realtime;
using OpenAI;
using OpenAI.Chat;

namespace Concierge.Agents.Text;

/// <summary>A model behind the Chat Completions API: the vendor's, or any server that speaks it.</summary>
public sealed class OpenAITextModel : ITextModel
{
    private readonly string _model;
    private readonly string _apiKey;
    private readonly Uri? _endpoint;
    private readonly double? _temperature;
    private readonly TimeSpan _timeout;

    /// <summary>A model.</summary>
    /// <param name="model">Its name.</param>
    /// <param name="apiKey">The key; sent to the endpoint only.</param>
    /// <param name="endpoint">The API's root, such as <c>http://127.0.0.1:5050/v1</c>; null for the vendor's.</param>
    /// <param name="temperature">0 to 2, for agents that set none; null for the model's own.</param>
    /// <param name="timeout">How long one attempt may take; null for 60 s.</param>
    public OpenAITextModel(string model, string apiKey, Uri? endpoint = null, double? temperature = null, TimeSpan? timeout = null)
    {
        _model = model;
        _apiKey = apiKey;
        _endpoint = endpoint;
        _temperature = temperature;
        _timeout = timeout ?? TimeSpan.FromSeconds(60);
        Description = $"{model} at {endpoint?.Authority ?? "api.openai.com"}";
    }

    /// <inheritdoc/>
    public string Description { get; }

    /// <inheritdoc/>
    public bool IsSimulated => false;

    /// <summary>Made when first asked: the vendor's library is 5 MB that a node without requests in words need not load. Of two made at once one serves nobody else.</summary>
    private OpenAIClient Client => field ??= Connect();

    /// <inheritdoc/>
    public async Task<TextModelAnswer> CompleteAsync(TextModelRequest request, CancellationToken cancellationToken)
    {
        string model = request.Agent.Model.Model ?? _model;
        List<ChatMessage> messages = [new SystemChatMessage(request.Instructions), .. request.Messages.Select(ToMessage)];
        try
        {
            ChatCompletion answer = await Client.GetChatClient(model).CompleteChatAsync(messages, Options(request), cancellationToken);
            return new TextModelAnswer(
                answer.Id ?? "",
                answer.Model ?? model,
                string.Concat(answer.Content.Select(c => c.Text)) is { Length: > 0 } text ? text : answer.Refusal ?? "",
                [.. answer.ToolCalls.Select(c => new TextToolCall(c.Id, c.FunctionName, c.FunctionArguments.ToString()))],
                new ModelUsage(
                    answer.Usage?.InputTokenCount ?? 0, 0, answer.Usage?.InputTokenDetails?.CachedTokenCount ?? 0, answer.Usage?.OutputTokenCount ?? 0, 0));
        }
        catch (ClientResultException e)
        {
            throw new TextModelException(Describe(e, model), e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or AggregateException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new TextModelException($"The model at {Description} could not be reached; check the network and AGENT_URL.", e);
        }
    }

    private OpenAIClient Connect()
    {
        var options = new OpenAIClientOptions { NetworkTimeout = _timeout, RetryPolicy = new ClientRetryPolicy(maxRetries: 2) };
        if (_endpoint is not null)
        {
            options.Endpoint = _endpoint;
        }

        // No redirect is followed: the key goes to the configured host and nowhere else.
        options.Transport = new HttpClientPipelineTransport(new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) }));
        return new OpenAIClient(new ApiKeyCredential(_apiKey), options);
    }

    private static string Describe(ClientResultException e, string model) => e.Status switch
    {
        401 => "The model's server refused the key; check OPENAI_API_KEY.",
        403 => $"The key may not use the model {model}; check the account and AGENT_MODEL.",
        404 => $"The model's server does not know the model {model}; check AGENT_MODEL and AGENT_URL.",
        429 => "The model's server has had too many requests, or the account has no credit left; wait, or check the account.",
        _ => string.Create(CultureInfo.InvariantCulture, $"The model's server answered {e.Status}: {e.Message.Split('\n')[0]}"),
    };

    private static ChatMessage ToMessage(TextMessage message)
    {
        switch (message.Role)
        {
            case TextRole.User:
                return new UserChatMessage(message.Text);
            case TextRole.Tool:
                return new ToolChatMessage(message.CallId!, message.Text);
            default:
                if (message.ToolCalls is not { Count: > 0 } calls)
                {
                    return new AssistantChatMessage(message.Text);
                }

                var assistant = new AssistantChatMessage(calls.Select(c => ChatToolCall.CreateFunctionToolCall(c.CallId, c.Name, BinaryData.FromString(c.Arguments))));
                if (message.Text.Length > 0)
                {
                    assistant.Content.Add(ChatMessageContentPart.CreateTextPart(message.Text));
                }

                return assistant;
        }
    }

    private ChatCompletionOptions Options(TextModelRequest request)
    {
        var options = new ChatCompletionOptions { MaxOutputTokenCount = request.Agent.Model.MaxOutputTokens };
        if ((request.Agent.Model.Temperature ?? _temperature) is { } temperature)
        {
            options.Temperature = (float)temperature;
        }

        foreach (RealtimeFunctionTool tool in request.Tools)
        {
            options.Tools.Add(ChatTool.CreateFunctionTool(tool.Name, tool.Description, tool.ParametersJson is { } schema ? BinaryData.FromString(schema) : null));
        }

        if (request.Tools.Count > 0 && request.Agent.Model.ToolChoice is { } choice)
        {
            options.ToolChoice = choice.Mode switch
            {
                "none" => ChatToolChoice.CreateNoneChoice(),
                "required" => ChatToolChoice.CreateRequiredChoice(),
                "function" => ChatToolChoice.CreateFunctionChoice(choice.Name),
                _ => ChatToolChoice.CreateAutoChoice(),
            };
        }

        if (request.Agent.OutputSchema is { } output)
        {
            options.ResponseFormat = ChatResponseFormat.CreateJsonSchemaFormat("answer", BinaryData.FromString(output));
        }

        return options;
    }
}
