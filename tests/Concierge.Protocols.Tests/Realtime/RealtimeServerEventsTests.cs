using System.Text;
using Concierge.Protocols.Realtime;

namespace Concierge.Protocols.Tests.Realtime;

public sealed class RealtimeServerEventsTests
{
    [Theory]
    [InlineData("""{"type":"tokens","input_tokens":9,"input_token_details":{"text_tokens":2,"audio_tokens":7},"output_tokens":4,"total_tokens":13}""", 7, 4, 0)]
    [InlineData("""{"type":"duration","seconds":2.5}""", 0, 0, 2.5)]
    [InlineData("null", 0, 0, 0)]
    public void Reads_a_transcription_with_its_cost_in_tokens_or_in_time(string usage, long audio, long output, double seconds)
    {
        string text = $$"""{"type":"conversation.item.input_audio_transcription.completed","event_id":"e","item_id":"i","content_index":0,"transcript":"hello","usage":{{usage}}}""";
        Assert.Equal(RealtimeError.None, RealtimeServerEvents.ReadTranscription(Utf8(text), out string? words, out RealtimeUsage? cost));
        Assert.Equal("hello", words);
        Assert.Equal((audio, output, seconds), (cost?.InputAudio ?? 0, cost?.Output ?? 0, cost?.Seconds ?? 0));
        Assert.Equal(usage == "null", cost is null);
    }

