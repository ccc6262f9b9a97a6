using System.Text;
using System.Text.Json;
using Concierge.Calls.Life;
using Concierge.Calls.Store;

namespace Concierge.Calls.Journal;

/// <summary>
/// Facts on this node's disk, one JSON text per line, while the store is away. A line that was cut off when the process died is left out; every other line is
/// whole. One owner; another process with the same file is told so when it opens it.
/// </summary>
internal sealed class SpillFile : IDisposable
{
    private readonly FileStream _file;
    private readonly string _rejects;

    /// <exception cref="CallStoreException">The file cannot be opened, or another process has it.</exception>
    public SpillFile(string path)
    {
        _rejects = path + ".rejected";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            _file = Open(path, FileMode.OpenOrCreate, FileAccess.ReadWrite);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CallStoreException($"The spill file cannot be opened, or another node of the same name uses it: {exception.Message}", isPermanent: true, exception);
        }

        (Count, long end) = Survey();
        _file.SetLength(end); // what follows the last whole line was being written when the process died
    }

    /// <summary>Facts in the file.</summary>
    public long Count { get; private set; }

    /// <summary>Appends facts; when this returns, the operating system has them, and the death of this process cannot take them.</summary>
    /// <exception cref="IOException">The disk is full or gone; nothing was appended.</exception>
    public void Append(IReadOnlyCollection<CallFact> facts)
    {
        using MemoryStream lines = new();
        foreach (CallFact fact in facts)
        {
            JsonSerializer.Serialize(lines, fact, CallFactJson.Default.CallFact);
            lines.WriteByte((byte)'\n');
        }

        long end = _file.Length;
        try
        {
            _file.Seek(end, SeekOrigin.Begin);
            _file.Write(lines.GetBuffer().AsSpan(0, (int)lines.Length));
            Count += facts.Count;
        }
        catch (IOException)
        {
            _file.SetLength(end);
            throw;
        }
    }

    /// <summary>Reads the next facts in the order they came.</summary>
    /// <param name="offset">Where to begin; 0 at first. Moved behind the last line that was read.</param>
    /// <param name="count">At most so many.</param>
    public List<CallFact> Read(ref long offset, int count)
    {
        List<CallFact> facts = [];
        _file.Seek(offset, SeekOrigin.Begin);
        using StreamReader reader = new(_file, Encoding.UTF8, detectEncodingFromByteOrderMarks: false, bufferSize: 16 * 1024, leaveOpen: true);
        while (facts.Count < count && reader.ReadLine() is { } line)
        {
            offset += Encoding.UTF8.GetByteCount(line) + 1;
            try
            {
                facts.Add(CallFactJson.ReadFact(line));
            }
            catch (JsonException)
            {
                Reject(line);
            }
        }

        return facts;
    }

    /// <summary>Empties the file: everything in it is in the store.</summary>
    public void Clear()
    {
        _file.SetLength(0);
        Count = 0;
    }

    /// <summary>Puts facts that the store will never take where somebody can look at them.</summary>
    public void Reject(CallFact fact) => Reject(CallFactJson.Write(fact));

    public void Dispose() => _file.Dispose();

    private static FileStream Open(string path, FileMode mode, FileAccess access)
    {
        FileStreamOptions options = new() { Mode = mode, Access = access, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }

    private void Reject(string line)
    {
        using FileStream rejects = Open(_rejects, FileMode.Append, FileAccess.Write);
        rejects.Write(Encoding.UTF8.GetBytes(line + "\n"));
    }

    private (long Lines, long End) Survey()
    {
        long lines = 0;
        long end = 0;
        long position = 0;
        byte[] buffer = new byte[64 * 1024];
        _file.Seek(0, SeekOrigin.Begin);
        int read;
        while ((read = _file.Read(buffer)) > 0)
        {
            for (int i = 0; i < read; i++)
            {
                if (buffer[i] == '\n')
                {
                    lines++;
                    end = position + i + 1;
                }
            }

            position += read;
        }

        return (lines, end);
    }
}
