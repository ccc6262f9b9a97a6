using Concierge.Calls.Outcome;

namespace Concierge.Calls.Tests;

public class ConfirmationNumberTests
{
    [Theory]
    [InlineData("B4711", "B4711")]
    [InlineData("b-4711", "B4711")]
    [InlineData("BX-4711", "BX4711")]
    [InlineData("AB 12 cd34", "AB12CD34")]
    [InlineData("B as in Boston, four seven double one", "B4711")]
    [InlineData("B as in Boston. Four. Seven. One. One.", "B4711")]
    [InlineData("a b c one two three", "ABC123")]
    [InlineData("Bravo Charlie niner zero", "BC90")]
    [InlineData("B for Boston, D like Denver, forty-seven eleven", "BD4711")]
    [InlineData("K twenty-two oh five", "K2205")]
    [InlineData("double o seven", "007")]
    [InlineData("triple seven double B", "777BB")]
    [InlineData("double u one", "W1")]
    [InlineData("X dash nine, then zed", "X9Z")]
    [InlineData("B wie Berta, vier sieben doppel eins", "B4711")]
    [InlineData("Berta siebenundvierzig elf", "B4711")]
    [InlineData("R wie Richard, zwo null dreimal die Fünf", "R20555")]
    [InlineData("Q wie Quelle Bindestrich achtunddreißig", "Q38")]
    [InlineData("sixty one nineteen", "6119")]
    [InlineData("it's 4 7 1 1, thank you", "4711")]
    [InlineData("", "")]
    [InlineData("I do not know", "I")]
    public void Joins_what_was_spelled_out(string spoken, string code) => Assert.Equal(code, ConfirmationNumber.Normalise(spoken));

    [Theory]
    [InlineData("Your confirmation number is a b c one two three.", "ABC123")]
    [InlineData("Sure. Your confirmation number is B as in Boston, four seven double one. Anything else?", "B4711")]
    [InlineData("The reservation number will be 4711, under Miller.", "4711")]
    [InlineData("Your reference is QX-12, see you on Friday the 7th.", "QX12")]
    [InlineData("I have no confirmation number yet. Wait: the booking code is K, 2, oh, 5.", "K205")]
    [InlineData("Ihre Reservierungsnummer lautet B wie Berta, vier sieben doppel eins.", "B4711")]
    [InlineData("Die Bestätigungsnummer ist also siebenundvierzig elf.", "4711")]
    [InlineData("confirmation number B4711. Again: B4711.", "B4711")]
    public void Finds_the_number_the_other_side_gave(string said, string number)
    {
        Assert.True(ConfirmationNumber.TryFind(said, out string? found));
        Assert.Equal(number, found);
    }

    [Theory]
    [InlineData("make a reservation under john smith")]
    [InlineData("your reservation tomorrow is set")]
    [InlineData("you will get a confirmation email")]
    [InlineData("Your confirmation number is a surprise.")]
    [InlineData("Your confirmation number is on the way.")]
    [InlineData("Your reservation is for four at seven.")]
    [InlineData("We do not give a confirmation number, see you on the 7th.")]
    [InlineData("The table for 4 at 19:30 is yours.")]
    [InlineData("")]
    public void Never_makes_a_number_out_of_ordinary_words(string said) => Assert.False(ConfirmationNumber.TryFind(said, out _));

    [Fact]
    public void Bounds_what_it_reads() => Assert.Equal(ConfirmationNumber.MaxLength, ConfirmationNumber.Normalise(string.Concat(Enumerable.Repeat("seven ", 10_000))).Length);
}
