using Concierge.Agents.Simulated;

namespace Concierge.Agents.Tests.Simulated;

public sealed class RequestReaderTests
{
    private static readonly DateOnly s_today = new(2027, 6, 9); // a Wednesday

    [Theory]
    [InlineData("book me a table for four tomorrow at seven", "2027-06-10", "19:00", 4, null)]
    [InlineData("Table for 2 at Trattoria Bella on Friday at 8:30 pm", "2027-06-11", "20:30", 2, "Trattoria Bella")]
    [InlineData("dinner for six people on June 20th at half past seven", "2027-06-20", "19:30", 6, null)]
    [InlineData("reserve for 3 on 2027-07-01 at 18:15 at Sakura House", "2027-07-01", "18:15", 3, "Sakura House")]
    [InlineData("lunch tomorrow at noon, party of 5", "2027-06-10", "12:00", 5, null)]
    [InlineData("a table tonight at 9pm for two", "2027-06-09", "21:00", 2, null)]
    [InlineData("book a table for 2 on 3 May at quarter to eight", "2028-05-03", "19:45", 2, null)]
    [InlineData("book a table", null, null, null, null)]
    [InlineData("for two on friday at half past seven", "2027-06-11", "19:30", 2, null)]
    public void Reads_day_time_guests_and_place(string text, string? date, string? time, int? size, string? restaurant)
    {
        Assert.Equal(date, RequestReader.Date(text, s_today)?.ToString("yyyy-MM-dd"));
        Assert.Equal(time, RequestReader.Time(text)?.ToString("HH:mm"));
        Assert.Equal(size, RequestReader.PartySize(text));
        Assert.Equal(restaurant, RequestReader.Restaurant(text));
    }

    [Theory]
    [InlineData("cancel reservation TB4729", "TB4729")]
    [InlineData("cancel my table tomorrow", null)]
    public void Reads_a_confirmation_number(string text, string? code) => Assert.Equal(code, RequestReader.Code(text));
}
