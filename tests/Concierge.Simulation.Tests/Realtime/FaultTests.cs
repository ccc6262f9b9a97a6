using System.Text.Json.Nodes;
using Concierge.Simulation.Realtime;

namespace Concierge.Simulation.Tests.Realtime;

/// <summary>Faults of the line and of responses, each at its moment.</summary>
public sealed class FaultTests
{
    private const string Ask = """{"type":"response.create"}""";

    [Fact]
    public void Writing_stalls_and_everything_comes_later()
    {
        TwinClient.Run(
            async twin =>
            {
                twin.Send(Ask);
                await twin.ExpectAsync("response.done");
                Assert.DoesNotContain(twin.Times, t => t.TotalMilliseconds is > 1001 and < 4999);
                Assert.Contains(twin.Times, t => t.TotalMilliseconds is >= 5000 and < 5050);
            },
            options: With(new RealtimeTwinFaults { StallWritingAt = TimeSpan.FromSeconds(1), StallWritingFor = TimeSpan.FromSeconds(4) }));
    }

    [Fact]
    public void Throttled_writing_takes_as_long_as_its_octets()
    {
        TimeSpan took = default;
        RealtimeTwinRecord record = TwinClient.Run(
            async twin =>
            {
                twin.Send(Ask);
                await twin.ExpectAsync("response.done", 120_000);
                took = twin.Times[^1];
            },
            options: With(new RealtimeTwinFaults { ThrottleBytesPerSecond = 20_000 }));
        double octets = record.Sent.Where(e => e.At <= took).Sum(e => e.Bytes);
        Assert.InRange(took.TotalSeconds, octets / 20_000 * 0.8, octets / 20_000 * 1.2);
    }

    [Fact]
    public void A_connection_drops_in_the_middle_of_a_frame()
    {
        RealtimeTwinRecord record = TwinClient.Run(
            async twin =>
            {
                await twin.ExpectAsync("session.created");
                await twin.WaitForEndAsync();
                Assert.Equal(1006, twin.CloseCode);
                Assert.Equal(0, twin.Malformed);
                Assert.Single(twin.Events);
            },
            options: With(new RealtimeTwinFaults { DropMidFrameAt = TimeSpan.FromMilliseconds(300) }));
        Assert.True(record.ClosedByTwin);
    }

    [Fact]
    public void The_first_responses_fail_and_the_next_says_what_they_would_have()
    {
        RealtimeTwinRecord record = TwinClient.Run(
            async twin =>
            {
                for (int i = 0; i < 3; i++)
                {
                    twin.Send(Ask);
                    JsonNode response = (await twin.ExpectAsync("response.done"))["response"]!;
                    Assert.Equal(i < 2 ? "failed" : "completed", response["status"]!.ToString());
                    Assert.Equal(i < 2 ? "rate_limit_exceeded" : null, response["status_details"]?["error"]?["code"]?.ToString());
                }
            },
            options: With(new RealtimeTwinFaults { FailResponses = 2, FailCode = "rate_limit_exceeded" }));
        Assert.Equal([null, null, "concierge-purpose"], record.Responses.Select(r => r.Clip?.Name));
    }

    [Fact]
    public void One_delta_holds_all_that_is_left()
    {
        TwinClient.Run(
            async twin =>
            {
                twin.Send(Ask);
                await twin.ExpectAsync("response.done");
                int[] sizes = [.. twin.Events.Where(e => e["type"]!.ToString() == "response.output_audio.delta").Select(e => e["delta"]!.ToString().Length)];
                Assert.Equal(2, sizes.Length);
                Assert.True(sizes[1] > 200_000);
            },
            options: With(new RealtimeTwinFaults { HugeEveryDeltas = 2 }));
    }

    [Fact]
    public void Every_event_comes_late_and_in_order_and_so_does_the_close()
    {
        TwinClient.Run(
            async twin =>
            {
                twin.Send(Ask);
                await twin.WaitForEndAsync();
                Assert.Equal(1013, twin.CloseCode);
                Assert.Equal("session.created", twin.Types.First());
                Assert.Contains("response.output_audio.delta", twin.Types);
                Assert.All(twin.Times, t => Assert.InRange(t.TotalMilliseconds, 1500, 3500.5));
                Assert.True(twin.Times.SequenceEqual(twin.Times.Order()));
            },
            options: With(new RealtimeTwinFaults { Delay = TimeSpan.FromMilliseconds(1500), CloseAt = TimeSpan.FromSeconds(2), CloseCode = 1013 }));
    }

    [Fact]
    public void Faults_without_a_time_of_their_own_hold_from_when_until_when_they_are_told_to()
    {
        RealtimeTwinRecord record = TwinClient.Run(
            async twin =>
            {
                for (int i = 0; i < 3; i++)
                {
                    twin.Send("""{"type":"input_audio_buffer.clear"}""");
                    await twin.ExpectAsync("input_audio_buffer.cleared");
                    await twin.WaitAsync(1000);
                }
            },
            options: With(new RealtimeTwinFaults { UnknownEveryEvents = 1, From = TimeSpan.FromMilliseconds(500), Until = TimeSpan.FromMilliseconds(1500) }));
        Assert.Equal(["session.created", "input_audio_buffer.cleared", "response.weather.delta", "input_audio_buffer.cleared", "input_audio_buffer.cleared"], record.Sent.Select(e => e.Type));
    }

    [Fact]
    public void Reading_stalls_and_goes_on_where_it_stopped()
    {
        RealtimeTwinRecord record = TwinClient.Run(
            async twin =>
            {
                await twin.ExpectAsync("session.created");
                await twin.WaitAsync(1100);
                for (int i = 0; i < 3; i++)
                {
                    twin.Send("""{"type":"input_audio_buffer.clear"}""");
                }

                await twin.WaitAsync(5000);
                Assert.Equal(3, twin.Types.Count(t => t == "input_audio_buffer.cleared"));
            },
            options: With(new RealtimeTwinFaults { StallReadingAt = TimeSpan.FromSeconds(1), StallReadingFor = TimeSpan.FromSeconds(4) }));
        Assert.Equal(3, record.Received.Count(e => e.Type == "input_audio_buffer.clear"));
        Assert.Contains(record.Received, e => e.At >= TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void Faults_are_read_with_times_in_milliseconds()
    {
        var faults = RealtimeTwinFaults.Parse("""{ "closeAtMs": 1500, "stallReadingForMs": 20, "closeCode": 1013, /* also */ "escapeBase64": true, }""");
        Assert.Equal((TimeSpan.FromSeconds(1.5), TimeSpan.FromMilliseconds(20), 1013, true), (faults.CloseAt, faults.StallReadingFor, faults.CloseCode, faults.EscapeBase64));
    }

    private static RealtimeTwinOptions With(RealtimeTwinFaults faults) => new() { Faults = faults };
}
