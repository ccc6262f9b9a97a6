using System.Buffers;
using System.Text;
using System.Text.Json;
using Concierge.Protocols.Realtime;

namespace Concierge.Protocols.Tests.Realtime;

public sealed class RealtimeClientEventsTests
{
    [Fact]
    public void Appends_audio_from_bytes_and_from_base64_text()
    {
        byte[] audio = [0xFF, 0x7F, 0, 1];
        var fromBytes = new AppendAudioMessage(audio);
        byte[] text = new byte[fromBytes.Length];
        fromBytes.Write(text);
        Assert.Equal("""{"type":"input_audio_buffer.append","audio":"/38AAQ=="}""", Encoding.UTF8.GetString(text));

        var verbatim = new AppendBase64Message("/38AAQ=="u8);
        byte[] copy = new byte[verbatim.Length];
        verbatim.Write(copy);
        Assert.Equal(text, copy);
    }

    [Fact]
    public void Refuses_an_append_beyond_15_MiB_of_text()
    {
        byte[] most = new byte[AppendAudioMessage.MaximumTextLength / 4 * 3];
        var message = new AppendAudioMessage(most);
        Assert.True(message.Length > AppendAudioMessage.MaximumTextLength);
        Assert.Throws<ArgumentOutOfRangeException>(() => _ = new AppendAudioMessage(new byte[most.Length + 1]).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => _ = new AppendBase64Message(new byte[AppendAudioMessage.MaximumTextLength + 1]).Length);
    }

    [Fact]
    public void Writes_the_phone_configuration()
    {
        var config = new RealtimeSessionConfig
        {
            Model = "gpt-realtime-2.1",
            OutputModality = RealtimeModality.Audio,
            InputFormat = RealtimeAudioFormat.Pcmu,
            OutputFormat = RealtimeAudioFormat.Pcmu,
            TurnDetection = RealtimeTurnDetection.ServerVad,
            Voice = "marin",
        };

        Assert.Equal(
            """{"type":"session.update","session":{"type":"realtime","output_modalities":["audio"],"audio":{"input":{"format":{"type":"audio/pcmu"},"turn_detection":{"type":"server_vad"}},"output":{"format":{"type":"audio/pcmu"},"voice":"marin"}}}}""",
            Written(output => RealtimeClientEvents.WriteSessionUpdate(output, config)));
    }

    [Fact]
    public void Writes_every_field_of_the_session()
    {
        var config = new RealtimeSessionConfig
        {
            OutputModality = RealtimeModality.Audio,
            Instructions = "Say \"hi\"\n",
            InputFormat = RealtimeAudioFormat.Pcm24k,
            OutputFormat = RealtimeAudioFormat.Pcma,
            CustomVoiceId = "voice_1",
            Speed = 1.25,
            TurnDetection = RealtimeTurnDetection.ServerVad with
            {
                Threshold = 0.5,
                PrefixPaddingMs = 300,
                SilenceDurationMs = 500,
                IdleTimeoutMs = 6000,
                CreateResponse = true,
                InterruptResponse = false,
            },
            InputTranscription = new RealtimeTranscription("gpt-transcribe") { Language = "en", Languages = ["en", "fr"], Keywords = ["table"], Prompt = "p", Delay = "low" },
            NoiseReduction = new RealtimeNoiseReduction("near_field", 0.5),
            IncludeTranscriptionLogProbs = true,
            Tools =
            [
                new RealtimeFunctionTool("hang_up", "Ends the call", """{"type":"object","properties":{}}"""),
                new RealtimeMcpTool("shop") { ServerUrl = "https://example.com/", AllowedTools = ["a"], Headers = new Dictionary<string, string> { ["h"] = "v" }, RequireApproval = "never", DeferLoading = true },
            ],
            ToolChoice = RealtimeToolChoice.Mcp("shop", "a"),
            ParallelToolCalls = false,
            ReasoningEffort = RealtimeReasoningEffort.XHigh,
            MaxOutputTokens = RealtimeSessionConfig.UnlimitedOutputTokens,
            Truncation = RealtimeTruncation.Retain(0.8) with { PostInstructionTokens = 9000 },
            Tracing = new RealtimeTracing { WorkflowName = "w", GroupId = "g", Metadata = new Dictionary<string, string> { ["k"] = "v" } },
            Prompt = new RealtimePrompt("pmpt_1", "2", new Dictionary<string, string> { ["city"] = "Paris" }),
        };

        Assert.Empty(config.Validate());
        Assert.Equal(
            """
            {"type":"session.update","event_id":"my-1","session":{"type":"realtime","output_modalities":["audio"],"instructions":"Say \"hi\"\n","audio":{"input":{"format":{"type":"audio/pcm","rate":24000},"transcription":{"model":"gpt-transcribe","language":"en","languages":["en","fr"],"keywords":["table"],"prompt":"p","delay":"low"},"noise_reduction":{"type":"near_field","strength":0.5},"turn_detection":{"type":"server_vad","threshold":0.5,"prefix_padding_ms":300,"silence_duration_ms":500,"idle_timeout_ms":6000,"create_response":true,"interrupt_response":false}},"output":{"format":{"type":"audio/pcma"},"voice":{"id":"voice_1"},"speed":1.25}},"include":["item.input_audio_transcription.logprobs"],"tools":[{"type":"function","name":"hang_up","description":"Ends the call","parameters":{"type":"object","properties":{}}},{"type":"mcp","server_label":"shop","server_url":"https://example.com/","headers":{"h":"v"},"allowed_tools":["a"],"require_approval":"never","defer_loading":true}],"tool_choice":{"type":"mcp","server_label":"shop","name":"a"},"parallel_tool_calls":false,"reasoning":{"effort":"xhigh"},"max_output_tokens":"inf","truncation":{"type":"retention_ratio","retention_ratio":0.8,"token_limits":{"post_instructions":9000}},"tracing":{"workflow_name":"w","group_id":"g","metadata":{"k":"v"}},"prompt":{"id":"pmpt_1","version":"2","variables":{"city":"Paris"}}}}
            """.Trim(),
            Written(output => RealtimeClientEvents.WriteSessionUpdate(output, config, "my-1")));
    }

