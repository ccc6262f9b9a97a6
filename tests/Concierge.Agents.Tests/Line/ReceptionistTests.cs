using Concierge.Agents.Files;
using Concierge.Agents.Ready;
using Concierge.Agents.Realtime;
using Concierge.Agents.Reservations;
using Concierge.Agents.Telephone;
using Concierge.Pipelines;

namespace Concierge.Agents.Tests.Line;

/// <summary>The second agent that comes with the program, on the line with the twins: what is asked of it has nothing to do with restaurants.</summary>
public sealed class ReceptionistTests
{
    private static readonly TransferBook s_places = new(new Dictionary<string, string> { ["kitchen"] = "+14155550177" });

    [Fact]
    public void The_receptionist_looks_the_hours_up_takes_a_message_and_hangs_up()
    {
        List<TakenMessage> taken = [];
        TwinCall call = TwinCall.Run(time => OnLine(time, taken), """
            { "name": "reception", "title": "Hours, then a message", "turns": [
              { "by": "agent", "say": "concierge-purpose" },
              { "by": "callee", "when": "silence", "afterMs": 300, "say": "restaurant-hello" },
              { "by": "agent", "calls": [ { "name": "opening_hours", "arguments": {} } ] },
              { "by": "agent", "say": "concierge-accepts" },
              { "by": "callee", "when": "silence", "afterMs": 300, "say": "restaurant-hello" },
              { "by": "agent", "calls": [ { "name": "take_message", "arguments": { "from": "Morgan", "phone": "4155550123", "message": "A table by the window, please." } } ] },
              { "by": "agent", "say": "concierge-goodbye", "calls": [ { "name": "end_call", "arguments": {} } ] }
            ], "expect": { "endedBy": "node" } }
            """);
        Assert.Equal(CallEndReason.AgentEnded, call.Result.Reason);
        Assert.Empty(call.Model.Errors);
        Assert.Contains(call.Model.Received, e => e.Type == "session.update" && e.Text!.Contains("You are the automated reception of our house", StringComparison.Ordinal));
        Assert.Contains(call.Model.Received, e => e.Type == "response.create" && e.Text!.Contains("Good day, this is the automated reception", StringComparison.Ordinal));
        string hours = call.Model.FunctionOutputs[0].Output;
        Assert.StartsWith("Now it is ", hours);
        Assert.Contains("Monday: closed", hours);
        Assert.Equal(new TakenMessage("call_1", "Morgan", "4155550123", "A table by the window, please."), Assert.Single(taken));
        Assert.True(call.Carrier.AgentSpeech.Count >= 3);
    }

    [Fact]
    public void The_receptionist_puts_the_caller_through_to_a_place_it_knows_and_to_no_number_it_is_told()
    {
        var steering = new Steering();
        TwinCall call = TwinCall.Run(time => OnLine(time, []), """
            { "name": "through", "title": "Put through", "turns": [
              { "by": "agent", "say": "concierge-purpose" },
              { "by": "callee", "when": "silence", "afterMs": 300, "say": "restaurant-hello" },
              { "by": "agent", "calls": [ { "name": "transfer_to_human", "arguments": { "destination": "+19005551234" } } ] },
              { "by": "agent", "say": "concierge-accepts" },
              { "by": "callee", "when": "silence", "afterMs": 300, "say": "restaurant-hello" },
              { "by": "agent", "say": "concierge-goodbye", "calls": [ { "name": "transfer_to_human", "arguments": { "destination": "Kitchen", "summary": "Asks for a cake." } } ] },
              { "by": "callee", "when": "silence", "afterMs": 2000, "hangUp": true }
            ] }
            """, steering);
        Assert.Contains("There is no such place. There are: kitchen.", call.Model.FunctionOutputs[0].Output);
        CallTransfer transfer = Assert.Single(steering.Transfers);
        Assert.Equal(("+14155550177", "Asks for a cake."), (transfer.Target, transfer.Summary));
        Assert.Empty(call.Model.Errors);
    }

    [Fact]
    public void A_caller_who_cannot_be_put_through_is_told_so_once()
    {
        var steering = new Steering { Refuses = true };
        TwinCall call = TwinCall.Run(time => OnLine(time, []), """
            { "name": "refused", "title": "Not put through", "turns": [
              { "by": "agent", "say": "concierge-purpose" },
              { "by": "callee", "when": "silence", "afterMs": 300, "say": "restaurant-hello" },
              { "by": "agent", "say": "concierge-goodbye", "calls": [ { "name": "transfer_to_human", "arguments": { "destination": "Kitchen" } } ] },
              { "by": "agent", "say": "concierge-regrets" },
              { "by": "agent", "say": "concierge-regrets" },
              { "by": "callee", "when": "silence", "afterMs": 4000, "hangUp": true }
            ] }
            """, steering);
        Assert.Single(steering.Transfers);
        Assert.Single(call.Model.Received, e => e.Type == "conversation.item.create" && e.Text!.Contains("could not be put through", StringComparison.Ordinal));
        Assert.Equal(2, call.Model.Received.Count(e => e.Type == "response.create")); // the greeting, and what came of the hand-over
        Assert.Equal(3, call.Carrier.AgentSpeech.Count);
    }

    private static RealtimeSession OnLine(TimeProvider time, List<TakenMessage> taken)
    {
        AgentDefinitions file = AgentFile.Load(ReadyAgents.Receptionist, new AgentFileOptions { HostTools = ConciergeTools.Catalog, Time = time });
        AgentContext context = file.CreateContext("call_1");
        context.Set(s_places);
        context.Set(new MessageBox((message, _) =>
        {
            taken.Add(message);
            return ValueTask.CompletedTask;
        }));
        return new RealtimeRunner(file.Set!, new RealtimeRunnerOptions { Time = time }).CreateSession(context);
    }

    private sealed class Steering : ICallSteering
    {
        public bool Refuses { get; init; }

        public List<CallTransfer> Transfers { get; } = [];

        public ValueTask TransferAsync(string callSid, CallTransfer transfer, CancellationToken cancellationToken)
        {
            Transfers.Add(transfer);
            return Refuses ? throw new CallSteeringException("busy") : ValueTask.CompletedTask;
        }

        public ValueTask PressKeysAsync(string callSid, string keys, CancellationToken cancellationToken) => throw new CallSteeringException("no keys here");
    }
}
