using System.Text.Json.Nodes;
using Concierge.Audio;

namespace Concierge.Pipelines.Tests.Sessions;

/// <summary>Silence, limits, slow tools, keys and hand-overs, each as the people on the line live through it.</summary>
public sealed class CallConductTests
{
    [Fact]
    public void A_silent_line_is_asked_twice_then_told_goodbye_and_hung_up()
    {
        var conduct = new CallConduct { Silence = new SilencePolicy { PromptAfter = TimeSpan.FromSeconds(5), MaxPrompts = 2 } };
        var (result, call) = Run(conduct, async c =>
        {
            for (int i = 1; i <= 3; i++)
            {
                await c.WaitAsync(5_300);
                Assert.Equal(i, Requests(c).Count);
                await SayAsync(c, $"r{i}");
            }

            await c.WaitAsync(1_000);
            Assert.True(c.Running.IsCompleted);
        });
        Assert.Equal(CallEndReason.CallerIdle, result.Reason);
        Assert.Equal(1000, call.Carrier.CloseCode);
        Assert.Equal([1, 2], call.Controller.Events.OfType<CallEvent.SilencePrompted>().Select(e => e.Prompts));
        Assert.All(Requests(call), r => Assert.Equal("none", (string?)r["response"]!["tool_choice"]));
    }

    [Fact]
    public void Whoever_speaks_is_not_prompted_and_the_count_starts_over()
    {
        var conduct = new CallConduct { Silence = new SilencePolicy { PromptAfter = TimeSpan.FromSeconds(5), MaxPrompts = 1 } };
        var (result, call) = Run(conduct, async c =>
        {
            await c.WaitAsync(5_300);
            await SayAsync(c, "r1");
            c.Model.SpeechStarted();
            await c.WaitAsync(30_000); // a long story
            c.Model.SpeechStopped();
            await c.WaitAsync(4_000);
            Assert.Single(Requests(c));
            await c.WaitAsync(1_500);
            Assert.Equal(2, Requests(c).Count);
            await SayAsync(c, "r2");
            c.Carrier.Stop();
        });
        Assert.Equal(CallEndReason.CarrierStopped, result.Reason);
        Assert.Equal(2, call.Controller.Events.OfType<CallEvent.SilencePrompted>().Count());
    }

    [Fact]
    public void A_muted_caller_is_hung_up_on_by_the_clock_whatever_the_agent_says()
    {
        var conduct = new CallConduct { Silence = new SilencePolicy { MutedLimit = TimeSpan.FromSeconds(60) } };
        var (result, _) = Run(conduct, async c =>
        {
            for (int i = 0; i < 7 && !c.Running.IsCompleted; i++)
            {
                await SayAsync(c, $"r{i}");
                await c.WaitAsync(9_000);
            }

            await SayAsync(c, "last");
        });
        Assert.Equal(CallEndReason.CallerIdle, result.Reason);
        Assert.InRange(result.Duration.TotalSeconds, 60, 66);
    }

    [Fact]
    public void A_call_that_reaches_its_limit_is_warned_and_then_ended_with_a_goodbye()
    {
        var conduct = new CallConduct { Length = new LengthPolicy { Limit = TimeSpan.FromSeconds(120), WarnBefore = TimeSpan.FromSeconds(30) } };
        var (result, call) = Run(conduct, async c =>
        {
            await c.WaitAsync(89_000);
            Assert.Empty(Requests(c));
            await c.WaitAsync(1_500);
            Assert.Contains("about a minute", (string?)Assert.Single(Requests(c))["response"]!["instructions"]);
            await SayAsync(c, "r1");
            await c.WaitAsync(30_000);
            Assert.Equal(2, Requests(c).Count);
            Assert.False(c.Running.IsCompleted);
            await SayAsync(c, "r2");
        });
        Assert.Equal(CallEndReason.LengthLimit, result.Reason);
        Assert.NotNull(call);
    }

    [Fact]
    public void A_goodbye_that_the_model_never_says_does_not_keep_the_call_up()
    {
        var conduct = new CallConduct { Length = new LengthPolicy { Limit = TimeSpan.FromSeconds(60), WarnBefore = TimeSpan.Zero } };
        var (result, _) = Run(conduct, c => c.WaitAsync());
        Assert.Equal(CallEndReason.LengthLimit, result.Reason);
        Assert.InRange(result.Duration.TotalSeconds, 75, 78);
    }

