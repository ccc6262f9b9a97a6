using Concierge.Agents.Realtime;
using Concierge.Pipelines;
using Concierge.Protocols.Realtime;

namespace Concierge.Agents.Tests.Realtime;

public sealed class SessionHandoffTests
{
    [Fact]
    public async Task The_new_agent_is_in_force_before_the_output_that_makes_it_speak()
    {
        SessionUnderTest test = await BeginAsync();
        test.Call.OnUpdate = null; // the server has not confirmed yet
        await test.RequestToolAsync("transfer_to_billing", """{"reason":"An invoice."}""");
        Assert.Equal(["update You do invoices for Morgan."], test.Call.Asked);
        Assert.Equal("Desk", test.Session.CurrentAgent.Name);

        await test.TellAsync(Confirmed());
        await test.Call.AnsweredAsync("c1");
        Assert.Equal(["update You do invoices for Morgan.", "output c1"], test.Call.Asked);
        Assert.True(test.Call.Outputs["c1"].Respond);
        Assert.Equal("Billing", test.Session.CurrentAgent.Name);
        RealtimeSessionEvent.Handoff told = test.Single<RealtimeSessionEvent.Handoff>();
        Assert.Equal(("Desk", "Billing", "An invoice."), (told.From, told.To, told.Reason));
        Assert.Equal(["pay", "transfer_to_desk"], test.Call.Updates[0].Tools!.OfType<RealtimeFunctionTool>().Select(t => t.Name));
    }

    [Theory]
    [InlineData(false, "cedar")]
    [InlineData(true, null)]
    public async Task The_voice_changes_only_before_anything_was_heard(bool heard, string? voice)
    {
        SessionUnderTest test = await BeginAsync();
        if (heard)
        {
            await test.TellAsync(new CallEvent.AgentSpeechStarted(TimeSpan.Zero, "r0", "a0", TimeSpan.Zero));
        }

        await test.CallToolAsync("transfer_to_billing");
        Assert.Equal(voice, test.Call.Updates[0].Voice);
        Assert.Null(test.Call.Updates[0].InputFormat);
    }

    [Fact]
    public async Task A_change_that_the_server_refuses_leaves_the_agent_as_it_is()
    {
        SessionUnderTest test = await BeginAsync();
        test.Call.OnUpdate = null;
        await test.RequestToolAsync("transfer_to_billing");
        await test.TellAsync(new CallEvent.ModelErrorReported(
            TimeSpan.Zero, new RealtimeErrorInfo("invalid_request_error", "invalid_value", "Tools are wrong.", null, ICallControl.SessionUpdateEventId)));
        await test.Call.AnsweredAsync("c1");
        Assert.Contains("Tools are wrong.", SessionUnderTest.Error(test.Call.Outputs["c1"].Output));
        Assert.Equal("Desk", test.Session.CurrentAgent.Name);
    }

    [Fact]
    public async Task A_change_that_is_never_confirmed_is_given_up()
    {
        SessionUnderTest test = await BeginAsync();
        test.Call.OnUpdate = null;
        await test.RequestToolAsync("transfer_to_billing");
        test.Time.Advance(TimeSpan.FromSeconds(3));
        await test.Call.AnsweredAsync("c1");
        Assert.Contains("did not confirm it within 3 s", SessionUnderTest.Error(test.Call.Outputs["c1"].Output));
    }

    [Fact]
    public async Task There_and_back_again_in_one_call()
    {
        SessionUnderTest test = await BeginAsync();
        await test.CallToolAsync("transfer_to_billing");
        await test.RespondAsync("r2");
        await test.CallToolAsync("transfer_to_desk", id: "c2");
        Assert.Equal("Desk", test.Session.CurrentAgent.Name);
        Assert.Equal(2, test.Events.OfType<RealtimeSessionEvent.Handoff>().Count());
    }

    [Fact]
    public async Task Only_the_first_of_two_hand_offs_in_one_answer_happens()
    {
        SessionUnderTest test = await BeginAsync();
        await test.RespondAsync("r1");
        await test.CallToolAsync("transfer_to_billing");
        string second = await test.CallToolAsync("transfer_to_manager", id: "c2");
        Assert.Contains("Billing already", SessionUnderTest.Error(second));
        Assert.Equal("Billing", test.Session.CurrentAgent.Name);
    }

