using System.Text.Json;
using Concierge.Pipelines;
using Concierge.Protocols.MediaStreams;
using Concierge.Protocols.Realtime;
using Concierge.TestKit;

namespace Concierge.Agents.Tests;

public sealed class AgentCallControllerTests
{
    private static readonly StreamStart s_start = new("MZ1", "CA1", "AC1", ["inbound"], "audio/x-mulaw", 8000, 1, new Dictionary<string, string>());

    private readonly ManualTimeProvider _time = new();
    private readonly FakeCall _call = new();

    [Fact]
    public async Task Configures_the_session_from_the_agent()
    {
        VoiceAgent agent = Agent(Tool("look_up", (_, _) => Result("1"))) with { Session = new RealtimeSessionConfig { Voice = "marin" } };
        RealtimeSessionConfig config = await new AgentCallController(agent, _time).ConfigureAsync(s_start, TestContext.Current.CancellationToken);
        Assert.Equal("Be brief.", config.Instructions);
        Assert.Equal("marin", config.Voice);
        RealtimeFunctionTool tool = Assert.IsType<RealtimeFunctionTool>(Assert.Single(config.Tools!));
        Assert.Equal("look_up", tool.Name);
        Assert.Empty(config.Validate());
    }

    [Fact]
    public async Task A_stream_that_is_not_admitted_is_refused_before_anything_else()
    {
        var controller = new AgentCallController(
            Agent(), _time, (_, _) => throw new CallRejectedException(CallEndReason.CarrierUnauthorized, "no token"));
        CallRejectedException refused = await Assert.ThrowsAsync<CallRejectedException>(
            async () => await controller.ConfigureAsync(s_start, TestContext.Current.CancellationToken));
        Assert.Equal(CallEndReason.CarrierUnauthorized, refused.Reason);
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public async Task Greets_when_the_session_is_ready_only_if_it_speaks_first(bool speaksFirst, int requests)
    {
        var controller = new AgentCallController(Agent() with { SpeaksFirst = speaksFirst }, _time);
        await controller.OnEventAsync(new CallEvent.ModelReady(TimeSpan.Zero, "s"), _call, TestContext.Current.CancellationToken);
        Assert.Equal(requests, _call.Asked.Count);
    }

    [Fact]
    public async Task Answers_a_tool_call_with_the_tools_result()
    {
        await CallAsync(Tool("add", (call, _) => Result($"{call.Number("a") + call.Number("b")}")), "add", """{"a":2,"b":"3"}""");
        Assert.Equal(("5", true), _call.Outputs["c1"]);
    }

    [Theory]
    [InlineData("nothing", "{}", "no tool named nothing")]
    [InlineData("add", "{\"a\":", "not valid JSON")]
    [InlineData("add", "[1]", "must be a JSON object")]
    public async Task A_call_that_cannot_be_carried_out_is_answered_with_why(string name, string arguments, string why)
    {
        await CallAsync(Tool("add", (_, _) => Result("never")), name, arguments);
        Assert.Contains(why, Error("c1"));
    }

    [Fact]
    public async Task A_tool_that_throws_is_answered_without_its_message()
    {
        await CallAsync(Tool("add", (_, _) => throw new InvalidOperationException("password=hunter2")), "add", "{}");
        Assert.Contains("failed", Error("c1"));
        Assert.DoesNotContain("hunter2", _call.Outputs["c1"].Output);
    }

    [Fact]
    public async Task A_tool_that_never_answers_is_given_up_after_its_time_out()
    {
        var controller = new AgentCallController(Agent(Tool("slow", async (_, _) => await new TaskCompletionSource<VoiceToolResult>().Task)), _time);
        await controller.OnEventAsync(Request("c1", "slow", "{}"), _call, TestContext.Current.CancellationToken);
        Assert.Empty(_call.Outputs);
        _time.Advance(TimeSpan.FromSeconds(10));
        await _call.Answered;
        Assert.Contains("did not answer in time", Error("c1"));
    }

    [Fact]
    public async Task The_same_call_is_carried_out_once()
    {
        int runs = 0;
        var controller = new AgentCallController(Agent(Tool("count", (_, _) => Result($"{++runs}"))), _time);
        await controller.OnEventAsync(Request("c1", "count", "{}"), _call, TestContext.Current.CancellationToken);
        await controller.OnEventAsync(Request("c1", "count", "{}"), _call, TestContext.Current.CancellationToken);
        await _call.Answered;
        Assert.Equal(1, runs);
    }

    private static VoiceAgent Agent(params VoiceTool[] tools) => new() { Name = "Test", Instructions = "Be brief.", Tools = tools };

    private static VoiceTool Tool(string name, Func<VoiceToolCall, CancellationToken, ValueTask<VoiceToolResult>> invoke) =>
        new(name, "For tests.", """{"type":"object"}""", invoke);

    private static ValueTask<VoiceToolResult> Result(string output) => ValueTask.FromResult(new VoiceToolResult(output));

    private static CallEvent.ToolCallRequested Request(string id, string name, string arguments) => new(TimeSpan.Zero, "r1", id, name, arguments);

    private async Task CallAsync(VoiceTool tool, string name, string arguments)
    {
        await new AgentCallController(Agent(tool), _time).OnEventAsync(Request("c1", name, arguments), _call, TestContext.Current.CancellationToken);
        await _call.Answered;
    }

    private string Error(string callId) => JsonDocument.Parse(_call.Outputs[callId].Output).RootElement.GetProperty("error").GetString()!;
}
