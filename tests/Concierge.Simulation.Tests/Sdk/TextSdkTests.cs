using System.ClientModel;
using System.Text;
using Concierge.Simulation.Chat;
using Concierge.Simulation.Realtime;
using Concierge.Simulation.Scenarios;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Responses;

namespace Concierge.Simulation.Tests.Sdk;

/// <summary>The vendor's .NET SDK, unchanged, against the twin's text interfaces.</summary>
public sealed class TextSdkTests
{
    private static readonly TextScript s_script = TextScript.Parse("""
        {"turns":[
          {"when":{"afterTool":"find_table"},"say":"There is a table at half past seven.","repeat":true},
          {"say":"Let me see.","calls":[{"name":"find_table","arguments":{"people":4,"day":"Friday"}}],"repeat":true}
        ]}
        """);

    private static readonly BinaryData s_parameters = BinaryData.FromString("""{"type":"object","properties":{"people":{"type":"integer"}}}""");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_chat_calls_its_tool_and_says_the_result(bool streams)
    {
        await using RealtimeTwinServer server = await StartAsync();
        var client = new ChatClient("gpt-5-mini", new ApiKeyCredential("sk-twin"), new OpenAIClientOptions { Endpoint = server.HttpUrl });
        var options = new ChatCompletionOptions { Tools = { ChatTool.CreateFunctionTool("find_table", "Finds a table.", s_parameters) } };
        List<ChatMessage> messages = [new SystemChatMessage("Book."), new UserChatMessage("A table for four.")];

        (string text, ChatFinishReason? finish, List<ChatToolCall> calls) = await AskAsync(client, messages, options, streams);
        Assert.Equal(("Let me see.", ChatFinishReason.ToolCalls), (text, finish));
        ChatToolCall call = Assert.Single(calls);
        Assert.Equal(("find_table", """{"people":4,"day":"Friday"}"""), (call.FunctionName, call.FunctionArguments.ToString()));

        messages.Add(new AssistantChatMessage(calls));
        messages.Add(new ToolChatMessage(call.Id, "19:30"));
        (text, finish, calls) = await AskAsync(client, messages, options, streams);
        Assert.Equal(("There is a table at half past seven.", ChatFinishReason.Stop), (text, finish));
        Assert.Empty(calls);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_response_calls_its_tool_and_says_the_result(bool streams)
    {
        await using RealtimeTwinServer server = await StartAsync();
        var client = new ResponsesClient(new ApiKeyCredential("sk-twin"), new ResponsesClientOptions { Endpoint = server.HttpUrl });

        ResponseResult first = await AskAsync(client, Request([ResponseItem.CreateUserMessageItem("A table for four.")], null), streams, out StringBuilder heard);
        Assert.Equal(ResponseStatus.Completed, first.Status);
        Assert.Equal("Let me see.", first.GetOutputText());
        Assert.True(!streams || heard.ToString() == "Let me see.");
        FunctionCallResponseItem call = Assert.Single(first.OutputItems.OfType<FunctionCallResponseItem>());
        Assert.Equal(("find_table", """{"people":4,"day":"Friday"}"""), (call.FunctionName, call.FunctionArguments.ToString()));
        Assert.True(first.Usage.TotalTokenCount > 0);

        ResponseResult second = await AskAsync(client, Request([ResponseItem.CreateFunctionCallOutputItem(call.CallId, "19:30")], first.Id), streams, out _);
        Assert.Equal("There is a table at half past seven.", second.GetOutputText());
        Assert.Equal(first.Id, second.PreviousResponseId);
        ResponseResult again = await client.GetResponseAsync(second.Id);
        Assert.Equal(second.GetOutputText(), again.GetOutputText());
    }

    [Fact]
    public async Task A_wrong_key_and_a_missing_script_turn_are_the_sdks_exceptions()
    {
        await using RealtimeTwinServer server = await StartAsync();
        var client = new ChatClient("gpt-5-mini", new ApiKeyCredential("sk-wrong"), new OpenAIClientOptions { Endpoint = server.HttpUrl });
        ClientResultException refused = await Assert.ThrowsAsync<ClientResultException>(() => client.CompleteChatAsync([new UserChatMessage("Hi")]));
        Assert.Equal(401, refused.Status);
    }

    private static Task<RealtimeTwinServer> StartAsync() =>
        RealtimeTwinServer.StartAsync(ScenarioLibrary.BookingConfirmed, new RealtimeTwinOptions { ApiKey = "sk-twin" }, text: s_script);

    private static CreateResponseOptions Request(IEnumerable<ResponseItem> input, string? previous) => new("gpt-5-mini", input)
    {
        Instructions = "Book.",
        PreviousResponseId = previous,
        Tools = { ResponseTool.CreateFunctionTool("find_table", s_parameters, false, "Finds a table.") },
    };

    private static async Task<(string Text, ChatFinishReason? Finish, List<ChatToolCall> Calls)> AskAsync(
        ChatClient client, List<ChatMessage> messages, ChatCompletionOptions options, bool streams)
    {
        if (!streams)
        {
            ChatCompletion completion = await client.CompleteChatAsync(messages, options);
            return (string.Concat(completion.Content.Select(c => c.Text)), completion.FinishReason, [.. completion.ToolCalls]);
        }

        var text = new StringBuilder();
        ChatFinishReason? finish = null;
        string id = "", name = "";
        var arguments = new StringBuilder();
        await foreach (StreamingChatCompletionUpdate update in client.CompleteChatStreamingAsync(messages, options))
        {
            text.AppendJoin("", update.ContentUpdate.Select(c => c.Text));
            finish ??= update.FinishReason;
            foreach (StreamingChatToolCallUpdate call in update.ToolCallUpdates)
            {
                id += call.ToolCallId;
                name += call.FunctionName;
                arguments.Append(call.FunctionArgumentsUpdate);
            }
        }

        return (text.ToString(), finish, id.Length == 0 ? [] : [ChatToolCall.CreateFunctionToolCall(id, name, BinaryData.FromString(arguments.ToString()))]);
    }

    private static Task<ResponseResult> AskAsync(ResponsesClient client, CreateResponseOptions options, bool streams, out StringBuilder heard)
    {
        heard = new StringBuilder();
        return streams ? StreamAsync(client, options, heard) : OnceAsync(client, options);
    }

    private static async Task<ResponseResult> OnceAsync(ResponsesClient client, CreateResponseOptions options) => await client.CreateResponseAsync(options);

    private static async Task<ResponseResult> StreamAsync(ResponsesClient client, CreateResponseOptions options, StringBuilder heard)
    {
        options.StreamingEnabled = true;
        ResponseResult? done = null;
        await foreach (StreamingResponseUpdate update in await client.CreateResponseStreamingAsync(options))
        {
            heard.Append((update as StreamingResponseOutputTextDeltaUpdate)?.Delta);
            done ??= (update as StreamingResponseCompletedUpdate)?.Response;
        }

        return done!;
    }
}
