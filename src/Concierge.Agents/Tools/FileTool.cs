using System.Text;

namespace Concierge.Agents.Tools;

/// <summary>A tool that answers from a text file: opening hours, a menu, directions. The file is read anew when it has changed, so that it can be edited while calls run.</summary>
public sealed class FileTool : AgentTool
{
    private const int MaxFileBytes = 1024 * 1024;

    private readonly string _path;
    private readonly TimeProvider _time;
    private (DateTime Stamp, long Length, string Text)? _read;

    /// <summary>A tool.</summary>
    /// <param name="name">The name the model calls it by.</param>
    /// <param name="description">What is in the file and when to look, for the model.</param>
    /// <param name="path">The file; UTF-8 text, up to 1 MiB.</param>
    /// <param name="options">How it is carried out; null for the defaults.</param>
    /// <param name="time">The clock: the answer begins with the day and the time, so that "are you open now" can be answered.</param>
    public FileTool(string name, string description, string path, AgentToolOptions? options = null, TimeProvider? time = null)
        : base(name, description, ParseSchema(DelegateTool.NoParameters), options)
    {
        _path = Path.GetFullPath(path);
        _time = time ?? TimeProvider.System;
    }

    /// <inheritdoc/>
    public override ToolKind Kind => ToolKind.File;

    /// <inheritdoc/>
    public override ValueTask<ToolResult> InvokeAsync(ToolInvocation invocation, CancellationToken cancellationToken)
    {
        try
        {
            var file = new FileInfo(_path);
            if (_read is not { } known || known.Stamp != file.LastWriteTimeUtc || known.Length != file.Length)
            {
                if (file.Length > MaxFileBytes)
                {
                    return new(ToolResult.Failure("The information is too long to read."));
                }

                // Small, on this machine's disk, and read again only when it changes: not worth a thread of the pool.
                known = (file.LastWriteTimeUtc, file.Length, File.ReadAllText(_path, Encoding.UTF8));
                _read = known;
            }

            return new(new ToolResult($"Now it is {_time.GetLocalNow():dddd, d MMMM yyyy, HH:mm}.\n{known.Text}"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new(ToolResult.Failure("The information is not at hand. Say so, and offer to take a message."));
        }
    }
}