    [Fact]
    public void Writes_null_for_what_is_switched_off_and_leaves_out_what_is_not_named()
    {
        var off = new RealtimeSessionConfig
        {
            TurnDetection = RealtimeTurnDetection.Off,
            InputTranscription = RealtimeTranscription.Off,
            NoiseReduction = RealtimeNoiseReduction.Off,
            Tracing = RealtimeTracing.Off,
            Instructions = "",
            Tools = [],
        };

        Assert.Equal(
            """{"type":"session.update","session":{"type":"realtime","instructions":"","audio":{"input":{"transcription":null,"noise_reduction":null,"turn_detection":null}},"tools":[],"tracing":null}}""",
            Written(output => RealtimeClientEvents.WriteSessionUpdate(output, off)));
        Assert.Equal(
            """{"type":"session.update","session":{"type":"realtime"}}""",
            Written(output => RealtimeClientEvents.WriteSessionUpdate(output, new RealtimeSessionConfig())));
        Assert.Equal(
            """{"type":"session.update","session":{"type":"transcription","audio":{"input":{"format":{"type":"audio/pcmu"}}}}}""",
            Written(output => RealtimeClientEvents.WriteSessionUpdate(
                output,
                new RealtimeSessionConfig { TranscriptionOnly = true, InputFormat = RealtimeAudioFormat.Pcmu, Voice = "marin", Instructions = "x", Tools = [] })));
        Assert.Equal(
            """{"type":"session.update","session":{"type":"realtime","audio":{"input":{"turn_detection":{"type":"semantic_vad","eagerness":"high","create_response":false}}},"tool_choice":"required","max_output_tokens":4096,"truncation":"disabled","tracing":"auto"}}""",
            Written(output => RealtimeClientEvents.WriteSessionUpdate(
                output,
                new RealtimeSessionConfig
                {
                    TurnDetection = RealtimeTurnDetection.SemanticVad with { Eagerness = RealtimeEagerness.High, CreateResponse = false, Threshold = 0.1 },
                    ToolChoice = RealtimeToolChoice.Required,
                    MaxOutputTokens = 4096,
                    Truncation = RealtimeTruncation.Disabled,
                    Tracing = RealtimeTracing.Auto,
                })));
    }

