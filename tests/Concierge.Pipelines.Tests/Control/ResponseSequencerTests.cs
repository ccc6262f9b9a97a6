using Concierge.Pipelines.Control;
using Concierge.Pipelines.Legs;

namespace Concierge.Pipelines.Tests.Control;

public sealed class ResponseSequencerTests
{
    private readonly Output _output = new();
    private readonly ResponseSequencer _sequencer;

    public ResponseSequencerTests() => _sequencer = new ResponseSequencer(_output);

    [Fact]
    public void Requests_made_while_a_response_is_active_become_one_after_it()
    {
        _sequencer.Request(null);
        _sequencer.OnCreated();
        _sequencer.Request(null);
        _sequencer.Request(null);
        Assert.Equal(["create"], _output.Sent);
        _sequencer.OnDone(interruptedByCaller: false, []);
        Assert.Equal(["create", "create"], _output.Sent);
    }

    [Fact]
    public void A_request_on_its_way_counts_as_active()
    {
        _sequencer.Request(null);
        _sequencer.Request(null);
        Assert.Equal(["create"], _output.Sent);
    }

    [Fact]
    public void Tool_outputs_of_one_response_go_together_and_are_followed_by_one_request()
    {
        _sequencer.OnCreated();
        _sequencer.OnDone(false, ["a", "b"]);
        Assert.True(_sequencer.TryAnswer("b", "2", respond: true));
        Assert.Empty(_output.Sent);
        Assert.True(_sequencer.TryAnswer("a", "1", respond: true));
        Assert.Equal(["b=2", "a=1", "create"], _output.Sent);
    }

    [Fact]
    public void No_request_follows_when_no_output_asks_for_one()
    {
        _sequencer.OnDone(false, ["a"]);
        _sequencer.TryAnswer("a", "1", respond: false);
        Assert.Equal(["a=1"], _output.Sent);
    }

    [Fact]
    public void An_answer_to_an_unknown_or_answered_call_is_refused()
    {
        _sequencer.OnDone(false, ["a"]);
        Assert.True(_sequencer.TryAnswer("a", "1", true));
        Assert.False(_sequencer.TryAnswer("a", "1", true));
        Assert.False(_sequencer.TryAnswer("never", "1", true));
    }

    [Fact]
    public void A_request_is_dropped_when_the_model_takes_the_turn_after_the_outputs_were_added()
    {
        _sequencer.OnDone(false, ["slow"]);
        _sequencer.OnCreated();                               // the caller spoke meanwhile
        _sequencer.TryAnswer("slow", "done", respond: true);  // waits: a response is active
        _sequencer.OnDone(interruptedByCaller: true, []);     // and is cut off by the caller
        Assert.Equal(["slow=done"], _output.Sent);
        _sequencer.OnCreated();                               // the model answers what it now knows
        _sequencer.OnDone(false, []);
        Assert.Equal(["slow=done"], _output.Sent);
    }

    [Fact]
    public void A_request_with_instructions_is_never_dropped()
    {
        _sequencer.OnCreated();
        _sequencer.Request("say goodbye");
        _sequencer.OnDone(interruptedByCaller: true, []);
        Assert.Equal(["create say goodbye"], _output.Sent);
    }

    [Fact]
    public void A_refused_request_is_made_again_when_the_active_response_ends()
    {
        _sequencer.Request(null);
        _sequencer.OnCreated();  // the model's own, which crossed ours
        _sequencer.OnRefused();
        _sequencer.OnDone(false, []);
        Assert.Equal(["create", "create"], _output.Sent);
    }

    private sealed class Output : IResponseOutput
    {
        public List<string> Sent { get; } = [];

        public void SendResponseCreate(string? instructions, bool speakOnly = false) => Sent.Add(instructions is null ? "create" : $"create {instructions}");

        public void SendToolOutput(string callId, string output) => Sent.Add($"{callId}={output}");
    }
}
