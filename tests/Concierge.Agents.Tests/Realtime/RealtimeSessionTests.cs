using Concierge.Agents.Guardrails;
using Concierge.Agents.Realtime;
using Concierge.Pipelines;
using Concierge.Protocols.Realtime;
using Concierge.Simulation.Time;

namespace Concierge.Agents.Tests.Realtime;

public sealed class RealtimeSessionTests
{
    [Fact]
    public async Task Configures_the_model_from_the_agent_and_fills_its_prompt()
    {
        var test = new SessionUnderTest(AgentSet.Create(set => set.Agent("Desk")
            .Instructions("Serve {{guest}}, {{mood|politely}}.").Voice("cedar").Model(m => m with { MaxOutputTokens = 200 })
            .Tool("look_up", "Looks up.", (string what) => what)));
        RealtimeSessionConfig config = await test.BeginAsync();
        Assert.Equal("Serve Morgan, politely.", config.Instructions);
        Assert.Equal(("cedar", 200), (config.Voice, config.MaxOutputTokens));
        RealtimeFunctionTool tool = Assert.IsType<RealtimeFunctionTool>(Assert.Single(config.Tools!));
        Assert.Equal("look_up", tool.Name);
        Assert.Contains("\"what\"", tool.ParametersJson);
        Assert.Empty(config.Validate());
    }

    [Fact]
    public async Task A_stream_that_is_not_admitted_is_refused_before_anything_else()
    {
        var test = new SessionUnderTest(Desk(), o => o with { Admit = (_, _) => throw new CallRejectedException(CallEndReason.CarrierUnauthorized, "no token") });
        CallRejectedException refused = await Assert.ThrowsAsync<CallRejectedException>(test.BeginAsync);
        Assert.Equal(CallEndReason.CarrierUnauthorized, refused.Reason);
    }

    [Fact]
    public async Task Who_begins_can_be_chosen_when_the_stream_is_known()
    {
        AgentSet agents = AgentSet.Create(set =>
        {
            set.Agent("Desk").Instructions("x");
            set.Agent("Night").Instructions("Whisper to {{guest}} about {{topic}}.");
        });
        var test = new SessionUnderTest(agents, o => o with
        {
            Choose = (start, context, _) =>
            {
                context.Variables["topic"] = start.CallSid;
                return ValueTask.FromResult<string?>("night");
            },
        });
        Assert.Equal("Whisper to Morgan about CA1.", (await test.BeginAsync()).Instructions);
        var unknown = new SessionUnderTest(agents, o => o with { Choose = (_, _, _) => ValueTask.FromResult<string?>("Nobody") });
        Assert.Contains("There is no agent 'Nobody'", (await Assert.ThrowsAsync<CallRejectedException>(unknown.BeginAsync)).Message);
    }

