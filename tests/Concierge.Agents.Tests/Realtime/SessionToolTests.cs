using Concierge.Agents.Realtime;
using Concierge.Agents.Tools;
using Concierge.Pipelines;

namespace Concierge.Agents.Tests.Realtime;

public sealed class SessionToolTests
{
    [Fact]
    public async Task A_method_answers_with_its_result()
    {
        SessionUnderTest test = await BeginAsync("add", (int a, int b) => a + b);
        Assert.Equal("5", await test.CallToolAsync("add", """{"a":2,"b":3}"""));
        Assert.True(test.Call.Outputs["c1"].Respond);
        RealtimeSessionEvent.ToolEnd ended = test.Single<RealtimeSessionEvent.ToolEnd>();
        Assert.Equal(("add", "5", false), (ended.Tool, ended.Output, ended.IsError));
    }

    [Fact]
    [Trait("door", "prompt injection")]
    public async Task The_program_fills_what_the_model_must_not_know_of()
    {
        SessionUnderTest test = await BeginAsync("who", (AgentContext context, ICallControl call, ToolInvocation invocation, string mood) =>
            $"{context.Variables["guest"]} on {call.CallSid}, {invocation.CallId}, {mood}");
        Assert.Equal("Morgan on CA1, c1, happy", await test.CallToolAsync("who", """{"mood":"happy"}"""));
        string schema = test.Session.CurrentAgent.Tools[0].Parameters.GetRawText();
        Assert.Contains("mood", schema);
        Assert.DoesNotContain("context", schema);
    }

    [Theory]
    [InlineData("nothing", "{}", "There is no tool named nothing. There are: add.")]
    [InlineData("add", "{\"a\":", "not valid JSON")]
    [InlineData("add", "[1]", "must be a JSON object")]
    [InlineData("add", """{"a":"two","b":3}""", "a: it is text, and must be a whole number")]
    [InlineData("add", """{"a":2}""", "'b' is missing")]
    public async Task A_call_that_cannot_be_carried_out_is_answered_with_why(string name, string arguments, string why)
    {
        SessionUnderTest test = await BeginAsync("add", (int a, int b) => a + b);
        Assert.Contains(why, SessionUnderTest.Error(await test.CallToolAsync(name, arguments)));
    }

    [Fact]
    public async Task A_tool_that_throws_is_answered_without_its_message()
    {
        SessionUnderTest test = await BeginAsync("add", string () => throw new InvalidOperationException("password=hunter2"));
        string output = await test.CallToolAsync("add");
        Assert.Contains("failed", SessionUnderTest.Error(output));
        Assert.DoesNotContain("hunter2", output);
    }

    [Fact]
    public async Task A_tool_that_never_answers_is_given_up_after_its_time_out()
    {
        SessionUnderTest test = await BeginAsync("slow", async (CancellationToken stop) =>
        {
            await Task.Delay(Timeout.Infinite, stop);
            return "";
        });
        await test.RequestToolAsync("slow");
        Assert.Empty(test.Call.Outputs);
        test.Time.Advance(TimeSpan.FromSeconds(10));
        await test.Call.AnsweredAsync("c1");
        Assert.Contains("did not answer in time", SessionUnderTest.Error(test.Call.Outputs["c1"].Output));
    }

    [Fact]
    public async Task The_same_call_is_carried_out_once_and_its_answer_sent_again()
    {
        int runs = 0;
        SessionUnderTest test = await BeginAsync("count", () => $"{++runs}");
        await test.CallToolAsync("count");
        test.Call.Outputs.Clear();
        await test.RequestToolAsync("count");
        Assert.Equal(1, runs);
        Assert.Equal("1", test.Call.Outputs["c1"].Output);
        test.Single<RealtimeSessionEvent.ToolStart>();
    }

    [Fact]
    public async Task A_result_that_is_too_long_is_cut_and_the_model_told_so()
    {
        SessionUnderTest test = await BeginAsync("long", () => new string('x', 500), new AgentToolOptions { MaxResultLength = 100 });
        string output = await test.CallToolAsync("long");
        Assert.StartsWith(new string('x', 100) + "\n[cut off: 400", output);
    }

    [Fact]
    public async Task Something_is_said_while_a_slow_tool_works_and_nothing_while_a_fast_one_does()
    {
        var gate = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        SessionUnderTest test = await BeginAsync("slow", () => gate.Task, new AgentToolOptions { Filler = new ToolFiller(TimeSpan.FromSeconds(2), "One moment.") });
        await test.RequestToolAsync("slow");
        test.Time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.Empty(test.Call.Asked);
        test.Time.Advance(TimeSpan.FromSeconds(0.1));
        gate.SetResult("done");
        await test.Call.AnsweredAsync("c1");
        Assert.Equal(["respond One moment.", "output c1"], test.Call.Asked);

        SessionUnderTest fast = await BeginAsync("fast", () => "done", new AgentToolOptions { Filler = new ToolFiller(TimeSpan.FromSeconds(2)) });
        await fast.CallToolAsync("fast");
        fast.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(["output c1"], fast.Call.Asked);
    }

    [Fact]
    public async Task A_tool_that_needs_approval_waits_for_it()
    {
        SessionUnderTest test = await BeginAsync("pay", (int amount) => $"paid {amount}", new AgentToolOptions { RequiresApproval = true });
        await test.RequestToolAsync("pay", """{"amount":5}""");
        RealtimeSessionEvent.ToolApprovalRequired asked = test.Single<RealtimeSessionEvent.ToolApprovalRequired>();
        Assert.Equal(("pay", """{"amount":5}"""), (asked.Tool, asked.Arguments));
        Assert.Empty(test.Call.Outputs);
        Assert.False(test.Session.ApproveToolCall("c9"));
        Assert.True(test.Session.ApproveToolCall("c1", always: true));
        await test.Call.AnsweredAsync("c1");
        Assert.Equal("paid 5", test.Call.Outputs["c1"].Output);
        Assert.Equal("paid 6", await test.CallToolAsync("pay", """{"amount":6}""", "c2"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_tool_that_is_refused_or_that_nobody_agrees_to_is_not_carried_out(bool refused)
    {
        int runs = 0;
        SessionUnderTest test = await BeginAsync("pay", () => ++runs, new AgentToolOptions { RequiresApproval = true });
        await test.RequestToolAsync("pay");
        if (refused)
        {
            Assert.True(test.Session.RejectToolCall("c1", "too much"));
        }
        else
        {
            test.Time.Advance(TimeSpan.FromSeconds(50));
        }

        await test.Call.AnsweredAsync("c1");
        Assert.Contains(refused ? "too much" : "nobody agreed in time", SessionUnderTest.Error(test.Call.Outputs["c1"].Output));
        Assert.Equal(0, runs);
    }

    [Fact]
    public async Task Tools_stop_when_the_call_ends()
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        SessionUnderTest test = await BeginAsync("slow", async (CancellationToken stop) =>
        {
            await using CancellationTokenRegistration told = stop.Register(stopped.SetResult);
            await Task.Delay(Timeout.Infinite, stop);
        });
        await test.RequestToolAsync("slow");
        await test.TellAsync(new CallEvent.CallEnded(TimeSpan.Zero, CallEndReason.CarrierStopped));
        await stopped.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    private static async Task<SessionUnderTest> BeginAsync(string name, Delegate method, AgentToolOptions? options = null)
    {
        var test = new SessionUnderTest(AgentSet.Create(set => set.Agent("Desk").Instructions("Be brief.").Tool(name, "For tests.", method, options)));
        await test.BeginAsync();
        return test;
    }
}
