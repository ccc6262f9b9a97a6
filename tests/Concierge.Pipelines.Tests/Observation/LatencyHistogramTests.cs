namespace Concierge.Pipelines.Tests.Observation;

public sealed class LatencyHistogramTests
{
    [Theory]
    [InlineData(0.5)]
    [InlineData(0.9)]
    [InlineData(0.99)]
    [InlineData(1.0)]
    public void A_percentile_is_within_an_eighth_above_the_true_one(double fraction)
    {
        var random = new Random(11);
        var histogram = new LatencyHistogram();
        var values = new List<long>();
        for (int i = 0; i < 20_000; i++)
        {
            long value = (long)Math.Exp(random.NextDouble() * 20);
            values.Add(value);
            histogram.Record(value);
        }

        values.Sort();
        long exact = values[(int)Math.Ceiling(fraction * values.Count) - 1];
        Assert.InRange(histogram.Percentile(fraction), exact, exact + (exact / 8) + 1);
        Assert.Equal(values[^1], histogram.MaxNanoseconds);
    }

    [Fact]
    public void Buckets_hold_every_record_in_order()
    {
        var histogram = new LatencyHistogram();
        foreach (long value in (long[])[-5, 0, 7, 8, 9, 1000, long.MaxValue])
        {
            histogram.Record(value);
        }

        var buckets = histogram.Buckets().ToList();
        Assert.Equal(7, buckets.Sum(b => b.Count));
        Assert.Equal(buckets.OrderBy(b => b.UpperNanoseconds), buckets);
    }

    [Fact]
    public void An_empty_histogram_has_no_percentile() => Assert.Equal(0, new LatencyHistogram().Percentile(0.99));

    [Fact]
    public void Recording_allocates_nothing()
    {
        var histogram = new LatencyHistogram();
        histogram.Record(5);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10_000; i++)
        {
            histogram.Record(i * 37);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
