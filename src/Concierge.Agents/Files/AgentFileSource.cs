using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Concierge.Agents.Files;

/// <summary>
/// The agents of a file, as it is now: looked at anew for each call, read anew when it or a file that its texts are in has changed. A file that has become unusable is reported, and calls go on with what
/// was there before. Calls that run keep the agents they began with. Thread-safe.
/// </summary>
public sealed class AgentFileSource : IAsyncDisposable
{
    private readonly string _path;
    private readonly AgentFileOptions _options;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly List<AgentDefinitions> _retired = [];
    private AgentDefinitions _current;
    private IReadOnlyList<string> _texts;
    private (DateTime, long)[] _stamp;

    /// <summary>A source.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">What it may refer to.</param>
    /// <exception cref="AgentDefinitionException">The file cannot be used; the exception lists everything that is wrong.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public AgentFileSource(string path, AgentFileOptions options)
    {
        _path = path;
        _options = options;
        _logger = options.Loggers?.CreateLogger<AgentFileSource>() ?? (ILogger)NullLogger.Instance;
        (DateTime, long) stamp = StampOf(path);
        _current = AgentFile.Load(path, options);
        _texts = _current.Files;
        _stamp = [stamp, .. _texts.Select(StampOf)];
        if (!_current.IsUsable)
        {
            throw new AgentDefinitionException([.. _current.Problems.Where(p => p.IsError)]);
        }
    }

    /// <summary>What the file defines now.</summary>
    public AgentDefinitions Current
    {
        get
        {
            lock (_gate)
            {
                Refresh();
                return _current;
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (AgentDefinitions definitions in (AgentDefinitions[])[.. _retired, _current])
        {
            await definitions.DisposeAsync();
        }
    }

    private void Refresh()
    {
        try
        {
            (DateTime, long)[] stamp = [StampOf(_path), .. _texts.Select(StampOf)];
            if (stamp.SequenceEqual(_stamp))
            {
                return;
            }

            _stamp = stamp;
            AgentDefinitions read = AgentFile.Load(_path, _options);
            if (!read.Files.SequenceEqual(_texts, StringComparer.Ordinal) && (read.IsUsable || read.Files.Count > 0))
            {
                _texts = read.Files; // those of a file that cannot be used, too: putting one right is what it waits for
                _stamp = [stamp[0], .. _texts.Select(StampOf)];
            }

            if (read.IsUsable)
            {
                _retired.Add(_current); // its tool servers may still serve calls that run
                _current = read;
                AgentLog.AgentFileReloaded(_logger, _path, read.Set!.Agents.Count);
            }
            else
            {
                AgentLog.AgentFileBroken(_logger, _path, string.Join("; ", read.Problems.Where(p => p.IsError)));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            AgentLog.AgentFileBroken(_logger, _path, e.Message);
        }
    }

    private static (DateTime, long) StampOf(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
    }
}
