using System.Text.Json.Nodes;
using Concierge.Simulation.Realtime;
using Concierge.TestKit;

namespace Concierge.Simulation.Tests.Realtime;

/// <summary>Sessions that transcribe and never answer, and what transcriptions carry.</summary>
public sealed class TranscriptionSessionTests
{
    private static readonly RealtimeTwinConnection s_transcription = new() { Model = "", IsTranscription = true };

    [Fact]
    public void A_transcription_session_hears_commits_and_transcribes_and_never_speaks()
    {
        RealtimeTwinRecord record = TwinClient.Run(
            async twin =>
            {
                JsonNode session = (await twin.ExpectAsync("session.created"))["session"]!;
                Assert.Equal(("transcription", "realtime.transcription_session"), (session["type"]!.ToString(), session["object"]!.ToString()));
                Assert.Null(session["model"]);
                twin.Send(Update("gpt-transcribe"));
                Assert.Equal("gpt-transcribe", (await twin.ExpectAsync("session.updated"))["session"]!["audio"]!["input"]!["transcription"]!["model"]!.ToString());
                await twin.SpeakAsync("restaurant-greeting");
                await twin.ExpectAsync("input_audio_buffer.speech_started");
                await twin.ExpectAsync("input_audio_buffer.committed");
                JsonNode words = await twin.ExpectAsync("conversation.item.input_audio_transcription.completed");
                Assert.Equal("Trattoria Bella, good evening?", words["transcript"]!.ToString());
                Assert.Equal("tokens", words["usage"]!["type"]!.ToString());
                Assert.Null(words["logprobs"]);
                twin.Send("""{"type":"response.create"}""");
                await twin.ExpectErrorAsync("invalid_event");
                twin.Send("""{"type":"session.update","session":{"type":"transcription","instructions":"x"}}""");
                Assert.Equal("session.instructions", (await twin.ExpectErrorAsync("unknown_parameter"))["param"]!.ToString());
                twin.Send("""{"type":"session.update","session":{"type":"realtime"}}""");
                Assert.Equal("session.type", (await twin.ExpectErrorAsync("invalid_value"))["param"]!.ToString());
                Assert.DoesNotContain(twin.Types, t => t.StartsWith("response.", StringComparison.Ordinal));
            },
            connection: s_transcription);
        Valid(record);
    }

    [Fact]
    public void Probabilities_segments_and_the_kind_of_usage_are_those_of_the_model_and_of_what_was_asked_for()
    {
        RealtimeTwinRecord record = TwinClient.Run(
            async twin =>
            {
                twin.Send(Update("gpt-4o-transcribe-diarize", ",\"include\":[\"item.input_audio_transcription.logprobs\"]"));
                await twin.SpeakAsync("restaurant-greeting");
                JsonNode delta = await twin.ExpectAsync("conversation.item.input_audio_transcription.delta");
                Assert.Equal(delta["delta"]!.ToString(), string.Concat(delta["logprobs"]!.AsArray().Select(p => p!["token"]!.ToString())));
                JsonNode segment = await twin.ExpectAsync("conversation.item.input_audio_transcription.segment");
                Assert.Equal("Trattoria Bella, good evening?", segment["text"]!.ToString());
                Assert.True((double)segment["end"]! > (double)segment["start"]!);
                JsonNode whole = await twin.ExpectAsync("conversation.item.input_audio_transcription.completed");
                Assert.All(whole["logprobs"]!.AsArray(), p => Assert.True((double)p!["logprob"]! < 0));
                twin.Send(Update("gpt-realtime-whisper", ",\"include\":null"));
                await twin.SpeakAsync("restaurant-when");
                JsonNode last = await twin.ExpectAsync("conversation.item.input_audio_transcription.completed");
                Assert.Equal("duration", last["usage"]!["type"]!.ToString());
                Assert.Null(last["logprobs"]);
                Assert.Single(twin.Types, t => t.EndsWith("segment", StringComparison.Ordinal));
            },
            connection: s_transcription);
        Valid(record);
    }

    [Theory]
    [InlineData("""{"model":"gpt-4o-transcribe","languages":["en"]}""", "languages")]
    [InlineData("""{"model":"gpt-transcribe","delay":"low"}""", "delay")]
    [InlineData("""{"model":"gpt-realtime-whisper","prompt":"names"}""", "prompt")]
    public void A_hint_that_the_model_does_not_take_is_refused(string transcription, string param)
    {
        TwinClient.Run(async twin =>
        {
            twin.Send("""{"type":"session.update","session":{"type":"realtime","audio":{"input":{"transcription":$}}}}""".Replace("$", transcription, StringComparison.Ordinal));
            Assert.Equal("session.audio.input.transcription." + param, (await twin.ExpectErrorAsync("invalid_value"))["param"]!.ToString());
        });
    }

    private static string Update(string model, string more = "") =>
        """{"type":"session.update","session":{"type":"transcription","audio":{"input":{"format":{"type":"audio/pcm","rate":24000},"transcription":{"model":"$"}}}&}}"""
            .Replace("$", model, StringComparison.Ordinal).Replace("&", more, StringComparison.Ordinal);

    private static void Valid(RealtimeTwinRecord record)
    {
        Assert.Empty(record.Sent.SelectMany(e => RealtimeServerRules.Broken(JsonNode.Parse(e.Text!)!.AsObject())));
        Assert.Empty(record.Received.Where(e => e.Accepted).SelectMany(e => RealtimeClientRules.Broken(JsonNode.Parse(e.Text!)!.AsObject())));
    }
}