    [Fact]
    public void While_a_tool_is_slow_the_line_is_not_silent_for_longer_than_configured()
    {
        var conduct = new CallConduct { Tools = new ToolPolicy { FillAfter = TimeSpan.FromSeconds(3), MaxFillers = 2 } };
        var (_, call) = Run(conduct, async c =>
        {
            CallTool(c, "r1", "call_1");
            await c.WaitAsync(3_200);
            Assert.Single(Requests(c));
            await SayAsync(c, "r2");
            await c.WaitAsync(3_200);
            Assert.Equal(2, Requests(c).Count);
            await SayAsync(c, "r3");
            await c.WaitAsync(10_000);
            Assert.Equal(2, Requests(c).Count); // enough said
            c.Controller.Call!.SubmitToolOutput("call_1", "{}");
            await c.WaitAsync();
            Assert.Equal(3, Requests(c).Count);
            Assert.Null((string?)Requests(c)[2]["response"]?["tool_choice"]); // the answer itself may call tools
            c.Carrier.Stop();
        });
        Assert.Equal(2, call.Controller.Events.OfType<CallEvent.ToolSlow>().Count());
    }

    [Fact]
    public void A_tool_that_never_answers_is_answered_for()
    {
        var conduct = new CallConduct { Tools = new ToolPolicy { Limit = TimeSpan.FromSeconds(20) } };
        var (_, call) = Run(conduct, async c =>
        {
            CallTool(c, "r1", "call_1");
            await c.WaitAsync(19_500);
            Assert.DoesNotContain("conversation.item.create", c.Model.HeardTypes);
            await c.WaitAsync(1_000);
            JsonNode output = Assert.Single(c.Model.Heard, e => (string?)e["type"] == "conversation.item.create");
            Assert.Contains("error", (string?)output["item"]!["output"]);
            Assert.Single(Requests(c));
            c.Carrier.Stop();
        });
        Assert.Equal("look", Assert.Single(call.Controller.Events.OfType<CallEvent.ToolAbandoned>()).Name);
    }

    [Theory]
    [InlineData("12#", "12")]
    [InlineData("470", "470")]
    [InlineData("#", null)]
    [InlineData("123456", "1234")]
    public void Keys_are_gathered_into_an_entry(string keys, string? entry)
    {
        var conduct = new CallConduct { Keypad = new KeypadPolicy { MaxDigits = 4 } };
        var (_, call) = Run(conduct, async c =>
        {
            foreach (char key in keys)
            {
                c.Carrier.Press(key);
                await c.WaitAsync(300);
            }

            await c.WaitAsync(2_500);
            c.Carrier.Stop();
        });
        Assert.Equal(entry, call.Controller.Events.OfType<CallEvent.KeysEntered>().FirstOrDefault()?.Keys);
        JsonNode? told = call.Model.Heard.FirstOrDefault(e => (string?)e["type"] == "conversation.item.create");
        Assert.Equal(entry is not null, told is not null && ((string)told["item"]!["content"]![0]!["text"]!).Contains(entry ?? "?", StringComparison.Ordinal));
        Assert.Equal(entry is not null, call.Model.HeardTypes.Contains("response.create"));
    }

    [Fact]
    public void Keys_for_the_other_side_are_tones_behind_what_is_being_said_and_speech_does_not_cut_them_off()
    {
        var (result, call) = Run(CallConduct.Default, async c =>
        {
            c.Model.BeginResponse("r1");
            c.Model.Delta("r1", "a1", new byte[4_800]);
            await c.WaitAsync();
            c.Controller.Call!.PressKeys("42#");
            await c.WaitAsync();
            c.Model.Delta("r1", "a1", new byte[4_800]); // the rest of the answer comes before the keys
            c.Model.EndAudio("r1", "a1");
            c.Model.EndResponse("r1");
            await c.WaitAsync();
            c.Carrier.ReturnAllMarks(); // the answer was heard, the keys are on their way
            await c.WaitAsync();
            c.Model.SpeechStarted();    // the machine at the other end talks on
            await c.WaitAsync(500);
            c.Carrier.ReturnAllMarks();
            await c.WaitAsync();
            c.Carrier.Stop();
        });
        Assert.Equal("42#", Keys(call.Carrier));
        Assert.Equal(0, result.Counters.Interruptions);
        Assert.DoesNotContain("conversation.item.truncate", call.Model.HeardTypes);
        Assert.Equal("a1", Assert.Single(call.Controller.Events.OfType<CallEvent.AgentSpeechStarted>()).ItemId);
    }

