using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Concierge.Server.Recording;

/// <summary>
/// Writes all recordings of the node on one thread of its own, so that no disk ever holds up a call. What waits is bounded: beyond it blocks are lost, counted
/// and replaced by silence.
/// </summary>
internal sealed class RecordingWriter : IDisposable
{
    /// <summary>Blocks that may wait: 200 ms of one call each, 26 MB in all.</summary>
    private const int Capacity = 8192;

    private readonly Channel<RecordingBlock> _waiting;
    private readonly ConcurrentQueue<RecordingBlock> _free = new();
    private readonly Func<string, Stream> _open;
    private readonly string _folder;
    private readonly ILogger _log;
    private readonly Thread _thread;
    private bool _alarmed;
    private long _lost;

    /// <param name="folder">Where the recordings go; created when it is not there.</param>
    /// <param name="log">Where a failing disk is told, once until it works again.</param>
    /// <param name="open">Creates a file; null for the file system.</param>
    /// <param name="capacity">Blocks that may wait.</param>
    public RecordingWriter(string folder, ILogger log, Func<string, Stream>? open = null, int capacity = Capacity)
    {
        _folder = folder;
        _log = log;
        _open = open ?? Open;
        _waiting = Channel.CreateBounded<RecordingBlock>(new BoundedChannelOptions(capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
        _thread = new Thread(Run) { IsBackground = true, Name = "Recordings" };
        _thread.Start();
    }

    /// <summary>Blocks lost because the disk was too slow.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    /// <summary>Begins a recording.</summary>
    /// <param name="name">The file's name without extension.</param>
    public RecordingFile Create(string name) => new(Path.Combine(_folder, name + ".wav"), _open);

    /// <summary>A block to fill; any thread.</summary>
    public RecordingBlock Rent() => _free.TryDequeue(out RecordingBlock? block) ? block : new RecordingBlock();

    /// <summary>Hands a block over; any thread, never waits. Lost when too much waits already.</summary>
    public void Post(RecordingBlock block)
    {
        if (!_waiting.Writer.TryWrite(block))
        {
            Interlocked.Increment(ref _lost);
            _free.Enqueue(block);
        }
    }

    /// <summary>Hands a recording's last block over; waits for room, because a recording must be closed.</summary>
    public ValueTask PostLastAsync(RecordingBlock block, CancellationToken cancellationToken) => _waiting.Writer.WriteAsync(block, cancellationToken);

    /// <summary>Writes what waits and stops the thread.</summary>
    public void Dispose()
    {
        _waiting.Writer.TryComplete();
        _thread.Join(TimeSpan.FromSeconds(10));
    }

    private Stream Open(string path)
    {
        Directory.CreateDirectory(_folder);
        return new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
    }

    private void Run()
    {
        while (_waiting.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (_waiting.Reader.TryRead(out RecordingBlock? block))
            {
                RecordingFile file = block.File;
                bool works = block.Length == 0 || file.TryWrite(block);
                works &= !block.IsLast || file.TryClose();
                Tell(works, block);
                block.IsLast = false;
                _free.Enqueue(block);
            }
        }
    }

    private void Tell(bool works, RecordingBlock block)
    {
        if (!works && !_alarmed)
        {
            _alarmed = true;
            RecordingLog.Failing(_log, _folder);
        }
        else if (_alarmed && block.IsLast && !block.File.HasFailed) // one that was written whole
        {
            _alarmed = false;
            RecordingLog.Working(_log, _folder);
        }
    }
}
