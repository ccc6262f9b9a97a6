using Concierge.Simulation.Time;

namespace Concierge.Pipelines.Tests.Sessions;

/// <summary>Answers that are slow, fail or never come: what the person on the line lives through meanwhile.</summary>
public sealed class AnswerPolicyTests
{
    private static readonly CallConduct s_conduct = new()
    {
        Answers = new AnswerPolicy { SoundAfter = TimeSpan.FromSeconds(3), Limit = TimeSpan.FromSeconds(20), Retries = 2 },
    };

    private static readonly int s_sound = UpstreamSounds.Holding.Length;

    private long _timestamp;

    [Fact]
    public void While_the_model_is_slow_the_line_is_not_silent_for_longer_than_configured()
    {
        var (result, call) = Run(async c =>
        {
            await SpeakAsync(c);
            c.Model.BeginResponse("r1"); // and no word of it for ten seconds
            await WaitAndListenAsync(c, 2_800);
            Assert.Equal(0, c.Carrier.HeardOctets);
            await WaitAndListenAsync(c, 400);
            Assert.Equal(s_sound, c.Carrier.HeardOctets);
            await WaitAndListenAsync(c, 6_000);
            Assert.Equal(3 * s_sound, c.Carrier.HeardOctets); // at 3, 5.5 and 8 s
            await SayAsync(c, "r1");
            int heard = c.Carrier.HeardOctets;
            await WaitAndListenAsync(c, 15_000); // it has answered: silence is nobody's debt now
            Assert.Equal(heard, c.Carrier.HeardOctets);
            c.Carrier.Stop();
        });
        Assert.Equal(CallEndReason.CarrierStopped, result.Reason);
        Assert.Equal(3, call.Controller.Events.OfType<CallEvent.AnswerSlow>().Count());
        Assert.Equal("item_r1", Assert.Single(call.Controller.Events.OfType<CallEvent.AgentSpeechStarted>()).ItemId);
        Assert.DoesNotContain("conversation.item.truncate", call.Model.HeardTypes);
    }

    [Fact]
    public void An_answer_that_was_asked_for_and_not_begun_is_waited_for_in_the_same_way()
    {
        var (_, call) = Run(async c =>
        {
            c.Controller.Call!.RequestResponse();
            await WaitAndListenAsync(c, 3_200);
            Assert.Equal(s_sound, c.Carrier.HeardOctets);
            c.Model.SpeechStarted(); // whoever speaks waits for nothing
            await WaitAndListenAsync(c, 10_000);
            Assert.Equal(s_sound, c.Carrier.HeardOctets);
            c.Carrier.Stop();
        });
        Assert.Single(call.Controller.Events.OfType<CallEvent.AnswerSlow>());
    }

    [Fact]
    public void A_session_that_says_nothing_is_replaced_and_the_new_one_goes_on()
    {
        var (result, call) = Run(async c =>
        {
            await SpeakAsync(c);
            await WaitAndListenAsync(c, 19_500);
            Assert.Equal(1, c.Model.Dials);
            await WaitAndListenAsync(c, 1_000);
            Assert.Equal(2, c.Model.Dials);
            Assert.Contains("response.create", c.Model.Connections[1].HeardTypes); // it owes the answer now, and has been told
            await SayAsync(c, "r2");
            await WaitAndListenAsync(c, 30_000);
            c.Carrier.Stop();
        });
        Assert.Equal(CallEndReason.CarrierStopped, result.Reason);
        Assert.Equal((1, 1), (result.Counters.ModelLosses, result.Counters.ModelReturns));
        Assert.Single(call.Controller.Events.OfType<CallEvent.AnswerMissing>());
    }

