using System.Text.Json.Nodes;
using Concierge.Agents.Telephone;

namespace Concierge.Server.Node;

/// <summary>Keeps the messages that callers leave: a line of JSON each, on disk before the caller is told that it was taken.</summary>
internal sealed class MessageFile
{
    private readonly string _path;
    private readonly SemaphoreSlim _gate = new(1);

    /// <param name="path">The file; made with its folder when the first message comes.</param>
    public MessageFile(string path)
    {
        _path = path;
        Box = new MessageBox(KeepAsync);
    }

    /// <summary>The box that agents put messages into.</summary>
    public MessageBox Box { get; }

    private async ValueTask KeepAsync(TakenMessage message, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(_path))!);
            await File.AppendAllTextAsync(
                _path,
                new JsonObject
                {
                    ["at"] = DateTimeOffset.UtcNow,
                    ["call"] = message.ConversationId,
                    ["from"] = message.From,
                    ["phone"] = message.Phone,
                    ["message"] = message.Text,
                }.ToJsonString() + "\n",
                cancellationToken);
        }
        finally
        {
            _gate.Release();
        }
    }
}
