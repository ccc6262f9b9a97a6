using System.Net;
using System.Net.Sockets;
using Concierge.Simulation.Load;
using Concierge.WebSockets;

namespace Concierge.Simulation.Tests.Load;

/// <summary>The generator against a bridge that is none.</summary>
public sealed class LoadGeneratorTests
{
    [Fact]
    public async Task A_bridge_that_takes_connections_and_says_nothing_is_told_of()
    {
        Assert.SkipUnless(EventLoop.IsSupported, "The event loop needs 64-bit Linux.");
        using TcpListener silent = new(IPAddress.Loopback, 0);
        silent.Start();
        using LoadGenerator generator = new(new LoadGeneratorOptions { Calls = 3, AnswerPatience = TimeSpan.FromMilliseconds(200) });
        await generator.StartCallsAsync(new Uri($"ws://{silent.LocalEndpoint}/"), CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));
        LoadReading reading = await generator.FinishAsync().WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal((0, 3), (reading.Connected, reading.Failed));
        Assert.Equal("The bridge did not answer within 0.2 s.", reading.FirstFailure);
    }
}
