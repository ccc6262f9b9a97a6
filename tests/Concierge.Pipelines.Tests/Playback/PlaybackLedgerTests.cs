using Concierge.Pipelines.Playback;
using Concierge.TestKit;

namespace Concierge.Pipelines.Tests.Playback;

public sealed class PlaybackLedgerTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly FakeCarrier _carrier = new();
    private readonly FakeListener _listener = new();
    private readonly PlaybackLedger _ledger;

    private readonly SessionClock _clock;

    public PlaybackLedgerTests()
    {
        _clock = new SessionClock(_time);
        _ledger = new PlaybackLedger(new CallSessionOptions(), _clock, _carrier, _listener);
    }

    [Fact]
    public void Sends_a_second_ahead_and_waits_for_marks()
    {
        Say("item", 3000);
        Assert.Equal(8000, _carrier.Octets);
        Assert.Equal(5, _carrier.Marks.Count);

        Return(0);
        Assert.Equal(9600, _carrier.Octets);
    }

    [Fact]
    public void Sends_frames_of_20_ms_with_a_mark_each_200_ms()
    {
        Say("item", 200);
        Assert.Equal([.. Enumerable.Repeat("media 160", 10), "mark"], _carrier.Written);
    }

    [Fact]
    public void Keeps_the_remainder_of_a_frame_for_the_next_delta()
    {
        _ledger.TryEnqueue("r"u8, "item"u8, 0, new byte[250], 31_250);
        _ledger.Pump();
        Assert.Equal(160, _carrier.Octets);
        _ledger.TryEnqueue("r"u8, "item"u8, 0, new byte[70], 8_750);
        _ledger.Pump();
        Assert.Equal(320, _carrier.Octets);
    }

    [Fact]
    public void Sends_the_tail_and_marks_the_end_when_the_item_is_complete()
    {
        _ledger.TryEnqueue("r"u8, "item"u8, 0, new byte[250], 31_250);
        _ledger.Pump();
        _ledger.Complete("item"u8, 0);
        Assert.Equal(["media 160", "media 90", "mark"], _carrier.Written);
    }

    [Fact]
    public void Marks_the_end_even_when_every_frame_had_gone_out_before_the_item_completed()
    {
        Say("item", 40);
        Assert.Empty(_carrier.Marks);
        _ledger.Complete("item"u8, 0);
        Assert.Single(_carrier.Marks);
        Return(0);
        Assert.True(_ledger.IsIdle);
        Assert.Equal(["started item", "heard item 40", "idle"], _listener.Heard);
    }

    [Fact]
    public void Audio_comes_out_as_it_went_in_whatever_the_sizes_of_the_deltas()
    {
        var random = new Random(7);
        byte[] said = new byte[20_000];
        random.NextBytes(said);
        for (int at = 0; at < said.Length;)
        {
            int n = Math.Min(random.Next(1, 3000), said.Length - at);
            Assert.True(_ledger.TryEnqueue("r"u8, "item"u8, 0, said.AsSpan(at, n), n * 125));
            _ledger.Pump();
            at += n;
        }

        _ledger.Complete("item"u8, 0);
        for (int mark = 0; mark < _carrier.Marks.Count; mark++)
        {
            Return(mark);
        }

        Assert.Equal(said, _carrier.Audio);
        Assert.True(_ledger.IsIdle);
    }

    [Fact]
    public void Truncates_at_the_acknowledged_position_plus_what_the_clock_says_since()
    {
        Say("item", 3000);
        _time.Advance(TimeSpan.FromMilliseconds(210));
        Return(0); // 200 ms proven
        _time.Advance(TimeSpan.FromMilliseconds(75));
        Assert.Equal([("item", 275)], Interrupt());
        Assert.Equal("clear", _carrier.Written[^1]);
    }

    [Fact]
    public void Never_counts_beyond_the_next_mark_that_has_not_returned()
    {
        Say("item", 3000);
        _time.Advance(TimeSpan.FromMilliseconds(210));
        Return(0);
        _time.Advance(TimeSpan.FromMilliseconds(700));
        Assert.Equal([("item", 400)], Interrupt());
    }

    [Fact]
    public void Marks_returned_by_a_clear_prove_nothing()
    {
        Say("first", 3000);
        Interrupt();
        Return(0);
        Return(1);
        Assert.Equal(2, _ledger.MarksIgnored);

        Say("second", 1000);
        _time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal([("second", 100)], Interrupt());
    }

    [Fact]
    public void Items_behind_the_audible_one_are_truncated_at_zero()
    {
        Say("first", 500);
        Say("second", 500);
        _time.Advance(TimeSpan.FromMilliseconds(120));
        Assert.Equal([("first", 120), ("second", 0)], Interrupt());
    }

    [Fact]
    public void An_item_heard_to_its_end_is_not_truncated()
    {
        Say("first", 200);
        Say("second", 500);
        _time.Advance(TimeSpan.FromMilliseconds(205));
        Return(0);
        _time.Advance(TimeSpan.FromMilliseconds(50));
        Assert.Equal([("second", 50)], Interrupt());
    }

    [Fact]
    public void Nothing_is_sent_when_nothing_is_playing()
    {
        Assert.Empty(Interrupt());
        Assert.Empty(_carrier.Written);

        Say("item", 100);
        _ledger.Complete("item"u8, 0);
        Return(0);
        _carrier.Written.Clear();
        Assert.Empty(Interrupt());
        Assert.Empty(_carrier.Written);
    }

    [Fact]
    public void A_pause_of_the_model_is_not_counted_as_playing()
    {
        Say("item", 100);
        _time.Advance(TimeSpan.FromMilliseconds(600)); // dry for half a second
        Say("item", 400);
        _time.Advance(TimeSpan.FromMilliseconds(50));
        Assert.Equal([("item", 150)], Interrupt());
    }

    [Fact]
    public void Never_truncates_beyond_what_was_received()
    {
        // The resampler's tail adds audio that the model never sent.
        _ledger.TryEnqueue("r"u8, "item"u8, 0, new byte[800], 100_000);
        _ledger.TryEnqueue("r"u8, "item"u8, 0, new byte[16], 0);
        _ledger.TryEnqueue("r"u8, "item"u8, 0, new byte[800], 100_000);
        _ledger.Complete("item"u8, 0);
        _time.Advance(TimeSpan.FromMilliseconds(201.5));
        Assert.Equal([("item", 200)], Interrupt());
    }

    [Fact]
    public void A_carrier_that_does_not_read_leaves_the_audio_here()
    {
        _carrier.IsStalled = true;
        Say("item", 500);
        Assert.Equal(0, _carrier.Octets);
        _carrier.IsStalled = false;
        _ledger.Tick(_clock.Now);
        Assert.Equal(4000, _carrier.Octets);
    }

    [Fact]
    public void A_carrier_without_marks_is_paced_by_the_clock()
    {
        Say("item", 4000);
        long heardBySpeed = 0;
        for (int ms = 0; ms < 6000; ms += 20)
        {
            _time.Advance(TimeSpan.FromMilliseconds(20));
            _ledger.Tick(_clock.Now);
            heardBySpeed = Math.Min(32_000, (ms + 20) * 8L);
        }

        Assert.Equal(32_000, heardBySpeed);
        Assert.Equal(32_000, _carrier.Octets);
        Assert.True(_ledger.MarksOverdue > 0);
        _ledger.Complete("item"u8, 0);
        _time.Advance(TimeSpan.FromSeconds(3));
        _ledger.Tick(_clock.Now);
        Assert.True(_ledger.IsIdle);
    }

    [Fact]
    public void A_lost_last_mark_does_not_keep_the_agent_speaking()
    {
        Say("item", 600);
        _ledger.Complete("item"u8, 0);
        Assert.Equal(3, _carrier.Marks.Count);
        TickFor(400);
        Return(0);
        Return(1);
        TickFor(200);
        Assert.False(_ledger.IsIdle);
        TickFor(5000);
        Assert.True(_ledger.IsIdle);
        Assert.Equal(1, _ledger.MarksOverdue);
        Assert.Equal(["started item", "heard item 600", "idle"], _listener.Heard);
    }

    [Fact]
    public void A_mark_lost_before_a_remainder_becomes_overdue_while_the_remainder_waits()
    {
        Say("item", 200);
        _ledger.TryEnqueue("r"u8, "item"u8, 0, new byte[90], 11_250);
        TickFor(5000);
        Assert.Equal(1, _ledger.MarksOverdue);
        Assert.Equal(1600, _carrier.Octets);
        _ledger.Complete("item"u8, 0);
        Assert.Equal(1690, _carrier.Octets);
    }

    [Fact]
    public void A_lost_mark_does_not_hold_up_the_rest()
    {
        Say("item", 3000);
        Return(1);
        Assert.Equal(8000 + 3200, _carrier.Octets);
        Return(0); // came late, after its successor: proves nothing new
        Assert.Equal(1, _ledger.MarksIgnored);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0.")]
    [InlineData(".0")]
    [InlineData("hello")]
    [InlineData("0.99999999999999")]
    [InlineData("0.63")]
    [InlineData("1.0")]
    public void Marks_that_are_not_pending_are_ignored(string name)
    {
        Say("item", 3000);
        _ledger.Acknowledge(System.Text.Encoding.UTF8.GetBytes(name));
        Assert.Equal(1, _ledger.MarksIgnored);
        Assert.Equal(8000, _carrier.Octets);
    }

    [Fact]
    public void Refuses_audio_beyond_its_capacity()
    {
        var ledger = new PlaybackLedger(
            new CallSessionOptions { PlaybackCapacity = TimeSpan.FromSeconds(1) }, new SessionClock(_time), _carrier, _listener);
        Assert.True(ledger.TryEnqueue("r"u8, "i"u8, 0, new byte[8000], 1_000_000));
        Assert.False(ledger.TryEnqueue("r"u8, "i"u8, 0, new byte[1], 125));
    }

    [Fact]
    public void Pacing_allocates_nothing_once_an_item_has_begun()
    {
        var carrier = new CountingCarrier();
        var ledger = new PlaybackLedger(new CallSessionOptions(), _clock, carrier, new QuietListener());
        byte[] piece = new byte[480];
        byte[] name = new byte[MarkName.MaxLength];
        int acknowledged = 0;

        void Round()
        {
            ledger.TryEnqueue("r"u8, "item"u8, 0, piece, 60_000);
            ledger.Pump();
            _time.Advance(TimeSpan.FromMilliseconds(60));
            ledger.Tick(_clock.Now);
            while (acknowledged < carrier.Marks)
            {
                ledger.Acknowledge(name.AsSpan(0, new MarkName(0, acknowledged++).Format(name)));
            }
        }

        for (int i = 0; i < 200; i++)
        {
            Round();
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 2000; i++)
        {
            Round();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(2200 * 480, carrier.Octets);
    }

    private void TickFor(int milliseconds)
    {
        for (int ms = 0; ms < milliseconds; ms += 20)
        {
            _time.Advance(TimeSpan.FromMilliseconds(20));
            _ledger.Tick(_clock.Now);
        }
    }

    [Fact]
    public void Audio_that_passes_the_queue_by_is_sent_as_what_waits_in_it_would_be()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            var passing = new Conversation(seed, pumps: true);
            var queued = new Conversation(seed, pumps: false);
            for (int step = 0; step < 120; step++)
            {
                passing.Step();
                queued.Step();
                Assert.Equal(queued.State, passing.State);
            }

            Assert.Equal(queued.Carrier.Written, passing.Carrier.Written);
            Assert.Equal(queued.Carrier.Audio, passing.Carrier.Audio);
            Assert.Equal(queued.Listener.Heard, passing.Listener.Heard);
        }
    }

    [Fact]
    public void An_item_that_waits_behind_another_is_told_of_when_its_own_first_frame_goes_out()
    {
        Say("first", 1500);
        Say("second", 500);
        Return(0);
        Assert.Equal(["started first"], _listener.Heard);
        Return(4);
        Assert.Equal(["started first", "started second"], _listener.Heard);
    }

    [Fact]
    public void Audio_of_an_item_that_was_heard_to_its_end_begins_it_anew()
    {
        Say("item", 40);
        _ledger.Complete("item"u8, 0);
        Return(0);
        Assert.True(_ledger.IsIdle);
        Say("item", 40);
        Assert.True(_ledger.HasOpenItems);
        _ledger.Complete("item"u8, 0);
        Return(1);
        Assert.Equal(["started item", "heard item 40", "idle", "started item", "heard item 40", "idle"], _listener.Heard);
    }

    [Fact]
    public void A_frame_that_nothing_waits_before_is_sent_from_where_it_lies()
    {
        _carrier.Source = new byte[200];
        Send(160);
        Assert.Equal((160, 1), (_carrier.Octets, _carrier.FromSource));
        Send(200);
        Assert.Equal((320, 2), (_carrier.Octets, _carrier.FromSource));
        Send(160); // behind the 40 octets that wait
        Assert.Equal((480, 2), (_carrier.Octets, _carrier.FromSource));
        Send(120);
        Assert.Equal((640, 2), (_carrier.Octets, _carrier.FromSource));
        Send(160);
        Assert.Equal((800, 3), (_carrier.Octets, _carrier.FromSource));

        void Send(int octets) => Assert.True(_ledger.TryEnqueue("r"u8, "item"u8, 0, _carrier.Source.AsSpan(0, octets), octets * 125L, pump: true));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(47)]
    [InlineData(48)]
    [InlineData(49)]
    [InlineData(200)]
    public void An_item_is_known_by_all_of_its_id_however_long(int length)
    {
        byte[] id = [.. Enumerable.Repeat((byte)'a', length)];
        byte[] longer = [.. id, (byte)'a'];
        PlaybackItem item = new("r"u8, id, 1, 0);
        Assert.True(item.Matches(id, 1));
        Assert.False(item.Matches(id, 2));
        Assert.False(item.Matches(longer, 1));
        for (int i = 0; i < length; i++)
        {
            byte[] other = [.. id];
            other[i]++;
            Assert.False(item.Matches(other, 1));
        }
    }

    private void Say(string item, int milliseconds)
    {
        _ledger.TryEnqueue("r"u8, System.Text.Encoding.UTF8.GetBytes(item), 0, new byte[milliseconds * 8], milliseconds * 1000L);
        _ledger.Pump();
    }

    private void Return(int mark) => _ledger.Acknowledge(FakeCarrier.NameOf(_carrier.Marks[mark]));

    private List<(string Item, int Milliseconds)> Interrupt()
    {
        var truncations = new List<Truncation>();
        _ledger.Interrupt(truncations);
        return [.. truncations.Select(t => (t.Item.ItemId, t.HeardMilliseconds))];
    }

    private sealed class CountingCarrier : ICarrierOutput
    {
        public int Marks { get; private set; }

        public long Octets { get; private set; }

        public bool TryWriteMedia(ReadOnlySpan<byte> muLaw)
        {
            Octets += muLaw.Length;
            return true;
        }

        public bool TryWriteMark(MarkName name)
        {
            Marks++;
            return true;
        }

        public void WriteClear()
        {
        }

        public void Flush()
        {
        }
    }

    private sealed class QuietListener : IPlaybackListener
    {
        public void OnItemStarted(PlaybackItem item, TimeSpan at)
        {
        }

        public void OnItemPlayed(PlaybackItem item, TimeSpan at)
        {
        }

        public void OnItemHeard(PlaybackItem item, TimeSpan duration)
        {
        }

        public void OnIdle()
        {
        }
    }

    /// <summary>A conversation drawn by lot: deltas of all sizes, marks, time, interruptions, keys, a carrier that takes nothing for a while.</summary>
    private sealed class Conversation
    {
        private readonly Random _random;
        private readonly bool _pumps;
        private readonly ManualTimeProvider _time = new();
        private readonly SessionClock _clock;
        private readonly PlaybackLedger _ledger;
        private int _item;
        private int _returned;

        public Conversation(int seed, bool pumps)
        {
            _random = new Random(seed);
            _pumps = pumps;
            _clock = new SessionClock(_time);
            _ledger = new PlaybackLedger(new CallSessionOptions { PlaybackCapacity = TimeSpan.FromSeconds(3) }, _clock, Carrier, Listener);
            if (seed % 4 == 0)
            {
                _ledger.KeepUnheard();
            }
        }

        public FakeCarrier Carrier { get; } = new();

        public FakeListener Listener { get; } = new();

        public (long, bool, bool, long, int, int) State =>
            (_ledger.OctetsSent, _ledger.IsIdle, _ledger.HasOpenItems, _ledger.OctetsDiscarded, Carrier.Marks.Count, Listener.Heard.Count);

        public void Step()
        {
            byte[] name = System.Text.Encoding.ASCII.GetBytes($"item {_item}");
            switch (_random.Next(14))
            {
                case < 6:
                    byte[] audio = new byte[_random.Next(3) switch { 0 => 160, 1 => 160 * _random.Next(1, 12), _ => _random.Next(1, 5000) }];
                    _random.NextBytes(audio);
                    if (_ledger.TryEnqueue("r"u8, name, _random.Next(20) / 19, audio, audio.Length * 125L, _pumps) && !_pumps)
                    {
                        _ledger.Pump();
                    }

                    break;
                case 6:
                    _ledger.Complete(name, 0);
                    _item++;
                    break;
                case < 9 when _returned < Carrier.Marks.Count:
                    _returned = _random.Next(_returned, Carrier.Marks.Count);
                    _ledger.Acknowledge(FakeCarrier.NameOf(Carrier.Marks[_returned++]));
                    break;
                case 9:
                    _time.Advance(TimeSpan.FromMilliseconds(_random.Next(1, 1500)));
                    _ledger.Tick(_clock.Now);
                    break;
                case 10 when _random.Next(4) == 0:
                    _ledger.Interrupt([]);
                    _item++;
                    break;
                case 11 when _random.Next(4) == 0:
                    byte[] keys = new byte[1600];
                    _random.NextBytes(keys);
                    _ledger.EnqueueTones(keys, 800);
                    break;
                case 12:
                    Carrier.IsStalled = _random.Next(2) == 0;
                    break;
                case 13:
                    if (_random.Next(2) == 0)
                    {
                        _ledger.TryHold();
                    }
                    else
                    {
                        _ledger.Resume();
                    }

                    break;
                default:
                    _time.Advance(TimeSpan.FromMilliseconds(20));
                    _ledger.Tick(_clock.Now);
                    break;
            }
        }
    }
}