    [Fact]
    public void Reads_the_session_that_is_in_force()
    {
        const string Text = """
            {"type":"session.updated","event_id":"event_1","session":{"type":"realtime","object":"realtime.session","id":"sess_1","model":"gpt-realtime-2.1",
            "output_modalities":["audio"],"instructions":"Be brief.","tools":[{"type":"function","name":"hang_up","parameters":{"type":"object"}},{"type":"mcp","server_label":"x"}],
            "tool_choice":{"type":"function","name":"hang_up"},"max_output_tokens":"inf","tracing":"auto","prompt":null,"expires_at":1760003600,
            "audio":{"input":{"format":{"type":"audio/pcmu"},"transcription":null,"noise_reduction":null,"turn_detection":{"type":"server_vad","threshold":0.5}},
            "output":{"format":{"type":"audio/pcm","rate":24000},"voice":"marin","speed":1.0}},"include":null}}
            """;

        Assert.Equal(RealtimeError.None, RealtimeServerEvents.ReadSession(Utf8(Text), out RealtimeSessionInfo? session));
        Assert.NotNull(session);
        Assert.Equal(("sess_1", "realtime", "gpt-realtime-2.1"), (session.Id, session.Type, session.Model));
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1760003600), session.ExpiresAt);
        Assert.Equal(RealtimeAudioFormat.Pcmu, session.InputFormat?.Known);
        Assert.Equal(RealtimeAudioFormat.Pcm24k, session.OutputFormat?.Known);
        Assert.Equal(("marin", "server_vad", "Be brief."), (session.Voice, session.TurnDetection, session.Instructions));
        Assert.Equal(["hang_up"], session.ToolNames);
    }

    [Fact]
    public void Reads_a_custom_voice_and_does_not_know_a_format_it_cannot_speak()
    {
        const string Text = """{"session":{"audio":{"output":{"voice":{"x":[1],"id":"voice_1"},"format":{"type":"audio/pcm","rate":16000}}}},"type":"session.created"}""";

        Assert.Equal(RealtimeError.None, RealtimeServerEvents.ReadSession(Utf8(Text), out RealtimeSessionInfo? session));
        Assert.Equal("voice_1", session?.Voice);
        Assert.Equal("audio/pcm", session?.OutputFormat?.Type);
        Assert.Null(session?.OutputFormat?.Known);
        Assert.Null(session?.InputFormat);
        Assert.Null(session?.ExpiresAt);
    }

    [Fact]
    public void Reads_a_response_with_its_items_its_cost_and_its_end()
    {
        const string Text = """
            {"event_id":"event_1","type":"response.done","response":{"object":"realtime.response","id":"resp_1","status":"incomplete","status_details":{"type":"incomplete","reason":"max_output_tokens"},
            "conversation_id":"conv_1","output":[{"id":"item_1","object":"realtime.item","type":"message","status":"incomplete","role":"assistant","phase":"final_answer",
            "content":[{"type":"output_audio","transcript":"A table"},{"type":"output_text","text":"for two"}]},{"id":"item_2","type":"function_call","status":"completed","call_id":"call_1","name":"book","arguments":"{\"n\":2}"}],
            "audio":{"output":{"format":{"type":"audio/pcma"},"voice":"marin"}},"metadata":null,"max_output_tokens":1,
            "usage":{"total_tokens":30,"input_tokens":10,"output_tokens":20,"input_token_details":{"text_tokens":3,"audio_tokens":7,"cached_tokens":2,"cached_tokens_details":{"text_tokens":1}},"output_token_details":{"text_tokens":4,"audio_tokens":16}}}}
            """;

        Assert.Equal(RealtimeError.None, RealtimeServerEvents.ReadResponse(Utf8(Text), out RealtimeResponseInfo? response));
        Assert.NotNull(response);
        Assert.Equal(("resp_1", "incomplete", "max_output_tokens", "conv_1"), (response.Id, response.Status, response.Reason, response.ConversationId));
        Assert.Null(response.Error);
        Assert.Equal(RealtimeAudioFormat.Pcma, response.OutputFormat?.Known);
        Assert.Equal(new RealtimeUsage(30, 10, 3, 7, 2, 20, 4, 16, InputCachedText: 1), response.Usage);
        Assert.Equal(2, response.Output.Count);
        Assert.Equal(("A table for two", "final_answer", "assistant"), (response.Output[0].Text, response.Output[0].Phase, response.Output[0].Role));
        Assert.True(response.Output[1].IsFunctionCall);
        Assert.Equal(("call_1", "book", """{"n":2}"""), (response.Output[1].CallId, response.Output[1].Name, response.Output[1].Arguments));
    }

    [Fact]
    public void Reads_why_a_response_failed_and_what_an_error_says()
    {
        Assert.Equal(RealtimeError.None, RealtimeServerEvents.ReadResponse(
            Utf8("""{"type":"response.done","response":{"id":"r","status":"failed","status_details":{"type":"failed","error":{"type":"server_error","code":"rate_limit_exceeded","message":"m"}},"output":[]}}"""),
            out RealtimeResponseInfo? response));
        Assert.True(RealtimeErrorCodes.IsRateLimit(response?.Error?.Code));

        Assert.Equal(RealtimeError.None, RealtimeServerEvents.ReadError(
            Utf8("""{"type":"error","event_id":"event_1","error":{"type":"invalid_request_error","code":"invalid_api_key","message":"Incorrect \"key\"","param":null,"event_id":"my-1"}}"""),
            out RealtimeErrorInfo? error));
        Assert.Equal(new RealtimeErrorInfo("invalid_request_error", "invalid_api_key", "Incorrect \"key\"", null, "my-1"), error);
        Assert.True(RealtimeErrorCodes.IsFatal(error?.Code));
        Assert.False(RealtimeErrorCodes.IsFatal(null));
        Assert.False(RealtimeErrorCodes.IsFatal(RealtimeErrorCodes.CancelNotActive));
    }

    [Fact]
    public void Reads_items_texts_function_calls_and_rate_limits()
    {
        Assert.Equal(RealtimeError.None, RealtimeServerEvents.ReadItem(
            Utf8("""{"type":"conversation.item.done","previous_item_id":null,"item":{"id":"i","type":"message","role":"user","status":"completed","content":[{"type":"input_audio","transcript":null}]}}"""),
            out RealtimeItemInfo? item));
        Assert.Equal(("i", "user", ""), (item?.Id, item?.Role, item?.Text));

        Assert.Equal(RealtimeError.None, RealtimeServerEvents.ReadText(
            Utf8("""{"type":"conversation.item.input_audio_transcription.completed","item_id":"i","content_index":0,"transcript":"Z\u00fcrich","usage":{"type":"duration","seconds":1.5}}"""), out string? text));
        Assert.Equal("Zürich", text);
        Assert.Equal(RealtimeError.None, RealtimeServerEvents.ReadText(Utf8("""{"type":"response.output_audio_transcript.delta","delta":" a"}"""), out text));
        Assert.Equal(" a", text);
        Assert.Equal(RealtimeError.None, RealtimeServerEvents.ReadText(Utf8("""{"type":"response.output_text.done","text":"t"}"""), out text));
        Assert.Equal("t", text);

        Assert.Equal(RealtimeError.None, RealtimeServerEvents.ReadFunctionCallArguments(
            Utf8("""{"type":"response.function_call_arguments.done","response_id":"r","item_id":"i","output_index":0,"call_id":"c","name":"book","arguments":"{\"n\":"}"""), out RealtimeFunctionCall? call));
        Assert.Equal(new RealtimeFunctionCall("r", "i", "c", "book", """{"n":"""), call);

        Assert.Equal(RealtimeError.None, RealtimeServerEvents.ReadRateLimits(
            Utf8("""{"type":"rate_limits.updated","rate_limits":[{"name":"tokens","limit":100,"remaining":60,"reset_seconds":0.25},null]}"""), out IReadOnlyList<RealtimeRateLimit>? limits));
        Assert.Equal([new RealtimeRateLimit("tokens", 100, 60, 0.25)], limits);
    }

    [Fact]
    public void Names_what_is_wrong_and_gives_nothing()
    {
        Assert.Equal(RealtimeError.MissingField, RealtimeServerEvents.ReadSession("""{"type":"session.updated"}"""u8, out RealtimeSessionInfo? session));
        Assert.Null(session);
        Assert.Equal(RealtimeError.WrongType, RealtimeServerEvents.ReadSession("""{"type":"session.updated","session":[]}"""u8, out session));
        Assert.Null(session);
        Assert.Equal(RealtimeError.WrongType, RealtimeServerEvents.ReadSession("""{"type":"session.updated","session":{"audio":{"output":{"voice":7}}}}"""u8, out session));
        Assert.Null(session);
        Assert.Equal(RealtimeError.NotJson, RealtimeServerEvents.ReadText("""{"delta":"""u8, out string? text));
        Assert.Null(text);
        Assert.Equal(RealtimeError.NotJson, RealtimeServerEvents.ReadText("null"u8, out _));
        Assert.Equal(RealtimeError.MissingField, RealtimeServerEvents.ReadFunctionCallArguments("""{"type":"x","call_id":"c"}"""u8, out _));
        Assert.NotEqual(RealtimeError.None, RealtimeServerEvents.ReadText("""{"type":"response.output_text.done","text":"\ud800"}"""u8, out _));
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
