using Concierge.Agents.Text;
using Concierge.Agents.Usage;

namespace Concierge.Agents.Tests.Text;

/// <summary>A model that answers from a list and keeps what it was asked.</summary>
internal sealed class ScriptedModel(params Func<TextModelRequest, TextModelAnswer>[] answers) : ITextModel
{
    public List<TextModelRequest> Asked { get; } = [];

    public string Description => "scripted";

    public bool IsSimulated => true;

    public Task<TextModelAnswer> CompleteAsync(TextModelRequest request, CancellationToken cancellationToken)
    {
        Asked.Add(request);
        return Asked.Count <= answers.Length ? Task.FromResult(answers[Asked.Count - 1](request)) : throw new InvalidOperationException("More was asked than is in the script.");
    }

    public static Func<TextModelRequest, TextModelAnswer> Says(string text) => _ => Answer(text);

    public static Func<TextModelRequest, TextModelAnswer> Calls(params (string Name, string Arguments)[] calls) => _ => Answer("", [.. calls.Select((c, i) => new TextToolCall($"c{i}", c.Name, c.Arguments))]);

    private static TextModelAnswer Answer(string text, params TextToolCall[] calls) => new("a", "scripted", text, calls, new ModelUsage(10, 0, 0, 5, 0));
}
