using Concierge.Agents.Text;

namespace Concierge.Agents.Tests.Text;

/// <summary>Messages as the store keeps them.</summary>
public sealed class TextMessageTests
{
    [Fact]
    public void A_message_comes_back_as_it_was_kept()
    {
        TextMessage message = new() { Role = TextRole.Assistant, Text = "Ein Tisch für vier – 四", Agent = "Concierge", ToolCalls = [new TextToolCall("call_1", "find_restaurant", """{"name":"bella"}""")] };
        string json = message.ToJson();

        Assert.Equal(
            """{"role":"assistant","text":"Ein Tisch für vier – 四","agent":"Concierge","toolCalls":[{"callId":"call_1","name":"find_restaurant","arguments":"{\"name\":\"bella\"}"}]}""", json);
        TextMessage read = TextMessage.FromJson(json)!;
        Assert.Equal(message with { ToolCalls = null }, read with { ToolCalls = null });
        Assert.Equal(message.ToolCalls, read.ToolCalls);
    }

    [Fact]
    public void A_message_without_text_has_an_empty_one_and_what_is_no_message_is_none()
    {
        Assert.Equal("", TextMessage.FromJson("""{"role":"tool","callId":"call_1"}""")!.Text);
        Assert.Null(TextMessage.FromJson("""{"text":"x"}"""));
        Assert.Null(TextMessage.FromJson("not json"));
    }
}
