using System.Text.Json.Nodes;
using Concierge.Pipelines.Tests.Sessions;
using Concierge.Protocols.Realtime;
using Concierge.Simulation.Time;

namespace Concierge.Pipelines.Tests.Upstream;

/// <summary>Sessions that are dialled and configured before their call begins.</summary>
public sealed class PreparedModelTests
{
    private static readonly RealtimeSessionConfig s_config = new() { Instructions = "Be brief." };

    [Fact]
    public void A_call_takes_the_session_that_waits_for_it_and_sends_it_nothing_but_audio()
    {
        var model = new ScriptedModel();
        var (result, call) = TestCall.Run(
            async c =>
            {
                PreparedModel waiting = await PreparedModel.PrepareAsync(model, s_config, new CallSessionOptions(), c.Loop.TimeProvider, default);
                waiting.Park();
                model.OnClaim = () => ValueTask.FromResult<PreparedModel?>(waiting);
                await c.WaitAsync(500);
                int before = model.Heard.Count;
                await c.BeginAsync();
                Assert.Contains(c.Controller.Events, e => e is CallEvent.ModelReady);
                Assert.Equal(before, model.Heard.Count);
                await c.LiveAsync(0.2);
                c.Carrier.Stop();
            },
            model: model);
        Assert.Equal(CallEndReason.CarrierStopped, result.Reason);
        Assert.Equal(1, model.Dials);
        Assert.Single(model.HeardTypes, "session.update");
        Assert.Equal(9, model.HeardTypes.Count(t => t == "input_audio_buffer.append"), 1.0);
        Assert.NotNull(call);
    }

    [Fact]
    public void A_session_prepared_for_something_else_is_configured_anew_before_it_hears_anything()
    {
        var model = new ScriptedModel();
        TestCall.Run(
            async c =>
            {
                PreparedModel waiting = await PreparedModel.PrepareAsync(
                    model, new RealtimeSessionConfig { Instructions = "Another." }, new CallSessionOptions(), c.Loop.TimeProvider, default);
                waiting.Park();
                model.OnClaim = () => ValueTask.FromResult<PreparedModel?>(waiting);
                await c.BeginAsync();
                await c.LiveAsync(0.2);
                c.Carrier.Stop();
            },
            model: model);
        Assert.Equal(1, model.Dials);
        Assert.Equal(["session.update", "session.update", "input_audio_buffer.append"], model.HeardTypes.Take(3));
        Assert.Equal("Be brief.", (string?)model.Heard[1]["session"]!["instructions"]);
    }

    [Fact]
    public void A_session_that_ended_while_it_waited_is_replaced_by_dialling()
    {
        var model = new ScriptedModel();
        var (result, _) = TestCall.Run(
            async c =>
            {
                PreparedModel waiting = await PreparedModel.PrepareAsync(model, s_config, new CallSessionOptions(), c.Loop.TimeProvider, default);
                waiting.Park();
                model.OnClaim = () => ValueTask.FromResult<PreparedModel?>(waiting);
                await model.CloseAsync(1011, "");
                await c.WaitAsync();
                Assert.False(waiting.IsUp);
                await c.BeginAsync();
                await c.LiveAsync(0.2);
                c.Carrier.Stop();
            },
            model: model);
        Assert.Equal(CallEndReason.CarrierStopped, result.Reason);
        Assert.Equal(2, model.Dials);
        Assert.Equal(0, result.Counters.ModelLosses);
    }

    [Fact]
    public void A_session_that_nobody_takes_is_closed_in_order()
    {
        var model = new ScriptedModel();
        var loop = new VirtualTimeLoop();
        loop.Run(async () =>
        {
            PreparedModel waiting = await PreparedModel.PrepareAsync(model, s_config, new CallSessionOptions(), loop.TimeProvider, default);
            waiting.Park();
            await waiting.DisposeAsync();
            await model.Listening;
        });
        Assert.Equal(1000, model.CloseCode);
    }

    [Theory]
    [InlineData("invalid_request_error", "invalid_api_key", CallEndReason.ModelFatalError)]
    [InlineData("invalid_request_error", "unknown_parameter", CallEndReason.ModelFatalError)]
    [InlineData("requests", "rate_limit_exceeded", CallEndReason.ModelRefused)]
    [InlineData("server_error", "", CallEndReason.ModelRefused)]
    [InlineData("invalid_request_error", "session_expired", CallEndReason.ModelClosed)]
    public void An_error_instead_of_a_session_says_whether_trying_again_may_help(string type, string code, CallEndReason reason)
    {
        var model = new ScriptedModel
        {
            Greeting = $$$"""{"type":"error","event_id":"e","error":{"type":"{{{type}}}","code":"{{{code}}}","message":"m","param":null,"event_id":null}}""",
        };
        var loop = new VirtualTimeLoop();
        ModelConnectException refused = loop.Run(() => Assert.ThrowsAsync<ModelConnectException>(
            () => PreparedModel.PrepareAsync(model, s_config, new CallSessionOptions(), loop.TimeProvider, default).AsTask()));
        Assert.Equal(reason, refused.Reason);
        loop.Run(() => model.Listening);
    }

    [Fact]
    public void A_greeting_asked_for_at_once_reaches_the_session_that_waited()
    {
        var model = new ScriptedModel();
        var controller = new RecordingController { OnEvent = (e, call) => Greet(e, call) };
        TestCall.Run(
            async c =>
            {
                PreparedModel waiting = await PreparedModel.PrepareAsync(model, s_config, new CallSessionOptions(), c.Loop.TimeProvider, default);
                waiting.Park();
                model.OnClaim = () => ValueTask.FromResult<PreparedModel?>(waiting);
                await c.BeginAsync();
                c.Carrier.Stop();
            },
            model: model,
            controller: controller);
        JsonNode create = Assert.Single(model.Heard, e => (string?)e["type"] == "response.create");
        Assert.NotNull(create);

        static void Greet(CallEvent e, ICallControl call)
        {
            // Before the model is there, and when it is: one request.
            if (e is CallEvent.CallStarted or CallEvent.ModelReady)
            {
                call.RequestResponse();
            }
        }
    }
}