    [Fact]
    public void A_model_that_stays_silent_in_session_after_session_is_given_up_with_an_apology()
    {
        var (result, call) = Run(async c =>
        {
            await SpeakAsync(c);
            await WaitAndListenAsync(c, 50_000);
        });
        Assert.Equal(CallEndReason.ModelSilent, result.Reason);
        Assert.Equal(1011, call.Carrier.CloseCode);
        Assert.Equal(2, call.Model.Dials);
        Assert.InRange(result.Duration.TotalSeconds, 40, 48);
        Assert.Equal(CallEndReason.ModelSilent, Assert.Single(call.Controller.Events.OfType<CallEvent.ModelGivenUp>()).Reason);
    }

    [Fact]
    public void An_answer_that_failed_is_asked_for_again_a_few_times_and_not_in_a_storm()
    {
        var (_, call) = Run(async c =>
        {
            await SpeakAsync(c);
            for (int i = 0; i < 4; i++)
            {
                c.Model.BeginResponse($"r{i}");
                c.Model.EndResponse($"r{i}", "failed", details: """{"type":"failed","error":{"type":"server_error","code":"server_error","message":"no"}}""");
                await WaitAndListenAsync(c, 700);
                Assert.Equal(Math.Min(i, 2), Requests(c)); // not at once
                await WaitAndListenAsync(c, 1_600);
                Assert.Equal(Math.Min(i + 1, 2), Requests(c));
            }

            c.Carrier.Stop();
        });
        Assert.Equal(2, Requests(call));
    }

    [Fact]
    public void A_model_that_takes_long_to_dial_does_not_leave_a_silent_line()
    {
        var model = new ScriptedModel
        {
            OnConnect = async cancellationToken => await Task.Delay(TimeSpan.FromSeconds(4), (SynchronizationContext.Current as VirtualTimeLoop)!.TimeProvider, cancellationToken),
        };
        var (_, call) = TestCall.Run(
            async c =>
            {
                c.Carrier.Connect();
                c.Carrier.Start();
                await WaitAndListenAsync(c, 1_900);
                Assert.Equal(0, c.Carrier.HeardOctets);
                await WaitAndListenAsync(c, 300);
                Assert.Equal(s_sound, c.Carrier.HeardOctets);
                await WaitAndListenAsync(c, 10_000); // the model is there, and the sound is over
                Assert.Equal(s_sound, c.Carrier.HeardOctets);
                c.Carrier.Stop();
            },
            model: model);
        Assert.Contains(call.Controller.Events, e => e is CallEvent.ModelReady);
    }

    private static (CallResult Result, TestCall Call) Run(Func<TestCall, Task> scenario) => TestCall.Run(
        async c =>
        {
            await c.BeginAsync();
            await scenario(c);
        },
        controller: new RecordingController { Conduct = s_conduct });

    private static int Requests(TestCall c) => c.Model.Heard.Count(e => (string?)e["type"] == "response.create");

    private static async Task SpeakAsync(TestCall c)
    {
        c.Model.SpeechStarted();
        await c.WaitAsync(500);
        c.Model.SpeechStopped();
        c.Model.CallerSaid("A table, please.");
        await c.WaitAsync();
    }

    private static async Task SayAsync(TestCall c, string response)
    {
        c.Model.BeginResponse(response);
        c.Model.Delta(response, "item_" + response, new byte[4_800]);
        c.Model.EndAudio(response, "item_" + response);
        c.Model.EndResponse(response);
        await c.WaitAsync();
        c.Carrier.ReturnAllMarks();
        await c.WaitAsync();
    }

    /// <summary>A live line: audio each 100 ms, and what is sent is played.</summary>
    private async Task WaitAndListenAsync(TestCall c, int milliseconds)
    {
        byte[] quiet = [.. Enumerable.Repeat((byte)0xFF, 800)];
        for (int at = 0; at < milliseconds && !c.Running.IsCompleted; at += 100)
        {
            for (int frame = 0; frame < 5; frame++)
            {
                c.Carrier.Play();
            }

            c.Carrier.Media(quiet, timestamp: _timestamp += 100);
            await c.WaitAsync(100);
        }
    }
}
