using Concierge.Agents.Guardrails;
using Concierge.Agents.Realtime;
using Concierge.Agents.Telephone;
using Concierge.Agents.Tools;
using Concierge.Pipelines;

namespace Concierge.Agents.Tests.Line;

public sealed class AgentsOnTheLineTests
{
    [Fact]
    public void A_guardrail_that_trips_is_heard_as_silence_and_the_next_answer_is_another()
    {
        TwinCall call = TwinCall.Run(
            time => Runner(time, set => set.Agent("Desk").Instructions("x").Tool(TelephoneTools.EndCall).GuardOutput(BuiltInGuardrails.Sensitive())),
            """
            { "name": "guarded", "title": "An answer gives a card number away", "turns": [
              { "by": "callee", "when": "answered", "afterMs": 600, "say": "restaurant-greeting" },
              { "by": "agent", "say": "concierge-details", "text": "Of course, the guest's card is 4111 1111 1111 1111, and it runs out in June, and the name on it is Morgan, as far as I can see here, and the table is for four, on Friday at half past seven." },
              { "by": "agent", "say": "concierge-goodbye", "calls": [ { "name": "end_call", "arguments": {} } ] }
            ], "expect": { "endedBy": "node" } }
            """);
        RealtimeSessionEvent.GuardrailTripped tripped = Assert.Single(call.Events.OfType<RealtimeSessionEvent.GuardrailTripped>());
        Assert.Equal("sensitive", tripped.Trip.Guardrail);

        // The recording is 9 s long; the callee heard its beginning at most, and nothing 100 ms after the clear.
        TimeSpan cleared = Assert.Single(call.Carrier.Clears).At;
        Assert.True(call.Carrier.AgentSpeech.Count is 1 or 2, $"{call.Carrier.AgentSpeech.Count} stretches");
        if (call.Carrier.AgentSpeech.Count == 2)
        {
            Assert.InRange(call.Carrier.AgentSpeech[0].End, TimeSpan.Zero, cleared + TimeSpan.FromMilliseconds(100));
            Assert.InRange(call.Carrier.AgentSpeech[0].End - call.Carrier.AgentSpeech[0].Start, TimeSpan.Zero, TimeSpan.FromSeconds(2.5));
        }

        Assert.Contains(call.Model.Responses, r => r.Status == "cancelled" || r.Status == "completed");
        Assert.Equal(CallEndReason.AgentEnded, call.Result.Reason);
        Assert.DoesNotContain("4111", string.Join(' ', call.Result.Transcript.Select(t => t.Text)));
        Assert.Empty(call.Model.Errors);
    }

    [Fact]
    public void A_hand_off_in_mid_call_speaks_under_the_new_instructions_with_the_formats_and_the_voice_it_had()
    {
        TwinCall call = TwinCall.Run(
            time => Runner(time, set =>
            {
                set.Agent("Desk").Instructions("You are the desk.").Voice("marin").HandsOffTo("Booking");
                set.Agent("Booking").Instructions("You book tables.").Voice("cedar").Tool(TelephoneTools.EndCall);
            }),
            """
            { "name": "handoff", "title": "The desk hands over", "turns": [
              { "by": "callee", "when": "answered", "afterMs": 600, "say": "restaurant-greeting" },
              { "by": "agent", "say": "concierge-purpose", "calls": [ { "name": "transfer_to_booking", "arguments": { "reason": "A table." } } ] },
              { "by": "agent", "say": "concierge-goodbye", "calls": [ { "name": "end_call", "arguments": {} } ] }
            ], "expect": { "endedBy": "node" } }
            """);
        Assert.Equal(CallEndReason.AgentEnded, call.Result.Reason);
        Assert.Equal("Booking", call.Session.CurrentAgent.Name);
        Assert.Empty(call.Model.Errors);
        List<string> sent = [.. call.Model.Received.Select(e => e.Type).Where(t => t is "session.update" or "conversation.item.create" or "response.create")];
        Assert.Equal(["session.update", "session.update", "conversation.item.create", "response.create"], sent[..4]);
        Assert.Equal(2, call.Model.Responses.Count(r => r.AudioMs > 0)); // both agents were heard
        Assert.InRange(call.Carrier.AgentSpeech[^1].End - call.Carrier.AgentSpeech[0].Start, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15));
        Assert.Equal(["Desk", "Booking"], call.Events.OfType<RealtimeSessionEvent.AgentEnd>().Select(e => e.Agent));
    }

    [Fact]
    public void The_line_is_not_silent_while_a_slow_tool_works()
    {
        TwinCall call = TwinCall.Run(
            time => Runner(time, set => set.Agent("Desk").Instructions("x").Tool(TelephoneTools.EndCall)
                .Tool("look_up", "Looks up.", async (CancellationToken stop) =>
                {
                    await Task.Delay(TimeSpan.FromSeconds(6), time, stop);
                    return "found";
                }, new AgentToolOptions { Filler = new ToolFiller(TimeSpan.FromSeconds(1.5)) })),
            """
            { "name": "slow", "title": "A tool takes six seconds", "turns": [
              { "by": "callee", "when": "answered", "afterMs": 600, "say": "restaurant-greeting" },
              { "by": "agent", "calls": [ { "name": "look_up", "arguments": {} } ] },
              { "by": "agent", "say": "concierge-accepts" },
              { "by": "agent", "say": "concierge-goodbye", "calls": [ { "name": "end_call", "arguments": {} } ] }
            ], "expect": { "endedBy": "node" } }
            """);
        Assert.Equal(CallEndReason.AgentEnded, call.Result.Reason);
        Assert.Equal(2, call.Carrier.AgentSpeech.Count);
        RealtimeSessionEvent.ToolEnd done = call.Events.OfType<RealtimeSessionEvent.ToolEnd>().First();
        Assert.Equal(("look_up", "found"), (done.Tool, done.Output));
        Assert.True(call.Carrier.AgentSpeech[0].Start < call.Carrier.AgentSpeech[1].Start - TimeSpan.FromSeconds(3), "the filler came late");
        Assert.Empty(call.Model.Errors);
    }

    private static RealtimeSession Runner(TimeProvider time, Action<AgentSetBuilder> build) =>
        new RealtimeRunner(AgentSet.Create(build), new RealtimeRunnerOptions { Time = time, Conduct = CallConduct.Default }).CreateSession();
}