    [Fact]
    public void Keys_behind_speech_that_is_cut_off_are_pressed_all_the_same()
    {
        var (_, call) = Run(CallConduct.Default, async c =>
        {
            c.Model.BeginResponse("r1");
            for (int i = 0; i < 3; i++)
            {
                c.Model.Delta("r1", "a1", new byte[48_000]);
                await c.WaitAsync();
            }

            c.Model.EndAudio("r1", "a1");
            c.Model.EndResponse("r1");
            await c.WaitAsync();
            c.Controller.Call!.PressKeys("7");
            await c.WaitAsync();
            c.Model.SpeechStarted();
            await c.WaitAsync(500);
            c.Carrier.Stop();
        });
        Assert.Contains("conversation.item.truncate", call.Model.HeardTypes);
        Assert.Equal("7", Keys(call.Carrier));
    }

    [Theory]
    [InlineData("")]
    [InlineData("12x")]
    [InlineData("01234567890123456789012345678901234567890123456789012345678901234")]
    public void What_is_no_key_is_refused(string keys)
    {
        Run(CallConduct.Default, async c =>
        {
            await c.WaitAsync();
            Assert.ThrowsAny<ArgumentException>(() => c.Controller.Call!.PressKeys(keys));
            c.Carrier.Stop();
        });
    }

    [Fact]
    public void A_call_is_handed_over_after_its_announcement_was_heard()
    {
        var steering = new Steering();
        var (result, call) = Run(
            CallConduct.Default,
            async c =>
            {
                c.Controller.Call!.Transfer(new CallTransfer("+15550100") { Announcement = "Say that Ada takes over.", Summary = "Wants a table." });
                await c.WaitAsync();
                Assert.Contains("Ada", (string?)Assert.Single(Requests(c))["response"]!["instructions"]);
                c.Model.BeginResponse("r1");
                c.Model.Delta("r1", "a1", new byte[9_600]);
                c.Model.EndAudio("r1", "a1");
                c.Model.EndResponse("r1");
                await c.WaitAsync();
                Assert.Empty(steering.Transfers);
                c.Carrier.ReturnAllMarks();
                await c.WaitAsync();
            },
            steering);
        Assert.Equal(CallEndReason.Transferred, result.Reason);
        (string sid, CallTransfer transfer) = Assert.Single(steering.Transfers);
        Assert.Equal(ScriptedCarrier.CallSid, sid);
        Assert.Equal("Wants a table.", transfer.Summary);
        Assert.NotNull(call);
    }

