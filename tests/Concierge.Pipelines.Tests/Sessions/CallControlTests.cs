using System.Text.Json.Nodes;
using Concierge.Protocols.Realtime;

namespace Concierge.Pipelines.Tests.Sessions;

/// <summary>What a controller may do to a call that runs.</summary>
public sealed class CallControlTests
{
    [Fact]
    public void A_session_changed_in_mid_call_is_so_before_the_tool_output_that_was_given_after_it()
    {
        var (_, call) = TestCall.Run(async c =>
        {
            await c.BeginAsync();
            c.Model.BeginResponse("r1");
            c.Model.EndResponse("r1", output: """[{"id":"i1","type":"function_call","status":"completed","call_id":"c1","name":"transfer","arguments":"{}"}]""");
            await c.WaitAsync();
            c.Controller.Call!.UpdateSession(new RealtimeSessionConfig { Instructions = "Be somebody else.", Tools = [new RealtimeFunctionTool("look", "Looks.")] });
            c.Controller.Call.SubmitToolOutput("c1", "done");
            await c.WaitAsync();
            c.Carrier.Stop();
        });

        List<JsonNode> heard = call.Model.Heard;
        int update = heard.FindLastIndex(e => (string?)e["type"] == "session.update");
        int output = heard.FindIndex(e => (string?)e["item"]?["type"] == "function_call_output");
        int response = heard.FindIndex(e => (string?)e["type"] == "response.create");
        Assert.InRange(update, 1, output - 1);
        Assert.InRange(output, 2, response - 1);
        JsonNode session = heard[update]["session"]!;
        Assert.Equal("Be somebody else.", (string?)session["instructions"]);
        Assert.Equal("look", (string?)session["tools"]![0]!["name"]);
        Assert.Equal(24000, (int?)session["audio"]!["output"]!["format"]!["rate"]);
        CallEvent.SessionUpdated told = Assert.Single(call.Controller.Events.OfType<CallEvent.SessionUpdated>());
        Assert.Equal("Be somebody else.", told.Session.Instructions);
    }

    [Fact]
    public void A_session_that_comes_back_with_other_formats_ends_the_call_instead_of_making_noise()
    {
        var (result, _) = TestCall.Run(
            async c =>
            {
                await c.BeginAsync();
                c.Controller.Call!.UpdateSession(new RealtimeSessionConfig { Instructions = "Break." });
                await c.WaitAsync();
            },
            model: new ScriptedModel
            {
                OnSessionUpdate = e =>
                {
                    JsonNode session = e["session"]!.DeepClone();
                    if ((string?)session["instructions"] == "Break.")
                    {
                        session["audio"]!["output"]!["format"] = new JsonObject { ["type"] = "audio/pcmu" };
                    }

                    return new JsonObject { ["type"] = "session.updated", ["event_id"] = "e", ["session"] = session }.ToJsonString();
                },
            });
        Assert.Equal(CallEndReason.ModelFormatMismatch, result.Reason);
    }

    [Theory]
    [InlineData(CallAudioMode.Pcm16, 400 * 48)]
    [InlineData(CallAudioMode.MuLaw, 400 * 8)]
    public void Audio_added_by_the_controller_reaches_the_model_in_its_own_format_and_before_the_commit(CallAudioMode mode, int octets)
    {
        var (_, call) = TestCall.Run(
            async c =>
            {
                await c.BeginAsync();
                c.Controller.Call!.SendAudio(new byte[3200], commit: true);
                await c.WaitAsync();
                c.Carrier.Stop();
            },
            new CallSessionOptions { AudioMode = mode });
        int heard = call.Model.Heard.Where(e => (string?)e["type"] == "input_audio_buffer.append").Sum(e => Convert.FromBase64String((string)e["audio"]!).Length);
        Assert.InRange(heard, octets - 400, octets);
        List<string> types = [.. call.Model.HeardTypes];
        Assert.True(types.LastIndexOf("input_audio_buffer.append") < types.IndexOf("input_audio_buffer.commit"));
    }

    [Fact]
    public void A_note_of_the_system_is_said_as_such()
    {
        var (_, call) = TestCall.Run(async c =>
        {
            await c.BeginAsync();
            c.Controller.Call!.SendSystemText("That was too long.");
            await c.WaitAsync();
            c.Carrier.Stop();
        });
        JsonNode item = call.Model.Heard.Single(e => (string?)e["type"] == "conversation.item.create")["item"]!;
        Assert.Equal(("system", "That was too long."), ((string?)item["role"], (string?)item["content"]![0]!["text"]));
    }

    [Fact]
    public void A_silence_of_the_caller_that_the_model_gave_up_on_is_told()
    {
        var (_, call) = TestCall.Run(async c =>
        {
            await c.BeginAsync();
            c.Model.Event("input_audio_buffer.timeout_triggered", """
                "audio_start_ms":0,"audio_end_ms":6000,"item_id":"user_7"
                """);
            await c.WaitAsync();
            c.Carrier.Stop();
        });
        Assert.Equal("user_7", Assert.Single(call.Controller.Events.OfType<CallEvent.CallerTimedOut>()).ItemId);
    }
}
