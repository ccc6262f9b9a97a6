using Concierge.Calls.Outcome;
using Concierge.Calls.Reservations;

namespace Concierge.Calls.Tests.Outcome;

/// <summary>What counts as agreed on a call whose agent recorded nothing. Turns are written "R: ..." for the restaurant and "A: ..." for the agent.</summary>
public class TranscriptOutcomeTests
{
    private static readonly ReservationDetails s_asked = new() { Time = new TimeOnly(19, 30), PartySize = 4 };

    [Theory]
    [InlineData("R: A table for four, Friday at half past seven, for Morgan. That is confirmed. Your confirmation number is T B 4 7 2 9.", "TB4729", 0.9)]
    [InlineData("R: You are all set, we have you down for half past seven.", null, 0.8)]
    [InlineData("R: Sure. Your confirmation number is a b c one two three.", "ABC123", 0.75)]
    [InlineData("R: We've booked you a table. A: Is there a number? R: The booking code is B as in Boston, four seven double one.", "B4711", 0.9)]
    [InlineData("R: Very well. See you on Friday.", null, 0.6)]
    [InlineData("R: Der Tisch ist reserviert. Die Bestätigungsnummer ist B wie Berta, vier sieben doppel eins.", "B4711", 0.9)]
    [InlineData("R: Ich habe Sie für Freitag eingetragen. Bis dann!", null, 0.8)]
    [InlineData("R: Dann habe ich Ihnen den Tisch notiert. Bis Freitag!", null, 0.8)]
    public void A_restaurant_that_agrees_is_heard(string call, string? number, double confidence)
    {
        CallOutcome? outcome = Read(call);
        Assert.Equal((CallOutcomeStatus.Confirmed, CallOutcomeSource.Transcript), (outcome!.Status, outcome.Source));
        Assert.Equal((number, confidence), (outcome.ConfirmationNumber, outcome.Confidence));
        Assert.False(outcome.Modified);
    }

    [Theory] // What the service before this one made of these: UNDER, TOMORROW, EMAIL, NUMBER, digits never joined, the first hit for ever, the agent's own words.
    [InlineData("R: I can make a reservation under john smith, one moment.", null)]
    [InlineData("R: Your reservation tomorrow is set for seven.", null)]
    [InlineData("R: You are all set. You will get a confirmation email.", null)]
    [InlineData("R: It is confirmed. Your confirmation number is a b c one two three.", "ABC123")]
    [InlineData("R: It is confirmed, reference is four seven double one.", "4711")]
    [InlineData("R: It is confirmed. Your confirmation number is T B 4 7 2 8. A: That is T B 4 7 2 8. R: No, sorry, it's T B 4 7 2 9.", "TB4729")]
    [InlineData("A: Your confirmation number is X Y 9 9. That is confirmed. R: Pardon?", null)]
    public void The_seven_mistakes_of_the_predecessor_are_not_made(string call, string? number) => Assert.Equal(number, Read(call)?.ConfirmationNumber);

    [Theory]
    [InlineData("R: Your confirmation number is T B 4 7 2 8. Wait. The confirmation number is T B 4 7 2 9.", "TB4729")]
    [InlineData("R: Your confirmation number is T B 4 7 2 8. A: Pardon? R: The confirmation number is T B 5 0 1 8.", "TB5018")]
    [InlineData("R: Ihre Reservierungsnummer lautet zwo null fünf. A: Zwei null fünf. R: Nein, es ist zwo null sechs.", "206")]
    [InlineData("R: Your confirmation number is 4711. A: Thank you. R: No problem, see you at 7 on Friday the 1112th.", "4711")]
    public void The_last_word_on_the_number_counts(string call, string number) => Assert.Equal(number, Read(call)!.ConfirmationNumber);

