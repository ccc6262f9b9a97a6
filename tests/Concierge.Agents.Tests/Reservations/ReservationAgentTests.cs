using System.Text.Json;
using Concierge.Agents.Reservations;
using Concierge.Calls.Outcome;
using Concierge.Calls.Reservations;
using Concierge.Protocols.Realtime;

namespace Concierge.Agents.Tests.Reservations;

public sealed class ReservationAgentTests
{
    private readonly FakeCall _call = new();
    private CallOutcome? _outcome;

    [Fact]
    public void Is_told_what_to_book_and_waits_for_the_other_side_to_speak()
    {
        VoiceAgent agent = Create();
        Assert.False(agent.SpeaksFirst);
        foreach (string fact in (string[])["Trattoria Bella", "table for 4", "Friday, 11 June 2027", "19:30", "Morgan"])
        {
            Assert.Contains(fact, agent.Instructions);
        }
    }

    [Fact]
    public async Task Records_what_was_agreed()
    {
        await InvokeAsync("record_outcome", """{"status":"confirmed","confirmation_number":"t b 4 7 two nine","date":"2027-06-11","time":"19:30","party_size":4,"name":"Morgan","modified":true}""");
        Assert.Equal(
            new CallOutcome
            {
                Status = CallOutcomeStatus.Confirmed,
                ConfirmationNumber = "TB4729",
                Date = new DateOnly(2027, 6, 11),
                Time = new TimeOnly(19, 30),
                PartySize = 4,
                Name = "Morgan",
                Modified = true,
                Source = CallOutcomeSource.AgentTool,
            },
            _outcome);
    }

    [Theory]
    [InlineData("""{"status":"confirmed","party_size":0,"date":"11 June","time":"half past seven","confirmation_number":" "}""")]
    [InlineData("""{"status":"confirmed","party_size":51,"date":7,"time":null}""")]
    public async Task What_makes_no_sense_is_left_out_and_never_guessed(string arguments)
    {
        await InvokeAsync("record_outcome", arguments);
        Assert.Equal(new CallOutcome { Status = CallOutcomeStatus.Confirmed, Source = CallOutcomeSource.AgentTool }, _outcome);
    }

    [Fact]
    public async Task Hangs_up_after_the_last_words_were_heard_and_says_nothing_more()
    {
        VoiceToolResult result = await InvokeAsync("end_call", "{}");
        Assert.Equal(["end after playback"], _call.Asked);
        Assert.False(result.Respond);
    }

    private VoiceAgent Create() => ReservationAgent.Create(
        new ReservationRequest("Trattoria Bella", 4, new DateOnly(2027, 6, 11), new TimeOnly(19, 30), "Morgan"),
        new RealtimeSessionConfig(),
        outcome => _outcome = outcome);

    private async Task<VoiceToolResult> InvokeAsync(string tool, string arguments)
    {
        using JsonDocument document = JsonDocument.Parse(arguments);
        return await Create().Tools.Single(t => t.Name == tool).InvokeAsync(new VoiceToolCall("c1", document.RootElement, _call), TestContext.Current.CancellationToken);
    }
}
