using Concierge.Agents.Guardrails;

namespace Concierge.Agents.Tests.Guardrails;

public sealed class PartySizeTests
{
    [Theory]
    [InlineData("a table for 60", 60)]
    [InlineData("Book for 60 people tomorrow", 60)]
    [InlineData("a party of 60 at 19:00", 60)]
    [InlineData("we are sixty people", 60)]
    [InlineData("a table for a hundred guests", 100)]
    [InlineData("120 guests at 7:00", 120)]
    [InlineData("party size: 75", 75)]
    [InlineData("dinner for 0 people", 0)]
    [InlineData("ein Tisch für 60 Personen", 60)]
    [InlineData("table for seventy-five", 75)]
    public void A_party_that_nobody_can_book_for_trips(string text, int size)
    {
        Assert.Contains(size, PartySizes.Find(text));
        Assert.True(Check(text, 50));
    }

    // The predecessor took any integer for a party size and blocked all of these.
    [Theory]
    [InlineData("Book a table for 4 at 19:00")]
    [InlineData("a table for two at 7:00")]
    [InlineData("table for 4 on December 25, 2025")]
    [InlineData("Call me at +1 415 555 0199")]
    [InlineData("My number is 555-0199, a table for 2 please")]
    [InlineData("table for 8:30 pm")]
    [InlineData("a table for 20:00, four people")]
    [InlineData("reservation for 25 December")]
    [InlineData("a reservation for 2025-12-25 at 19:30 for 3 guests")]
    [InlineData("a table for 90 minutes")]
    [InlineData("a booking for 30 euros a head")]
    [InlineData("Number 221 Baker Street, 4 people")]
    [InlineData("table for 19.30")]
    [InlineData("book for 12/25/2026, 6 people")]
    [InlineData("we are 5 minutes late")]
    [InlineData("there are 365 days in a year")]
    [InlineData("order 4711 for 2 persons")]
    [InlineData("Tisch für 20 Uhr, zwei Personen")]
    [InlineData("my confirmation number is 123456")]
    public void A_time_a_date_or_a_telephone_number_is_no_party(string text) => Assert.False(Check(text, 12));

    [Theory]
    [InlineData("a table for 12", 12, false)]
    [InlineData("a table for 13", 12, true)]
    [InlineData("50 people", 50, false)]
    [InlineData("51 people", 50, true)]
    public void The_limit_itself_passes(string text, int most, bool trips) => Assert.Equal(trips, Check(text, most));

    private static bool Check(string text, int most)
    {
        var agent = new Agent { Name = "Desk", Instructions = "x" };
        return BuiltInGuardrails.PartySize(most).CheckAsync(new GuardrailInput(text, agent, new AgentContext()), default).AsTask().Result.IsTripped;
    }
}