    [Fact]
    public async Task A_hand_off_on_condition_is_offered_only_when_the_condition_holds()
    {
        AgentSet agents = Agents(new HashSet<string>());
        var context = new AgentContext();
        var test = new SessionUnderTest(agents, context: context);
        RealtimeSessionConfig config = await test.BeginAsync();
        Assert.DoesNotContain(config.Tools!.OfType<RealtimeFunctionTool>(), t => t.Name == "transfer_to_vip");
        Assert.Contains("no tool named", SessionUnderTest.Error(await test.CallToolAsync("transfer_to_vip")));

        context.Variables["vip"] = "true";
        var vip = new SessionUnderTest(agents, context: context);
        config = await vip.BeginAsync();
        Assert.Contains(config.Tools!.OfType<RealtimeFunctionTool>(), t => t.Name == "transfer_to_vip");
        context.Variables.Clear();
        Assert.Contains("not possible now", SessionUnderTest.Error(await vip.CallToolAsync("transfer_to_vip")));
    }

    [Fact]
    public async Task Whoever_is_told_first_may_stop_it_or_leave_something_for_the_new_agent()
    {
        var told = new HashSet<string>();
        SessionUnderTest test = await BeginAsync(told);
        await test.CallToolAsync("transfer_to_manager", """{"reason":"angry"}""");
        Assert.Equal(["angry"], told);
        Assert.Equal("You calm angry people.", test.Call.Updates[0].Instructions);

        SessionUnderTest stopped = await BeginAsync(told);
        Assert.Contains("did not happen", SessionUnderTest.Error(await stopped.CallToolAsync("transfer_to_manager", """{"reason":"stop"}""")));
        Assert.Equal("Desk", stopped.Session.CurrentAgent.Name);
    }

    [Fact]
    public async Task Another_agent_can_be_put_on_the_line_from_outside()
    {
        SessionUnderTest test = await BeginAsync();
        await test.Session.UpdateAgentAsync(new Agent { Name = "Robin", Instructions = "You are Robin." });
        Assert.Equal("Robin", test.Session.CurrentAgent.Name);
        Assert.Equal("You are Robin.", test.Call.Updates[0].Instructions);
    }

    [Fact]
    public async Task Tools_of_the_answer_that_was_running_stay_its_own()
    {
        SessionUnderTest test = await BeginAsync();
        await test.RespondAsync("r1");
        await test.CallToolAsync("transfer_to_billing");
        Assert.Equal("noted", await test.CallToolAsync("note", id: "c2"));
    }

    private static CallEvent.SessionUpdated Confirmed() =>
        new(TimeSpan.Zero, new RealtimeSessionInfo("s", "realtime", null, null, null, null, null, null, null, []));

    private static AgentSet Agents(HashSet<string> told) => AgentSet.Create(set =>
    {
        set.Agent("Desk").Instructions("You are the desk.").Tool("note", "Notes.", () => "noted")
            .HandsOffTo("Billing")
            .HandsOffTo("VIP", when: c => c.Variables.ContainsKey("vip"))
            .HandsOffTo("Manager", onHandoff: (e, _) =>
            {
                if (e.Reason == "stop")
                {
                    throw new InvalidOperationException();
                }

                told.Add(e.Reason!);
                e.Context.Variables["mood"] = e.Reason!;
                return ValueTask.CompletedTask;
            });
        set.Agent("Billing").Instructions("You do invoices for {{guest}}.").Voice("cedar").Tool("pay", "Pays.", () => "paid").HandsOffTo("Desk");
        set.Agent("VIP").Instructions("You serve the important.");
        set.Agent("Manager").Instructions("You calm {{mood}} people.");
    });

    private static async Task<SessionUnderTest> BeginAsync(HashSet<string>? told = null)
    {
        var test = new SessionUnderTest(Agents(told ?? []));
        await test.BeginAsync();
        return test;
    }
}
