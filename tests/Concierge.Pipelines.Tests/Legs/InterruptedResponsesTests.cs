using System.Text;
using Concierge.Pipelines.Legs;

namespace Concierge.Pipelines.Tests.Legs;

public sealed class InterruptedResponsesTests
{
    private readonly InterruptedResponses _responses = new();

    [Fact]
    public void An_interrupted_response_is_remembered_after_it_ended()
    {
        _responses.Begin("r1"u8);
        Assert.True(_responses.TryInterruptActive());
        _responses.End();
        Assert.True(_responses.Contains("r1"u8));
        _responses.Begin("r2"u8);
        Assert.False(_responses.Contains("r2"u8));
    }

    [Fact]
    public void Nothing_active_is_nothing_to_interrupt()
    {
        Assert.False(_responses.TryInterruptActive());
        _responses.Begin("r1"u8);
        _responses.End();
        Assert.False(_responses.TryInterruptActive());
        Assert.False(_responses.Contains("r1"u8));
    }

    [Fact]
    public void Remembers_a_bounded_number()
    {
        for (int i = 0; i < 100; i++)
        {
            _responses.Interrupt(Encoding.ASCII.GetBytes($"r{i}"));
        }

        Assert.True(_responses.Contains("r99"u8));
        Assert.False(_responses.Contains("r1"u8));
    }
}
