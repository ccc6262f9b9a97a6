using System.Text.Json;
using Concierge.Calls.Outcome;
using Concierge.Server.Node;

namespace Concierge.Server.Tests.Requests;

/// <summary>What a model says it read is held against what was said.</summary>
public class OutcomeAnalysisTests
{
    private static readonly TranscriptEntry[] s_turns =
    [
        new(TranscriptSpeaker.Caller, "That is confirmed. Your confirmation number is T B 4 7 2 9.", 0, 900),
        new(TranscriptSpeaker.Agent, "Thank you, X Y 9 9.", 1_000, 1_900),
    ];

    [Theory]
    [InlineData("T B 4729", 0.9, "TB4729", 0.9)]
    [InlineData("XY99", 0.9, null, 0.5)] // only our own side said it
    [InlineData("AB12", 0.3, null, 0.3)]
    [InlineData("TB4729", 7.0, "TB4729", 1.0)]
    public void A_number_nobody_there_said_does_not_count(string number, double sure, string? kept, double confidence)
    {
        CallOutcome outcome = OutcomeAnalysis.Read(JsonSerializer.Serialize(new { status = "confirmed", confirmation_number = number, date = "2027-06-11", time = "19:30", party_size = 4, confidence = sure }), s_turns);
        Assert.Equal((kept, confidence, CallOutcomeSource.Transcript), (outcome.ConfirmationNumber, outcome.Confidence, outcome.Source));
        Assert.Equal((new DateOnly(2027, 6, 11), new TimeOnly(19, 30), 4), (outcome.Date, outcome.Time, outcome.PartySize));
    }

    [Theory]
    [InlineData("It was confirmed, I think.")]
    [InlineData("[]")]
    [InlineData("""{"status":"maybe"}""")]
    [InlineData("""{"status":"7"}""")]
    [InlineData("""{"confirmation_number":"TB4729"}""")]
    public void What_is_no_outcome_is_refused(string answer) => Assert.ThrowsAny<JsonException>(() => OutcomeAnalysis.Read(answer, s_turns));

    [Fact]
    public void Nonsense_in_a_field_is_left_out()
    {
        CallOutcome outcome = OutcomeAnalysis.Read("""{"status":"pending","date":"tomorrow","time":"25:99","party_size":4000,"confidence":"very"}""", s_turns);
        Assert.Equal((CallOutcomeStatus.Pending, null, null, null, 0.5), (outcome.Status, outcome.Date, outcome.Time, outcome.PartySize, outcome.Confidence));
    }
}