    [Theory]
    [InlineData("R: I am sorry, we are fully booked on that day.", CallOutcomeStatus.Rejected)]
    [InlineData("R: We have no tables left. Goodbye.", CallOutcomeStatus.Rejected)]
    [InlineData("R: Wir sind leider ausgebucht.", CallOutcomeStatus.Rejected)]
    [InlineData("R: I think you have the wrong number. This is not a restaurant.", CallOutcomeStatus.Error)]
    [InlineData("R: You have reached Trattoria Bella. We are closed. Please leave a message after the tone.", CallOutcomeStatus.Pending)]
    [InlineData("R: The manager will call you back.", CallOutcomeStatus.Pending)]
    [InlineData("R: It is confirmed. Oh, I am sorry, half past seven is full after all.", CallOutcomeStatus.Rejected)]
    public void Refusals_and_delays_are_told_apart(string call, CallOutcomeStatus status)
    {
        CallOutcome outcome = Read(call)!;
        Assert.Equal((status, (string?)null), (outcome.Status, outcome.ConfirmationNumber));
        Assert.InRange(outcome.Confidence!.Value, 0.5, 0.9);
    }

    [Theory]
    [InlineData("R: Hello? A: I would like a table. That is confirmed, thank you. You are all set.")]
    [InlineData("R: Shall I book that? Is that confirmed?")]
    [InlineData("R: It is not confirmed yet.")]
    [InlineData("R: It will be confirmed once the manager is here.")]
    [InlineData("R: Das ist noch nicht bestätigt.")]
    [InlineData("R: I could offer you nine o'clock.")]
    [InlineData("")]
    public void What_settles_nothing_is_no_outcome(string call) => Assert.Null(Read(call));

    [Theory]
    [InlineData("R: I am sorry, half past seven is full. I could offer you nine o'clock. A: Nine is fine. R: Very good. Nine o'clock, four people. Your confirmation number is T B 5 0 1 8.", "21:00", 4, true)]
    [InlineData("R: A table for six at half past seven, that is confirmed.", "19:30", 6, true)]
    [InlineData("R: A table for four at 7:30 pm is booked.", "19:30", 4, false)]
    [InlineData("R: Halb acht, vier Personen. Der Tisch ist reserviert.", "19:30", 4, false)]
    [InlineData("R: Der Tisch ist für 20 Uhr 15 reserviert.", "20:15", null, true)]
    public void What_differs_from_the_request_is_modified(string call, string time, int? guests, bool modified)
    {
        CallOutcome outcome = Read(call)!;
        Assert.Equal((CallOutcomeStatus.Confirmed, TimeOnly.Parse(time, System.Globalization.CultureInfo.InvariantCulture)), (outcome.Status, outcome.Time));
        Assert.Equal((guests, modified), (outcome.PartySize, outcome.Modified));
    }

    [Theory]
    [InlineData("R: I have found it. The reservation T B 4 7 2 9 is cancelled.", CallOutcomeStatus.Confirmed)]
    [InlineData("R: Die Reservierung ist storniert.", CallOutcomeStatus.Confirmed)]
    [InlineData("R: I cannot find a reservation of that name.", CallOutcomeStatus.Rejected)]
    [InlineData("R: Your table is confirmed.", null)]
    public void A_cancellation_is_agreed_in_its_own_words(string call, CallOutcomeStatus? status) =>
        Assert.Equal(status, TranscriptOutcome.Read(Turns(call), new ReservationDetails { Kind = ReservationKind.Cancel })?.Status);

    [Fact]
    public void A_number_counts_only_when_the_other_side_said_it()
    {
        IReadOnlyList<TranscriptEntry> turns = Turns("R: It is T B 4 7 2 9. A: Thank you, X Y 9 9.");
        Assert.True(TranscriptOutcome.Said(turns, "TB4729"));
        Assert.False(TranscriptOutcome.Said(turns, "XY99"));
    }

    private static CallOutcome? Read(string call) => TranscriptOutcome.Read(Turns(call), s_asked);

    private static List<TranscriptEntry> Turns(string call)
    {
        List<TranscriptEntry> turns = [];
        foreach (string part in System.Text.RegularExpressions.Regex.Split(call, @"(?<=^|\s)(?=[AR]: )").Where(p => p.Length > 3))
        {
            turns.Add(new TranscriptEntry(part[0] == 'A' ? TranscriptSpeaker.Agent : TranscriptSpeaker.Caller, part[3..].Trim(), turns.Count * 1000, (turns.Count * 1000) + 900));
        }

        return turns;
    }
}
