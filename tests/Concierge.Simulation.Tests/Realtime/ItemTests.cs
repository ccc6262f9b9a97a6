using System.Text.Json.Nodes;
using Concierge.Simulation.Realtime;

namespace Concierge.Simulation.Tests.Realtime;

/// <summary>Items that a client makes, and the fields of response.create.</summary>
public sealed class ItemTests
{
    [Fact]
    public void Events_tell_of_an_item_without_its_audio_and_a_retrieve_gives_it_back()
    {
        TwinClient.Run(async twin =>
        {
            twin.Send("""{"type":"conversation.item.create","item":{"id":"mine","type":"message","role":"user","content":[{"type":"input_text","text":"Look:"},{"type":"input_image","image_url":"data:image/png;base64,iVBORw0KGgo=","detail":"low"},{"type":"input_audio","audio":"AAAAAA==","transcript":"hm"}]}}""");
            foreach (string type in (string[])["conversation.item.added", "conversation.item.done"])
            {
                JsonArray content = (await twin.ExpectAsync(type))["item"]!["content"]!.AsArray();
                Assert.Equal("data:image/png;base64,iVBORw0KGgo=", content[1]!["image_url"]!.ToString());
                Assert.Equal("""{"type":"input_audio","transcript":"hm"}""", content[2]!.ToJsonString());
            }

            twin.Send("""{"type":"conversation.item.retrieve","item_id":"mine"}""");
            Assert.Equal("AAAAAA==", (await twin.ExpectAsync("conversation.item.retrieved"))["item"]!["content"]![2]!["audio"]!.ToString());
            twin.Send("""{"type":"conversation.item.create","item":{"type":"function_call","name":"f","arguments":"{}"}}""");
            string call = (await twin.ExpectAsync("conversation.item.done"))["item"]!["call_id"]!.ToString();
            twin.Send($$$"""{"type":"conversation.item.create","item":{"type":"function_call_output","call_id":"{{{call}}}","output":"{}"}}""");
            await twin.ExpectAsync("conversation.item.done");
        });
    }

    [Theory]
    [InlineData("""{"type":"input_image","image_url":"https://example.com/a.png"}""", "invalid_value", ".image_url")]
    [InlineData("""{"type":"input_image","image_url":"data:image/png;base64,%%"}""", "invalid_value", ".image_url")]
    [InlineData("""{"type":"input_image","image_url":"data:image/png;base64,AAAA","detail":"huge"}""", "invalid_value", ".detail")]
    [InlineData("""{"type":"input_image"}""", "missing_required_parameter", ".image_url")]
    [InlineData("""{"type":"input_audio","audio":"%%"}""", "invalid_value", ".audio")]
    [InlineData("""{"type":"input_text"}""", "missing_required_parameter", ".text")]
    [InlineData("""{"type":"input_text","text":7}""", "invalid_type", ".text")]
    [InlineData("""{"type":"input_text","text":"x","mood":"good"}""", "unknown_parameter", ".mood")]
    [InlineData("""{"type":"output_text","text":"x"}""", "invalid_value", ".type")]
    [InlineData("""{"text":"x"}""", "missing_required_parameter", ".type")]
    public void A_wrong_content_is_refused_with_its_place(string part, string code, string param)
    {
        TwinClient.Run(async twin =>
        {
            twin.Send($$$"""{"type":"conversation.item.create","item":{"type":"message","role":"user","content":[{{{part}}}]}}""");
            Assert.Equal("item.content[0]" + param, (await twin.ExpectErrorAsync(code))["param"]!.ToString());
        });
    }