    [Fact]
    public void Writes_the_small_events()
    {
        Assert.Equal("""{"type":"response.create"}""", Written(o => RealtimeClientEvents.WriteResponseCreate(o)));
        Assert.Equal("""{"type":"response.create","event_id":"e","response":{"instructions":"Greet."}}""", Written(o => RealtimeClientEvents.WriteResponseCreate(o, "Greet.", "e")));
        Assert.Equal(
            """{"type":"response.create","response":{"output_modalities":["text"],"audio":{"output":{"format":{"type":"audio/pcmu"}}},"tool_choice":{"type":"function","name":"f"},"conversation":"none","metadata":{"k":"v"}}}""",
            Written(o => RealtimeClientEvents.WriteResponseCreate(o, new RealtimeResponseConfig
            {
                OutputModality = RealtimeModality.Text,
                OutputFormat = RealtimeAudioFormat.Pcmu,
                ToolChoice = RealtimeToolChoice.Function("f"),
                OutOfBand = true,
                Metadata = new Dictionary<string, string> { ["k"] = "v" },
            })));
        Assert.Equal("""{"type":"response.cancel"}""", Written(o => RealtimeClientEvents.WriteResponseCancel(o)));
        Assert.Equal("""{"type":"response.cancel","response_id":"r"}""", Written(o => RealtimeClientEvents.WriteResponseCancel(o, "r")));
        Assert.Equal("""{"type":"conversation.item.truncate","item_id":"i","content_index":0,"audio_end_ms":1500}""", Written(o => RealtimeClientEvents.WriteTruncate(o, "i", 0, 1500)));
        Assert.Equal("""{"type":"conversation.item.delete","item_id":"i"}""", Written(o => RealtimeClientEvents.WriteItemDelete(o, "i")));
        Assert.Equal("""{"type":"conversation.item.retrieve","item_id":"i"}""", Written(o => RealtimeClientEvents.WriteItemRetrieve(o, "i")));
        Assert.Equal("""{"type":"input_audio_buffer.clear"}""", Written(o => RealtimeClientEvents.WriteInputClear(o)));
        Assert.Equal("""{"type":"input_audio_buffer.commit","event_id":"e"}""", Written(o => RealtimeClientEvents.WriteInputCommit(o, "e")));
        Assert.Equal(
            """{"type":"conversation.item.create","item":{"type":"function_call_output","call_id":"c","output":"{\"ok\":true}"}}""",
            Written(o => RealtimeClientEvents.WriteFunctionCallOutput(o, "c", """{"ok":true}""")));
        Assert.Equal(
            """{"type":"conversation.item.create","item":{"id":"mine","type":"function_call","call_id":"c","name":"f","arguments":"{}"}}""",
            Written(o => RealtimeClientEvents.WriteFunctionCall(o, "c", "f", "{}", "mine")));
        Assert.Equal(
            """{"type":"conversation.item.create","item":{"type":"message","role":"user","content":[{"type":"input_text","text":"Zoë 😀"}]}}""",
            Written(o => RealtimeClientEvents.WriteUserText(o, "Zoë 😀")).Replace("\\uD83D\\uDE00", "😀"));
        Assert.Equal(
            """{"type":"conversation.item.create","item":{"type":"message","role":"assistant","content":[{"type":"output_text","text":"t"}]}}""",
            Written(o => RealtimeClientEvents.WriteAssistantText(o, "t")));
        Assert.Equal(
            """{"type":"conversation.item.create","item":{"type":"message","role":"system","content":[{"type":"input_text","text":"t"}]}}""",
            Written(o => RealtimeClientEvents.WriteSystemText(o, "t")));
    }

    [Fact]
    public void Escapes_whatever_a_tool_returns_even_half_a_surrogate_pair()
    {
        string nasty = "\0\u001f\"\\/<>&'+\u2028\ud800 \udc00é😀";

        using JsonDocument json = JsonDocument.Parse(Written(o => RealtimeClientEvents.WriteFunctionCallOutput(o, nasty, nasty)));
        string expected = nasty.Replace('\ud800', '\ufffd').Replace("\udc00é", "\ufffdé");
        Assert.Equal(expected, json.RootElement.GetProperty("item").GetProperty("output").GetString());
        Assert.Equal(expected, json.RootElement.GetProperty("item").GetProperty("call_id").GetString());
    }

    [Fact]
    public void Refuses_ids_that_the_server_would_refuse_and_writes_nothing()
    {
        var output = new ArrayBufferWriter<byte>();
        RealtimeClientEvents.WriteInputClear(output, new string('e', 512));
        RealtimeClientEvents.WriteUserText(output, "t", new string('i', 32));
        RealtimeClientEvents.WriteTruncate(output, new string('s', 500), 0, 0);
        RealtimeClientEvents.WriteFunctionCallOutput(output, new string('c', 500), "o");
        int before = output.WrittenCount;

        Assert.Throws<ArgumentException>(() => RealtimeClientEvents.WriteInputClear(output, new string('e', 513)));
        Assert.Throws<ArgumentException>(() => RealtimeClientEvents.WriteUserText(output, "t", new string('i', 33)));
        Assert.Throws<ArgumentException>(() => RealtimeClientEvents.WriteFunctionCall(output, new string('c', 33), "f", "{}"));
        Assert.ThrowsAny<ArgumentException>(() => RealtimeClientEvents.WriteTruncate(output, "i", 0, -1));
        foreach (string bad in new[] { "", "{", "[]", "{}x", "null" })
        {
            Assert.Throws<ArgumentException>(() => RealtimeClientEvents.WriteSessionUpdate(output, new RealtimeSessionConfig { Tools = [new RealtimeFunctionTool("f", null, bad)] }));
            Assert.Throws<ArgumentException>(() => RealtimeClientEvents.WriteResponseCreate(output, new RealtimeResponseConfig { Tools = [new RealtimeFunctionTool("f", null, bad)] }));
        }

        Assert.Equal(before, output.WrittenCount);
    }

    [Fact]
    public void Reports_every_value_out_of_range_at_once()
    {
        var config = new RealtimeSessionConfig
        {
            Speed = 2,
            MaxOutputTokens = 0,
            TurnDetection = RealtimeTurnDetection.ServerVad with { Threshold = double.NaN, IdleTimeoutMs = 100, SilenceDurationMs = -1 },
            NoiseReduction = new RealtimeNoiseReduction("loud"),
            InputTranscription = new RealtimeTranscription("m") { Delay = "soon", Languages = [] },
            Truncation = RealtimeTruncation.Retain(1.5),
            Tools = [new RealtimeFunctionTool("", null, "[]"), new RealtimeMcpTool("l") { RequireApproval = "maybe" }],
        };

        Assert.Equal(13, config.Validate().Count);
    }

    private static string Written(Action<IBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
