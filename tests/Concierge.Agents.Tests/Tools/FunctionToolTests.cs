using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Nodes;
using Concierge.Agents.Tools;

namespace Concierge.Agents.Tests.Tools;

/// <summary>Tools made of methods, and what tools answer.</summary>
public sealed class FunctionToolTests
{
    [Fact]
    public async Task What_a_method_gives_reaches_the_model_as_text_or_JSON()
    {
        Assert.Equal("as it is", (await CallAsync(() => "as it is")).Output);
        Assert.Equal("42", (await CallAsync(() => 42)).Output);
        Assert.Equal("null", (await CallAsync(() => (string?)null)).Output);
        Assert.Equal("""{"a":"é"}""", (await CallAsync(() => new JsonObject { ["a"] = "é" })).Output);
        Assert.Equal("""{"name":"é","area":null}""", (await CallAsync(() => new { Name = "é", Area = (string?)null })).Output);
        Assert.True((await CallAsync(() => ToolResult.Failure("no"))).IsError);
    }

    [Fact]
    public async Task The_programs_own_parameters_are_filled_and_not_in_the_schema()
    {
        FunctionTool tool = FunctionTool.Create(
            "add", "Adds.", ([Description("One.")] int a, AgentContext context, ToolInvocation invocation, int b = 2) => $"{a + b} {context.ConversationId == invocation.Context.ConversationId}");

        Assert.Equal(["a", "b"], tool.Parameters.GetProperty("properties").EnumerateObject().Select(p => p.Name));
        Assert.Equal("3 True", (await tool.InvokeAsync(Invocation("""{"a":1}"""), CancellationToken.None)).Output);
    }

    [Fact]
    public void A_failure_is_JSON_with_all_letters_as_they_are() => Assert.Equal("""{"error":"Zu spät – 'acht' & \"neun\""}""", ToolResult.Failure("Zu spät – 'acht' & \"neun\"").Output);

    private static ValueTask<ToolResult> CallAsync(Delegate method) => FunctionTool.Create("tool", "A tool.", method).InvokeAsync(Invocation("{}"), CancellationToken.None);

    private static ToolInvocation Invocation(string arguments) => new("call_1", JsonElement.Parse(arguments), "Agent", new AgentContext(), null);
}
