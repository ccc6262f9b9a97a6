using System.Text.Json.Nodes;
using Concierge.Simulation.Realtime;
using Concierge.Simulation.Scenarios;

namespace Concierge.Simulation.Tests.Realtime;

/// <summary>Tokens that run out, responses out of band, transcriptions that fail, and calls that go on over a second connection.</summary>
public sealed class ResponseLimitTests
{
    [Theory]
    [InlineData("""{"type":"session.update","session":{"type":"realtime","max_output_tokens":40}}""", """{"type":"response.create"}""")]
    [InlineData("""{"type":"session.update","session":{"type":"realtime"}}""", """{"type":"response.create","response":{"max_output_tokens":40}}""")]
    public void A_response_ends_where_its_tokens_do(string update, string create)
    {
        RealtimeTwinRecord record = TwinClient.Run(async twin =>
        {
            twin.Send(update);
            twin.Send(create);
            Assert.Equal(40, (int)(await twin.ExpectAsync("response.created"))["response"]!["max_output_tokens"]!);
            JsonNode response = (await twin.ExpectAsync("response.done"))["response"]!;
            Assert.Equal(("incomplete", "max_output_tokens"), (response["status"]!.ToString(), response["status_details"]!["reason"]!.ToString()));
            Assert.Equal("incomplete", response["output"]![0]!["status"]!.ToString());
            Assert.InRange((int)response["usage"]!["output_tokens"]!, 25, 40);
        });
        Assert.InRange(record.Responses[0].AudioMs, 500, 2000);
    }

    [Fact]
    public void A_response_out_of_band_runs_beside_the_call_and_leaves_the_conversation_alone()
    {
        Scenario scenario = Scenario.Parse("""
            {"name":"x","turns":[{"by":"agent","say":"concierge-purpose"},{"by":"agent","outOfBand":true,"text":"polite"}]}
            """);
        TwinClient.Run(
            async twin =>
            {
                twin.Send("""{"type":"response.create"}""");
                await twin.ExpectAsync("response.output_audio.delta");
                twin.Send("""{"type":"response.create","response":{"conversation":"none","output_modalities":["text"],"metadata":{"topic":"tone"},"instructions":"Judge."}}""");
                JsonObject done = await twin.ExpectAsync("response.output_text.done");
                Assert.Equal("polite", done["text"]!.ToString());
                JsonNode aside = (await twin.ExpectAsync("response.done"))["response"]!;
                Assert.Equal(("completed", "tone"), (aside["status"]!.ToString(), aside["metadata"]!["topic"]!.ToString()));
                Assert.Null(aside["conversation_id"]);
                JsonNode call = (await twin.ExpectAsync("response.done"))["response"]!;
                Assert.Equal("completed", call["status"]!.ToString());
                Assert.Single(twin.Types, t => t == "conversation.item.added");
            },
            scenario);
    }

    [Fact]
    public void A_transcription_fails_when_it_was_told_to()
    {
        TwinClient.Run(
            async twin =>
            {
                twin.Send("""{"type":"session.update","session":{"type":"realtime","audio":{"input":{"transcription":{"model":"gpt-4o-mini-transcribe"}}}}}""");
                await twin.SpeakAsync("restaurant-greeting");
                JsonObject failed = await twin.ExpectAsync("conversation.item.input_audio_transcription.failed");
                Assert.Equal("audio_unintelligible", failed["error"]!["code"]!.ToString());
            },
            options: new RealtimeTwinOptions { Faults = new RealtimeTwinFaults { FailTranscriptions = 1 } });
    }

    [Fact]
    public void A_call_goes_on_where_its_lost_connection_stopped_under_other_ids()
    {
        Scenario scenario = ScenarioLibrary.Get("upstream-lost");
        var progress = new ScenarioProgress(scenario);
        Assert.Equal(TimeSpan.FromSeconds(14.3), progress.Connect()!.ResetAt);
        RealtimeTwinRecord first = Ask(progress);
        Assert.Equal(503, progress.Connect()!.RefuseStatus);
        Assert.False(progress.IsComplete);
        Assert.Null(progress.Connect());
        RealtimeTwinRecord second = Ask(progress);
        Assert.True(progress.IsComplete);
        Assert.Equal(("concierge-purpose", "concierge-details"), (first.Responses[0].Clip!.Name, second.Responses[0].Clip!.Name));
        Assert.NotEqual(first.Responses[0].Id, second.Responses[0].Id);

        static RealtimeTwinRecord Ask(ScenarioProgress progress) => TwinClient.Run(
            async twin =>
            {
                twin.Send("""{"type":"response.create"}""");
                await twin.ExpectAsync("response.done");
            },
            progress: progress);
    }
}