    [Theory]
    [InlineData(null, "respond")]
    [InlineData("Hello {{guest}}.", "respond Greet the other side with exactly these words, and nothing else: \"Hello Morgan.\"")]
    public async Task Greets_when_the_session_is_ready_if_it_speaks_first(string? words, string asked)
    {
        var test = new SessionUnderTest(AgentSet.Create(set => set.Agent("Desk").Instructions("x").Greets(words)));
        await test.BeginAsync();
        Assert.Equal([asked], test.Call.Asked);
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 0)]
    public void Speaks_after_all_when_the_other_side_does_not_say_hello_in_time(bool hello, int asked)
    {
        var loop = new VirtualTimeLoop();
        loop.Run(async () =>
        {
            var test = new SessionUnderTest(Desk(), options => options with { Time = loop.TimeProvider });
            await test.BeginAsync();
            await Task.Delay(TimeSpan.FromSeconds(4.9), loop.TimeProvider);
            Assert.Empty(test.Call.Asked);
            if (hello)
            {
                await test.TellAsync(new CallEvent.CallerSpeechStarted(TimeSpan.Zero, "u1", TimeSpan.Zero));
            }

            await Task.Delay(TimeSpan.FromSeconds(60), loop.TimeProvider);
            Assert.Equal(asked, test.Call.Asked.Count);
        });
    }

    [Fact]
    public async Task What_is_dialled_ahead_is_what_the_call_begins_with()
    {
        RealtimeSessionConfig ahead = await new SessionUnderTest(Desk()).Session.ExpectAsync(CancellationToken.None);
        RealtimeSessionConfig begun = await new SessionUnderTest(Desk()).BeginAsync();
        Assert.Equal(Written(begun), Written(ahead));

        static string Written(RealtimeSessionConfig config)
        {
            var buffer = new System.Buffers.ArrayBufferWriter<byte>();
            RealtimeClientEvents.WriteSessionUpdate(buffer, config);
            return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
        }
    }

    [Fact]
    public async Task Waits_for_the_other_side_unless_it_speaks_first()
    {
        var test = new SessionUnderTest(Desk());
        await test.BeginAsync();
        Assert.Empty(test.Call.Asked);
    }

    [Fact]
    public async Task The_vendors_trace_and_ours_carry_the_same_conversation()
    {
        var test = new SessionUnderTest(Desk(), o => o with { VendorWorkflow = "concierge" }, new AgentContext("call-7"));
        RealtimeSessionConfig config = await test.BeginAsync();
        Assert.Equal(("concierge", "call-7"), (config.Tracing!.WorkflowName, config.Tracing.GroupId));
        Assert.Equal("call-7", config.Tracing.Metadata!["conversation_id"]);
    }

    [Theory]
    [InlineData(AgentInterruption.Allowed, true, false)]
    [InlineData(AgentInterruption.AfterGreeting, true, true)]
    [InlineData(AgentInterruption.Never, false, false)]
    public void The_line_treats_interruptions_as_the_agent_wants(AgentInterruption policy, bool allowed, bool opening)
    {
        var test = new SessionUnderTest(AgentSet.Create(set => set.Agent("Desk").Instructions("x").Interruption(policy)));
        Assert.Equal((allowed, opening), (test.Session.Conduct.BargeIn.Allowed, test.Session.Conduct.BargeIn.ProtectOpening));
    }

    [Fact]
    public async Task A_written_message_reaches_the_agent_and_the_history()
    {
        var test = new SessionUnderTest(Desk());
        await test.BeginAsync();
        Assert.Null(await test.Session.SendMessageAsync("Is there a terrace?"));
        Assert.Equal(["user Is there a terrace?", "respond"], test.Call.Asked);
        Assert.Equal("Is there a terrace?", Assert.Single(test.Session.History.Items).Text);
    }

    [Fact]
    public async Task A_message_that_a_guardrail_stops_is_not_sent()
    {
        var test = new SessionUnderTest(AgentSet.Create(set => set.Agent("Desk").Instructions("x").GuardInput(BuiltInGuardrails.TooLong(10))));
        await test.BeginAsync();
        GuardrailTrip? trip = await test.Session.SendMessageAsync("A rather long message.");
        Assert.Equal("too_long", trip!.Guardrail);
        Assert.Empty(test.Call.Asked);
        Assert.Equal(trip, test.Single<RealtimeSessionEvent.GuardrailTripped>().Trip);
    }

    [Fact]
    public async Task Audio_and_interruptions_go_to_the_call()
    {
        var test = new SessionUnderTest(Desk());
        Assert.Throws<InvalidOperationException>(test.Session.Interrupt);
        await test.BeginAsync();
        test.Session.SendAudio(new byte[160], commit: true);
        test.Session.Interrupt();
        Assert.Equal(["audio 160 commit", "interrupt"], test.Call.Asked);
    }

    [Fact]
    public async Task The_history_holds_each_item_once_however_often_it_is_told()
    {
        var test = new SessionUnderTest(Desk());
        await test.BeginAsync();
        await test.TellAsync(new CallEvent.CallerSpeechStarted(TimeSpan.Zero, "u1", TimeSpan.Zero));
        await test.RespondAsync("r1");
        await test.SayAsync("Good ");
        await test.SayAsync("evening.");
        await test.TellAsync(new CallEvent.AgentTranscriptCompleted(TimeSpan.Zero, "r1", "a1", "Good evening."));
        await test.TellAsync(new CallEvent.CallerTranscriptCompleted(TimeSpan.Zero, "u1", "Hello?"));
        await test.TellAsync(new CallEvent.CallerTranscriptCompleted(TimeSpan.Zero, "u1", "Hello?"));
        Assert.Equal(
            [("u1", HistoryRole.User, "Hello?"), ("a1", HistoryRole.Assistant, "Good evening.")],
            test.Session.History.Items.Select(i => (i.ItemId, i.Role, i.Text)));
        Assert.Equal(2, test.Events.OfType<RealtimeSessionEvent.HistoryAdded>().Count());
        Assert.Equal("Desk", test.Session.History.Find("a1")!.Agent);
    }

    [Fact]
    public async Task Words_that_were_cut_off_stay_in_the_history_and_stay_marked()
    {
        var test = new SessionUnderTest(Desk());
        await test.BeginAsync();
        await test.RespondAsync("r1");
        await test.SayAsync("We open at twelve and");
        await test.TellAsync(new CallEvent.AgentInterrupted(TimeSpan.Zero, "r1", "a1", TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TimeSpan.Zero));
        await test.TellAsync(new CallEvent.AgentTranscriptCompleted(TimeSpan.Zero, "r1", "a1", "We open at twelve and"));
        HistoryItem item = Assert.Single(test.Session.History.Items);
        Assert.Equal(("We open at twelve and", HistoryStatus.Interrupted), (item.Text, item.Status));
        Assert.Equal(TimeSpan.FromSeconds(1), test.Single<RealtimeSessionEvent.AudioInterrupted>().Heard);
    }

    [Fact]
    public async Task Tells_everything_that_happens_in_order_until_the_end()
    {
        var test = new SessionUnderTest(Desk());
        IAsyncEnumerable<RealtimeSessionEvent> events = test.Session.EventsAsync();
        await test.BeginAsync();
        await test.RespondAsync("r1");
        await test.TellAsync(new CallEvent.AgentSpeechStarted(TimeSpan.Zero, "r1", "a1", TimeSpan.Zero));
        await test.EndResponseAsync("r1", usage: new RealtimeUsage(30, 20, 5, 15, 10, 10, 2, 8));
        await test.TellAsync(new CallEvent.AgentSpeechEnded(TimeSpan.Zero, "r1", "a1", TimeSpan.Zero));
        await test.TellAsync(new CallEvent.CallerTimedOut(TimeSpan.Zero, "u1"));
        await test.TellAsync(new CallEvent.ModelErrorReported(TimeSpan.Zero, new RealtimeErrorInfo("server_error", "oops", "It broke.", null, null)));
        await test.TellAsync(new CallEvent.CallEnded(TimeSpan.Zero, CallEndReason.AgentEnded));
        var names = new List<string>();
        await foreach (RealtimeSessionEvent e in events)
        {
            if (e is not RealtimeSessionEvent.RawEvent)
            {
                names.Add(e.GetType().Name);
            }
        }

        Assert.Equal(["AgentStart", "Audio", "AgentEnd", "AudioEnd", "InputTimeout", "Error", "SessionEnd"], names);
        Assert.Equal(8, test.Events.OfType<RealtimeSessionEvent.RawEvent>().Count());
    }

    [Fact]
    public async Task A_listener_that_fails_harms_nobody()
    {
        var test = new SessionUnderTest(Desk());
        test.Session.Subscribe(_ => throw new InvalidOperationException());
        await test.BeginAsync();
        await test.RespondAsync("r1");
        Assert.Equal("r1", test.Single<RealtimeSessionEvent.AgentStart>().ResponseId);
    }

    [Fact]
    public async Task Usage_is_added_up_per_response_turn_agent_and_call_with_its_cost()
    {
        var test = new SessionUnderTest(Desk(), o => o with { Price = (model, used) => model == "gpt-realtime-2.1" ? used.Total * 0.001m : null });
        await test.BeginAsync();
        for (int i = 1; i <= 2; i++)
        {
            await test.TellAsync(new CallEvent.CallerSpeechStarted(TimeSpan.Zero, $"u{i}", TimeSpan.Zero));
            await test.RespondAsync($"r{i}");
            await test.EndResponseAsync($"r{i}", usage: new RealtimeUsage(30, 20, 5, 15, 10, 10, 2, 8));
        }

        Assert.Equal(60, test.Session.Usage.Total.Total);
        Assert.Equal(0.06m, test.Session.Usage.Total.Cost);
        Assert.Equal(30, test.Session.Usage.ByTurn[2].Total);
        Assert.Equal(20, test.Session.Usage.ByAgent["Desk"].InputCached);
        Assert.Equal("r1", test.Session.Usage.Responses[0].ResponseId);
    }

    private static AgentSet Desk() => AgentSet.Of(new Agent { Name = "Desk", Instructions = "Be brief." });
}
