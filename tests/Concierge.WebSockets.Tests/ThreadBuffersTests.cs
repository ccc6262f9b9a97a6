namespace Concierge.WebSockets.Tests;

/// <summary>What a thread keeps from one wake-up to the next.</summary>
public sealed class ThreadBuffersTests
{
    [Fact]
    public void A_thread_gets_its_own_last_two_buffers_again_and_no_other_thread_does() => OnItsOwnThread(() =>
    {
        byte[] first = ThreadBuffers.Rent(2048), second = ThreadBuffers.Rent(2048), third = ThreadBuffers.Rent(2048);
        Assert.NotSame(first, second);
        ThreadBuffers.Return(first);
        ThreadBuffers.Return(second);
        ThreadBuffers.Return(third); // to the pool
        OnItsOwnThread(() =>
        {
            byte[] others = ThreadBuffers.Rent(2048);
            Assert.NotSame(first, others);
            Assert.NotSame(second, others);
        });

        byte[][] again = [ThreadBuffers.Rent(2048), ThreadBuffers.Rent(2048)];
        Assert.Contains(first, again);
        Assert.Contains(second, again);
        Assert.NotSame(again[0], again[1]);
    });

    [Theory]
    [InlineData(1, 1024, false)] // far too long: what is sized by how much comes would never shrink
    [InlineData(256, 1024, true)]
    [InlineData(1024, 1024, true)]
    [InlineData(1025, 1024, false)]
    [InlineData(16384, 16384, false)] // not kept
    public void A_buffer_is_given_again_where_it_fits(int wanted, int kept, bool same) => OnItsOwnThread(() =>
    {
        // Not of the pool's, so that only the thread's own store could give it back.
        byte[] buffer = new byte[kept];
        ThreadBuffers.Return(buffer);
        byte[] got = ThreadBuffers.Rent(wanted);
        Assert.True(got.Length >= wanted);
        if (kept <= 8192)
        {
            Assert.Equal(same, ReferenceEquals(buffer, got));
        }
    });

    [Fact]
    public void Renting_and_giving_back_allocates_nothing() => OnItsOwnThread(() =>
    {
        for (int i = 0; i < 10; i++)
        {
            Turn();
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            Turn();
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        static void Turn()
        {
            byte[] input = ThreadBuffers.Rent(1024);
            byte[] output = ThreadBuffers.Rent(2048);
            ThreadBuffers.Return(output);
            ThreadBuffers.Return(input);
        }
    });

    private static void OnItsOwnThread(Action test)
    {
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                test();
            }
            catch (Exception exception)
            {
                failure = exception;
            }
        });
        thread.Start();
        thread.Join();
        Assert.Null(failure);
    }
}
