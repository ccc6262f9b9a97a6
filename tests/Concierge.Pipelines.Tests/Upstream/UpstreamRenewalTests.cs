using Concierge.Pipelines.Tests.Sessions;

namespace Concierge.Pipelines.Tests.Upstream;

/// <summary>A session is replaced before its time is up, in a moment of silence, without the caller noticing (FAULTS 10).</summary>
public sealed class UpstreamRenewalTests
{
    [Fact]
    public void The_successor_takes_over_in_a_silence_after_its_time_has_come_and_knows_the_conversation()
    {
        var (result, call) = TestCall.Run(
            async c =>
            {
                await c.BeginAsync();
                c.Model.SpeechStarted();
                await c.LiveAsync(1);
                c.Model.SpeechStopped();
                c.Model.CallerSaid("Are you still there?");
                await c.WaitAsync(TimeSpan.FromMinutes(52).TotalMilliseconds);
                c.Carrier.Stop();
            },
            model: ModelOf(TimeSpan.FromMinutes(60)));
        CallEvent.ModelRenewed renewed = Assert.Single(call.Controller.Events.OfType<CallEvent.ModelRenewed>());
        Assert.InRange(renewed.At.TotalMinutes, 52, 52.01);
        Assert.Equal(CallEndReason.CarrierStopped, result.Reason);
        Assert.Equal((0, 1), (result.Counters.ModelLosses, result.Counters.ModelRenewals));
        ScriptedModel.Connection second = call.Model.Connections[1];
        Assert.Equal("session.update", second.HeardTypes.First());
        Assert.Equal("Are you still there?", (string?)second.Heard[1]["item"]!["content"]![0]!["text"]);
        Assert.DoesNotContain("response.create", second.HeardTypes);
        Assert.DoesNotContain("clear", call.Carrier.HeardKinds);
    }

    [Fact]
    public void No_frame_of_the_caller_is_lost_or_delayed_and_the_old_session_is_closed_after_the_new_one_is_ready()
    {
        var (result, call) = TestCall.Run(
            async c =>
            {
                await c.BeginAsync();
                await c.LiveAsync(40);
                Assert.Equal(1000, c.Model.Connections[0].CloseCode);
                c.Carrier.Stop();
            },
            Short(),
            ModelOf(TimeSpan.FromSeconds(60)));
        Assert.Equal(1, result.Counters.ModelRenewals);
        Assert.Equal(result.Counters.CallerFrames, result.Counters.CallerFramesForwarded);
        Assert.InRange((call.Model.Connections[0].HeardOctets + call.Model.Connections[1].HeardOctets) / 960, 1998, 2000);
        Assert.InRange(call.Model.Connections[1].HeardOctets / 960, 400, 520);
        Assert.Equal(0, result.Counters.EarlyOctetsDropped);
    }

    [Fact]
    public void Nobody_is_cut_off_for_it_while_there_is_time()
    {
        var (_, call) = TestCall.Run(
            async c =>
            {
                await c.BeginAsync();
                c.Model.SpeaksOn = 0; // the successor is there from 30 s on, and says nothing
                await c.LiveAsync(29.5);
                c.Model.SpeechStarted("u1");
                await c.LiveAsync(5);
                c.Model.SpeechStopped("u1");
                c.Model.BeginResponse("r1");
                await c.LiveAsync(1);
                c.Model.Delta("r1", "a1", new byte[2 * 48_000]);
                c.Model.EndAudio("r1", "a1");
                c.Model.EndResponse("r1");
                await c.LiveAsync(5);
                c.Carrier.Stop();
            },
            Short(),
            ModelOf(TimeSpan.FromSeconds(60)));

        // Ready at 30 s; the caller speaks to 34.5 s, the agent is heard to 37.5 s, and then it is silent for 0.6 s.
        CallEvent.ModelRenewed renewed = Assert.Single(call.Controller.Events.OfType<CallEvent.ModelRenewed>());
        Assert.InRange(renewed.At.TotalSeconds, 38.0, 38.6);
        Assert.Equal(16_000, call.Carrier.HeardOctets, 100.0);
    }

    [Fact]
    public void A_call_that_is_never_silent_is_renewed_at_the_latest_moment_and_asked_to_go_on()
    {
        var (result, call) = TestCall.Run(
            async c =>
            {
                await c.BeginAsync();
                c.Model.SpeechStarted("u1");
                c.Model.CallerSaid("and another thing", "u1");
                await c.LiveAsync(58);
                c.Carrier.Stop();
            },
            Short(),
            ModelOf(TimeSpan.FromSeconds(60)));
        CallEvent.ModelRenewed renewed = Assert.Single(call.Controller.Events.OfType<CallEvent.ModelRenewed>());
        Assert.InRange(renewed.At.TotalSeconds, 55, 55.3);
        Assert.Equal(CallEndReason.CarrierStopped, result.Reason);
    }