    [Fact]
    public void The_stop_that_the_carrier_sends_for_a_hand_over_is_no_hang_up()
    {
        TestCall? running = null;
        var steering = new Steering
        {
            OnTransfer = async () =>
        {
            running!.Carrier.Stop();
            await running.WaitAsync(1_000);
        }
        };
        var (result, _) = Run(
            CallConduct.Default,
            async c =>
            {
                running = c;
                c.Controller.Call!.Transfer(new CallTransfer("+15550100"));
                await c.WaitAsync(2_000);
            },
            steering);
        Assert.Equal(CallEndReason.Transferred, result.Reason);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_hand_over_that_fails_leaves_the_call_up_and_the_agent_says_so(bool steered)
    {
        var steering = steered ? new Steering { OnTransfer = () => throw new CallSteeringException("busy") } : null;
        var (result, call) = Run(
            CallConduct.Default,
            async c =>
            {
                c.Controller.Call!.Transfer(new CallTransfer("+15550100"));
                await c.WaitAsync();
                await SayAsync(c, "r1");
                Assert.Single(Requests(c));
                c.Carrier.Stop();
            },
            steering);
        Assert.Equal(CallEndReason.CarrierStopped, result.Reason);
        Assert.Single(call.Controller.Events.OfType<CallEvent.TransferFailed>());
        Assert.Single(call.Model.Heard, e => (string?)e["item"]?["role"] == "system");
    }

    [Fact]
    public void A_call_that_is_being_handed_over_is_not_handed_over_again_and_its_failure_is_told_once()
    {
        TestCall? running = null;
        var steering = new Steering
        {
            OnTransfer = async () =>
            {
                await running!.WaitAsync(1_000);
                throw new CallSteeringException("busy");
            }
        };
        var (_, call) = Run(
            CallConduct.Default,
            async c =>
            {
                running = c;
                c.Controller.Call!.Transfer(new CallTransfer("+15550100"));
                await c.WaitAsync(100);
                c.Controller.Call!.Transfer(new CallTransfer("+15550101"));
                await c.WaitAsync(2_000);
                c.Carrier.Stop();
            },
            steering);
        Assert.Equal("+15550100", Assert.Single(steering.Transfers).Transfer.Target);
        Assert.Single(call.Controller.Events.OfType<CallEvent.TransferFailed>());
        Assert.Single(Requests(call));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_stop_while_the_carrier_is_asked_is_a_hang_up_when_it_then_refuses(bool keys)
    {
        TestCall? running = null;
        async Task RefuseAsync()
        {
            running!.Carrier.Stop();
            await running.WaitAsync(500);
            throw new CallSteeringException("the call is not in progress");
        }

        var steering = new Steering { OnTransfer = RefuseAsync, OnKeys = RefuseAsync };
        var (result, call) = Run(
            CallConduct.Default,
            async c =>
            {
                running = c;
                if (keys)
                {
                    c.Controller.Call!.PressKeys("1", KeyMethod.CallUpdate);
                }
                else
                {
                    c.Controller.Call!.Transfer(new CallTransfer("+15550100"));
                }

                await c.WaitAsync(2_000);
            },
            steering);
        Assert.Equal(CallEndReason.CarrierStopped, result.Reason);
        Assert.Equal(CallEndReason.CarrierStopped, Assert.Single(call.Controller.Events.OfType<CallEvent.CallEnded>()).Reason);
    }

    [Fact]
    public void Keys_by_the_carrier_end_the_stream_and_not_the_call_and_a_refusal_is_told()
    {
        var steering = new Steering { OnKeys = () => throw new CallSteeringException("no") };
        var (result, call) = Run(
            CallConduct.Default,
            async c =>
            {
                c.Controller.Call!.PressKeys("1", KeyMethod.CallUpdate);
                await c.WaitAsync();
                steering.OnKeys = async () =>
                {
                    c.Carrier.Stop();
                    await c.WaitAsync(200);
                };
                c.Controller.Call!.PressKeys("2", KeyMethod.CallUpdate);
                await c.WaitAsync(1_000);
            },
            steering);
        Assert.Equal(["1", "2"], steering.Keys);
        Assert.Equal(CallEndReason.KeysPressed, result.Reason);
        Assert.True(result.Reason.GoesOn() && result.Reason.IsOrderly());
        Assert.Equal("no", Assert.Single(call.Controller.Events.OfType<CallEvent.KeysNotPressed>()).Why);
        Assert.Equal("", Keys(call.Carrier));
    }

    private static (CallResult Result, TestCall Call) Run(CallConduct conduct, Func<TestCall, Task> scenario, ICallSteering? steering = null) => TestCall.Run(
        async c =>
        {
            await c.BeginAsync();
            await scenario(c);
        },
        controller: new RecordingController { Conduct = conduct },
        steering: steering);

    private static List<JsonNode> Requests(TestCall c) => [.. c.Model.Heard.Where(e => (string?)e["type"] == "response.create")];

    /// <summary>A short answer, heard to its end.</summary>
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

    private static void CallTool(TestCall c, string response, string call)
    {
        c.Model.BeginResponse(response);
        c.Model.EndResponse(response, output: $$"""[{"id":"item_1","type":"function_call","status":"completed","name":"look","call_id":"{{call}}","arguments":"{}"}]""");
    }

    /// <summary>The keys in what the other side heard.</summary>
    private static string Keys(ScriptedCarrier carrier)
    {
        byte[] heard = [.. carrier.Heard.Where(e => (string?)e["event"] == "media").SelectMany(e => Convert.FromBase64String((string)e["media"]!["payload"]!))];
        short[] samples = new short[heard.Length];
        MuLaw.Decode(heard, samples);
        char[] keys = new char[64];
        return new string(keys, 0, new DtmfDetector().Process(samples, keys));
    }

    private sealed class Steering : ICallSteering
    {
        public List<(string CallSid, CallTransfer Transfer)> Transfers { get; } = [];

        public List<string> Keys { get; } = [];

        public Func<Task> OnTransfer { get; init; } = () => Task.CompletedTask;

        public Func<Task> OnKeys { get; set; } = () => Task.CompletedTask;

        public async ValueTask TransferAsync(string callSid, CallTransfer transfer, CancellationToken cancellationToken)
        {
            Transfers.Add((callSid, transfer));
            await OnTransfer();
        }

        public async ValueTask PressKeysAsync(string callSid, string keys, CancellationToken cancellationToken)
        {
            Keys.Add(keys);
            await OnKeys();
        }
    }
}
