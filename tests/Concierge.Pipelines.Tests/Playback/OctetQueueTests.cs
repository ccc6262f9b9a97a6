using Concierge.Pipelines.Playback;

namespace Concierge.Pipelines.Tests.Playback;

public sealed class OctetQueueTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Gives_back_what_it_was_given_in_order(int seed)
    {
        var random = new Random(seed);
        var queue = new OctetQueue(100_000);
        var expected = new Queue<byte>();
        for (int i = 0; i < 2000; i++)
        {
            byte[] piece = new byte[random.Next(0, 5000)];
            random.NextBytes(piece);
            bool fits = piece.Length <= queue.Capacity - queue.Length;
            Assert.Equal(fits, queue.TryAppend(piece));
            if (fits)
            {
                foreach (byte octet in piece)
                {
                    expected.Enqueue(octet);
                }
            }

            byte[] taken = new byte[random.Next(0, queue.Length + 1)];
            queue.Peek(taken);
            int before = random.Next(0, taken.Length + 1);
            Assert.Equal(taken[before..], queue.View(new byte[taken.Length - before], before).ToArray());
            queue.Skip(taken.Length);
            foreach (byte octet in taken)
            {
                Assert.Equal(expected.Dequeue(), octet);
            }

            Assert.Equal(expected.Count, queue.Length);
            if (random.Next(50) == 0)
            {
                queue.Clear();
                expected.Clear();
            }
        }
    }

    [Fact]
    public void Refuses_what_does_not_fit_whole()
    {
        var queue = new OctetQueue(10);
        Assert.True(queue.TryAppend(new byte[10]));
        Assert.False(queue.TryAppend(new byte[1]));
        Assert.Equal(10, queue.Length);
    }
}
