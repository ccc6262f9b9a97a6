using Concierge.Calls.Twilio;

namespace Concierge.Calls.Tests;

public class SealedNoteTests
{
    private static readonly TimeSpan s_life = TimeSpan.FromMinutes(1);

    [Fact]
    public void Nodes_with_the_same_secret_read_each_others_notes_until_they_are_old()
    {
        Clock clock = new();
        string note = new SealedNote(clock, ["secret"]).Seal("Wants a table for four.", s_life);
        Assert.DoesNotContain("table", note, StringComparison.Ordinal);
        SealedNote other = new(clock, ["secret"]);
        Assert.Equal("Wants a table for four.", other.Open(note));
        Assert.Equal("Wants a table for four.", new SealedNote(clock, ["newer", "secret"]).Open(note));
        clock.Now += s_life + TimeSpan.FromSeconds(2);
        Assert.Null(other.Open(note));
    }

    [Fact]
    public void Nobody_else_reads_them_and_what_was_changed_is_no_note()
    {
        Clock clock = new();
        SealedNote notes = new(clock, ["secret"]);
        string note = notes.Seal("Wants a table.", s_life);
        Assert.Null(new SealedNote(clock, ["other"]).Open(note));
        Assert.Null(new SealedNote(clock, []).Open(note));
        char[] changed = note.ToCharArray();
        changed[20] = changed[20] == 'A' ? 'B' : 'A';
        Assert.Null(notes.Open(new string(changed)));
        Assert.All((string?[])[null, "", "x", "not base64!", note[..30], new string('A', 3_000)], n => Assert.Null(notes.Open(n)));
    }

    [Fact]
    public void A_long_text_is_cut_at_a_character_and_fits_an_address()
    {
        SealedNote notes = new(new Clock(), ["secret"]);
        string note = notes.Seal(new string('é', 2_000), s_life);
        Assert.True(note.Length < 1_400);
        Assert.Equal(new string('é', SealedNote.MaxOctets / 2), notes.Open(note));
    }

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2027, 6, 11, 19, 30, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
