using Concierge.Simulation.Load;

namespace Concierge.Simulation.Tests.Load;

public sealed class LoadFlowTests
{
    [Fact]
    public void Latency_is_from_a_frames_departure_to_its_arrival_and_only_counted_frames_count()
    {
        var tally = new LoadTally();
        var flow = new LoadFlow(tally, 7, LoadAudioFormat.MuLaw);
        byte[] frame = new byte[LoadStampText.MuLawLength];
        flow.Next(frame, 1_000); // names the call
        flow.Next(frame, 2_000); // not counted yet
        tally.Counting = true;
        for (int i = 2; i < 34; i++)
        {
            flow.Next(frame, i * 1_000_000L);
        }

        flow.Arrived(1, 5_000);
        Assert.Equal(0, tally.Received);
        flow.Arrived(33, 33_000_000 + 250);
        flow.Arrived(33, 34_000_000);
        flow.Arrived(5, 34_000_000);
        Assert.Equal((1, 2), (tally.Received, tally.Repeated));
        Assert.Equal(250, tally.Latency.MaxNanoseconds);
        Assert.Equal(17, tally.Sent);
        Assert.Equal(16, tally.Lost);
        Assert.Equal(0, tally.Late);
    }

    [Fact]
    public void Numbers_run_on_beyond_their_14_bits()
    {
        var tally = new LoadTally { Counting = true };
        var flow = new LoadFlow(tally, 3, LoadAudioFormat.MuLaw);
        var ear = new LoadEar(LoadAudioFormat.MuLaw);
        byte[] text = new byte[LoadStampText.MuLawLength];
        long now = 0;
        for (int i = 0; i < 40_000; i++)
        {
            int length = flow.Next(text, now);
            ear.Hear(text.AsSpan(0, length), (value, isId) =>
            {
                if (isId)
                {
                    Assert.Equal(3, value);
                }
                else
                {
                    flow.Arrived(value, now + 1_000);
                }
            });
            now += 20_000_000;
        }

        Assert.Equal((0L, 0L, tally.Sent), (tally.Lost, tally.Repeated, tally.Received));
        Assert.Equal(1_000, tally.Latency.MaxNanoseconds);
        Assert.InRange(tally.Sent, 33_000, 35_000); // without the breaths and the names
    }

    [Fact]
    public void What_is_not_base64_is_said_to_be_so()
    {
        var ear = new LoadEar(LoadAudioFormat.Pcm16);
        Assert.Equal(-1, ear.Hear("***"u8, (_, _) => Assert.Fail()));
        Assert.Equal(3, ear.Hear("AAAA"u8, (_, _) => Assert.Fail()));
    }

    [Fact]
    public void Histogram_percentiles_are_off_by_at_most_a_64th()
    {
        var histogram = new LoadHistogram();
        for (int i = 1; i <= 100_000; i++)
        {
            histogram.Record(i * 137L);
        }

        foreach (double p in (double[])[0.01, 0.5, 0.9, 0.99, 0.999])
        {
            double exact = p * 100_000 * 137;
            Assert.InRange(histogram.Percentile(p), exact, exact * (1 + (1.0 / 64)));
        }

        Assert.Equal(13_700_000, histogram.MaxNanoseconds);
        Assert.Equal(13_700_000, histogram.Percentile(1));
        Assert.Equal(100_000, histogram.Buckets().Sum(b => b.Count));
        var both = new LoadHistogram();
        both.Record(-5);
        both.Record(long.MaxValue);
        both.Add(histogram);
        Assert.Equal(100_002, both.Count);
        Assert.Equal(long.MaxValue, both.MaxNanoseconds);
        Assert.Equal(0, both.Percentile(0));
        Assert.Equal(0, new LoadHistogram().Percentile(0.99));
    }

    [Fact]
    public void Frames_are_due_50_times_a_second_for_each_sender_at_phases_spread_evenly()
    {
        const int Senders = 7;
        var pacer = new LoadPacer(Senders, start: 1_000);
        Dictionary<int, List<long>> due = [];
        long last = 0;
        for (int i = 0; i < Senders * 50; i++)
        {
            Assert.False(pacer.TryTake(pacer.NextDue - 1, out _, out _));
            Assert.True(pacer.TryTake(pacer.NextDue, out int sender, out long at));
            Assert.True(at >= last);
            Assert.InRange(at - last, 0, LoadPacer.Period / 3);
            last = at;
            due.TryAdd(sender, []);
            due[sender].Add(at);
        }

        Assert.Equal(Senders, due.Count);
        Assert.All(due.Values, times => Assert.All(times.Zip(times.Skip(1), (a, b) => b - a), gap => Assert.Equal(LoadPacer.Period, gap)));
    }

    [Theory]
    [InlineData("""{"media":{"payload":"abc=","track":"inbound"}}""", "abc=")]
    [InlineData("""{"media": { "track" : "inbound" , "payload" : "a\/b" } }""", "a\\/b")]
    [InlineData("""{"note":"payload","payload":"x"}""", "x")]
    [InlineData("""{"payload":{"payload":"deep"}}""", "deep")]
    [InlineData("""{"payload":"a\"b"}""", "a\\\"b")]
    [InlineData("""{"payload":12}""", null)]
    [InlineData("""{"payload":"open""", null)]
    [InlineData("""{"payload":"open\""", null)]
    [InlineData("{}", null)]
    public void A_string_is_found_by_its_name_however_the_message_is_laid_out(string json, string? expected)
    {
        bool found = LoadJson.TryFind(System.Text.Encoding.UTF8.GetBytes(json), "\"payload\""u8, out ReadOnlySpan<byte> text);
        Assert.Equal(expected is not null, found);
        Assert.Equal(expected ?? "", System.Text.Encoding.UTF8.GetString(text));
    }
}