    [Fact]
    public void A_transcript_that_comes_late_from_the_old_session_is_not_lost()
    {
        var (result, call) = TestCall.Run(
            async c =>
            {
                await c.BeginAsync();
                await c.LiveAsync(29);
                c.Model.SpeechStarted("u1");
                await c.LiveAsync(0.2);
                c.Model.SpeechStopped("u1");
                await c.LiveAsync(2, () => c.Controller.Events.Exists(e => e is CallEvent.ModelRenewed));
                c.Model.Connections[0].Say("""{"type":"conversation.item.input_audio_transcription.completed","event_id":"e","item_id":"u1","content_index":0,"transcript":"Just in time."}""");
                await c.LiveAsync(1);
                c.Carrier.Stop();
            },
            Short(),
            ModelOf(TimeSpan.FromSeconds(60)));
        Assert.Single(call.Controller.Events.OfType<CallEvent.ModelRenewed>());
        Assert.Equal("Just in time.", Assert.Single(result.Transcript).Text);
    }

    [Fact]
    public void A_successor_that_cannot_be_had_is_tried_for_again_and_the_call_goes_on_meanwhile()
    {
        int failures = 3;
        var (result, call) = TestCall.Run(
            async c =>
            {
                await c.BeginAsync();
                c.Model.OnConnect = _ => failures-- > 0 ? throw new ModelConnectException(CallEndReason.ModelRefused, "HTTP 503") : ValueTask.CompletedTask;
                await c.LiveAsync(45);
                c.Carrier.Stop();
            },
            Short(),
            ModelOf(TimeSpan.FromSeconds(60)));
        CallEvent.ModelRenewed renewed = Assert.Single(call.Controller.Events.OfType<CallEvent.ModelRenewed>());
        Assert.InRange(renewed.At.TotalSeconds, 36, 36.3);
        Assert.Equal(3, result.Counters.ModelDialsFailed);
        Assert.Equal(0, result.Counters.ModelLosses);
    }

    [Fact]
    public void A_session_lost_while_its_successor_waits_is_replaced_by_it_at_once()
    {
        var (result, call) = TestCall.Run(
            async c =>
            {
                await c.BeginAsync();
                c.Model.SpeechStarted("u1");
                await c.LiveAsync(32);
                Assert.Equal(2, c.Model.Dials);
                c.Model.Connections[0].Reset();
                await c.LiveAsync(0.1);
                c.Carrier.Stop();
            },
            Short(),
            ModelOf(TimeSpan.FromSeconds(60)));
        CallEvent.ModelReturned back = Assert.Single(call.Controller.Events.OfType<CallEvent.ModelReturned>());
        Assert.InRange(back.Outage.TotalMilliseconds, 0, 40);
        Assert.Equal(2, call.Model.Dials);
        Assert.Equal(1, result.Counters.ModelReturns);
    }

    [Fact]
    public void A_successor_that_is_not_used_is_closed_with_the_call()
    {
        var (_, call) = TestCall.Run(
            async c =>
            {
                await c.BeginAsync();
                c.Model.SpeechStarted("u1");
                await c.LiveAsync(32);
                c.Carrier.Stop();
            },
            Short(),
            ModelOf(TimeSpan.FromSeconds(60)));
        call.Loop.Run(() => Task.WhenAll(call.Model.Connections.Select(m => m.Listening)));
        Assert.Equal([1000, 1000], call.Model.Connections.Select(m => m.CloseCode));
    }

    [Fact]
    public void A_call_of_three_hours_is_carried_by_four_sessions()
    {
        var (result, call) = TestCall.Run(
            async c =>
            {
                await c.BeginAsync();
                await c.WaitAsync(TimeSpan.FromHours(3).TotalMilliseconds);
                c.Carrier.Stop();
            },
            model: ModelOf(TimeSpan.FromMinutes(60)));
        Assert.Equal(CallEndReason.CarrierStopped, result.Reason);
        Assert.Equal(3, result.Counters.ModelRenewals);
        Assert.Equal(4, call.Model.Dials);
    }

    /// <summary>Half a minute before the end a successor is dialled; five seconds before it there is no more waiting.</summary>
    private static CallSessionOptions Short() => new()
    {
        Upstream = new UpstreamOptions { RenewBefore = TimeSpan.FromSeconds(30), RenewLatest = TimeSpan.FromSeconds(5) },
    };

    /// <summary>A model that tells when its sessions end; the virtual clock starts where its options say.</summary>
    private static ScriptedModel ModelOf(TimeSpan limit)
    {
        var model = new ScriptedModel();
        model.Greet = time => $$$"""{"type":"session.created","event_id":"event_0","session":{"id":"sess_1","type":"realtime","expires_at":{{{(time.GetUtcNow() + limit).ToUnixTimeSeconds()}}}}}""";
        return model;
    }
}
