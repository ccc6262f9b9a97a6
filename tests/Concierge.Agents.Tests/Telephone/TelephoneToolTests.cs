using System.Text.Json;
using Concierge.Agents.Telephone;
using Concierge.Agents.Tools;
using Concierge.Calls.Outcome;

namespace Concierge.Agents.Tests.Telephone;

public sealed class TelephoneToolTests
{
    private readonly FakeCall _call = new();
    private readonly AgentContext _context = new("call-1");

    [Fact]
    public async Task Records_what_was_agreed()
    {
        var recorder = new OutcomeRecorder();
        _context.Set(recorder);
        await InvokeAsync(TelephoneTools.RecordOutcome, """{"status":"confirmed","confirmation_number":"t b 4 7 two nine","date":"2027-06-11","time":"19:30","party_size":4,"name":"Morgan","modified":true,"confidence":0.9}""");
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
                Confidence = 0.9,
                Source = CallOutcomeSource.AgentTool,
            },
            recorder.Outcome);
    }

    [Theory]
    [InlineData("""{"status":"confirmed","party_size":0,"date":"11 June","time":"half past seven","confirmation_number":" "}""")]
    [InlineData("""{"status":"confirmed","party_size":51,"date":"soon","time":""}""")]
    public async Task What_makes_no_sense_is_left_out_and_never_guessed(string arguments)
    {
        var recorder = new OutcomeRecorder();
        _context.Set(recorder);
        await InvokeAsync(TelephoneTools.RecordOutcome, arguments);
        Assert.Equal(new CallOutcome { Status = CallOutcomeStatus.Confirmed, Source = CallOutcomeSource.AgentTool }, recorder.Outcome);
    }

    [Theory]
    [InlineData("cancelled", CallOutcomeStatus.Confirmed)]
    [InlineData("rejected", CallOutcomeStatus.Rejected)]
    [InlineData("pending", CallOutcomeStatus.Pending)]
    [InlineData("error", CallOutcomeStatus.Error)]
    public async Task Each_status_has_its_outcome_and_the_last_word_counts(string status, CallOutcomeStatus expected)
    {
        var recorder = new OutcomeRecorder();
        _context.Set(recorder);
        await InvokeAsync(TelephoneTools.RecordOutcome, """{"status":"confirmed"}""");
        await InvokeAsync(TelephoneTools.RecordOutcome, $$"""{"status":"{{status}}"}""");
        Assert.Equal(expected, recorder.Outcome!.Status);
    }

    [Fact]
    public async Task Hangs_up_after_the_last_words_were_heard_and_says_nothing_more()
    {
        ToolResult result = await InvokeAsync(TelephoneTools.EndCall, """{"reason":"booked"}""");
        Assert.Equal(["end after playback"], _call.Asked);
        Assert.False(result.Respond);
    }

    [Theory]
    [InlineData("2027-06-11", "20:15", true)]
    [InlineData("2027-06-11", "21:00", false)]
    [InlineData("2027-06-12", "19:30", false)]
    public async Task Another_time_is_taken_only_within_the_guests_wishes(string date, string time, bool acceptable)
    {
        _context.Set(SlotWishes.Around(new DateOnly(2027, 6, 11), new TimeOnly(19, 30)));
        Assert.Equal(acceptable, await CheckSlotAsync(date, time));
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(null, false)]
    public async Task The_guest_is_asked_about_anything_else(bool? answer, bool acceptable)
    {
        _context.Set(SlotWishes.Around(new DateOnly(2027, 6, 11), new TimeOnly(19, 30)) with { AskGuest = (_, _, _) => Task.FromResult(answer) });
        Assert.Equal(acceptable, await CheckSlotAsync("2027-06-11", "22:00"));
    }

    [Fact]
    public async Task A_message_is_taken_where_somebody_keeps_it()
    {
        Assert.True((await InvokeAsync(TelephoneTools.TakeMessage, """{"message":"Call back."}""")).IsError);
        TakenMessage? taken = null;
        _context.Set(new MessageBox((message, _) =>
        {
            taken = message;
            return ValueTask.CompletedTask;
        }));
        await InvokeAsync(TelephoneTools.TakeMessage, """{"from":"Ms Ito","phone":"4155550123","message":"Call back."}""");
        Assert.Equal(new TakenMessage("call-1", "Ms Ito", "4155550123", "Call back."), taken);
    }

    [Fact]
    [Trait("door", "prompt injection")]
    public async Task Presses_keys_and_nothing_that_is_no_key()
    {
        ToolResult result = await InvokeAsync(TelephoneTools.SendDtmf, """{"digits":"12#"}""");
        Assert.Equal(["press 12#"], _call.Asked);
        Assert.False(result.Respond);
        Assert.NotEmpty(SchemaCheck.Check(AgentTool.ParseSchema("""{"digits":"+1 (415)"}"""), TelephoneTools.SendDtmf.Parameters));
    }

    [Theory]
    [InlineData("""{"destination":"kitchen","summary":"Wants the chef."}""", "+14155550100")]
    [InlineData("""{"destination":"Front Desk"}""", "+14155550101")]
    [InlineData("""{}""", null)]
    [InlineData("""{"destination":"+19005550100"}""", null)]
    [Trait("door", "prompt injection")]
    public async Task Puts_through_to_configured_places_only(string arguments, string? number)
    {
        _context.Set(new TransferBook(new Dictionary<string, string> { ["kitchen"] = "+14155550100", ["front desk"] = "+14155550101" }));
        ToolResult result = await InvokeAsync(TelephoneTools.TransferToHuman, arguments);
        Assert.Equal(number, _call.Transfers.SingleOrDefault()?.Target);
        Assert.Equal(number is null, result.IsError);
    }

    [Fact]
    public async Task Without_a_place_nobody_is_put_through() =>
        Assert.Contains("nobody to put the caller through to", (await InvokeAsync(TelephoneTools.TransferToHuman, "{}")).Output);

    private async Task<bool> CheckSlotAsync(string date, string time)
    {
        ToolResult result = await InvokeAsync(TelephoneTools.CheckSlot, $$"""{"date":"{{date}}","time":"{{time}}"}""");
        return JsonDocument.Parse(result.Output).RootElement.GetProperty("acceptable").GetBoolean();
    }

    private async Task<ToolResult> InvokeAsync(AgentTool tool, string arguments)
    {
        using JsonDocument document = JsonDocument.Parse(arguments);
        Assert.Empty(SchemaCheck.Check(document.RootElement, tool.Parameters));
        return await tool.InvokeAsync(new ToolInvocation("c1", document.RootElement, "Reservation Call", _context, _call), default);
    }
}