    [Theory]
    [InlineData("""{"output_modalities":["audio","text"]}""", "invalid_value", "response.output_modalities")]
    [InlineData("""{"instructions":1}""", "invalid_type", "response.instructions")]
    [InlineData("""{"max_output_tokens":4097}""", "invalid_value", "response.max_output_tokens")]
    [InlineData("""{"conversation":"mine"}""", "invalid_value", "response.conversation")]
    [InlineData("""{"audio":{"output":{"format":{"type":"audio/pcm"}}}}""", "missing_required_parameter", "response.audio.output.format.rate")]
    [InlineData("""{"audio":{"output":{"speed":1.2}}}""", "unknown_parameter", "response.audio.output.speed")]
    [InlineData("""{"audio":{"input":{}}}""", "unknown_parameter", "response.audio.input")]
    [InlineData("""{"tools":[{"type":"function"}]}""", "missing_required_parameter", "response.tools[0].name")]
    [InlineData("""{"tools":[{"type":"mcp","server_label":"a"}]}""", "missing_required_parameter", "response.tools[0].server_url")]
    [InlineData("""{"tool_choice":{"type":"function"}}""", "missing_required_parameter", "response.tool_choice.name")]
    [InlineData("""{"reasoning":{"effort":"none"}}""", "invalid_value", "response.reasoning.effort")]
    [InlineData("""{"prompt":{"version":"1"}}""", "missing_required_parameter", "response.prompt.id")]
    [InlineData("""{"metadata":{"a":1}}""", "invalid_type", "response.metadata.a")]
    [InlineData("""{"metadata":{"a23456789a123456789a123456789a123456789a123456789a123456789a123456":""}}""", "string_above_max_length", "response.metadata.a23456789a123456789a123456789a123456789a123456789a123456789a123456")]
    [InlineData("""{"input":[{"type":"message","role":"user"}]}""", "missing_required_parameter", "response.input[0].content")]
    [InlineData("""{"input":[{"type":"item_reference","id":"item_none"}]}""", "invalid_value", "response.input")]
    public void A_wrong_response_create_is_refused_with_its_place(string response, string code, string param)
    {
        TwinClient.Run(async twin =>
        {
            twin.Send($$"""{"type":"response.create","response":{{response}}}""");
            Assert.Equal(param, (await twin.ExpectErrorAsync(code))["param"]!.ToString());
            Assert.DoesNotContain("response.created", twin.Types);
        });
    }

    [Fact]
    public void A_response_may_be_given_its_own_context_and_what_is_null_is_the_sessions()
    {
        TwinClient.Run(async twin =>
        {
            twin.Send("""{"type":"conversation.item.create","item":{"id":"mine","type":"message","role":"user","content":[{"type":"input_text","text":"Hi"}]}}""");
            twin.Send("""{"type":"response.create","event_id":null,"response":{"instructions":null,"output_modalities":null,"input":[{"type":"item_reference","id":"mine"},{"type":"message","role":"system","content":[{"type":"input_text","text":"x"}]}],"metadata":{"a":"b"}}}""");
            JsonNode response = (await twin.ExpectAsync("response.done"))["response"]!;
            Assert.Equal(("completed", "b"), (response["status"]!.ToString(), response["metadata"]!["a"]!.ToString()));
        });
    }

    [Theory]
    [InlineData("""{"type":"output_audio_buffer.clear"}""", "WebRTC")]
    [InlineData("""{"type":"transcription_session.update","session":{}}""", "session.update")]
    public void What_is_for_other_connections_is_refused_and_says_so(string message, string words)
    {
        TwinClient.Run(async twin =>
        {
            twin.Send(message);
            Assert.Contains(words, (await twin.ExpectErrorAsync("invalid_event"))["message"]!.ToString(), StringComparison.Ordinal);
        });
    }

    [Fact]
    public void More_than_15_MiB_in_one_append_are_refused()
    {
        RealtimeTwinRecord record = TwinClient.Run(async twin =>
        {
            twin.Send($$"""{"type":"input_audio_buffer.append","audio":"{{new string('A', (15 * 1024 * 1024) + 4)}}"}""");
            Assert.Equal("audio", (await twin.ExpectErrorAsync("string_above_max_length"))["param"]!.ToString());
        });
        Assert.Equal(0, record.Heard.Length);
    }
}
