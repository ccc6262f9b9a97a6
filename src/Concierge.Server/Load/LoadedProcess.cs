using System.Diagnostics;
using Concierge.Server.Shell;
using Concierge.WebSockets;

namespace Concierge.Server.Load;

/// <summary>A process under load that this one started, kept on its core and ended with it.</summary>
internal sealed class LoadedProcess : IDisposable
{
    private const int KeptLines = 40;

    private readonly Process _process;
    private readonly Queue<string> _lastLines = new();
    private readonly TaskCompletionSource<string> _firstLine = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private LoadedProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>The first line that the process prints, however early: it may have been printed before anybody asks.</summary>
    public Task<string> FirstLine => _firstLine.Task;

    /// <summary>What it printed last, for a message about its failure.</summary>
    public string LastLines
    {
        get
        {
            lock (_lastLines)
            {
                return string.Join(Environment.NewLine, _lastLines);
            }
        }
    }

    /// <summary>Starts this program again with another command.</summary>
    public static LoadedProcess StartSelf(IEnumerable<string> arguments, IReadOnlyDictionary<string, string?> environment, int? core, string directory)
    {
        string program = Environment.ProcessPath ?? throw new CommandException(ExitCodes.Internal, "this program's own path is not known; start the node yourself and name it with --target.");
        IEnumerable<string> all = Path.GetFileNameWithoutExtension(program) == "dotnet" ? arguments.Prepend(Path.Combine(AppContext.BaseDirectory, "concierge.dll")) : arguments;
        return Start(program, all, environment, core, directory);
    }

    /// <summary>Starts a shell's command.</summary>
    public static LoadedProcess StartCommand(string command, IReadOnlyDictionary<string, string?> environment, int? core) =>
        Start("/bin/sh", ["-c", "exec " + command], environment, core, Directory.GetCurrentDirectory());

    /// <summary>Starts a program, found as the shell finds it.</summary>
    public static LoadedProcess Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?> environment, int? core, string directory)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = directory,
        };
        foreach ((string name, string? value) in environment)
        {
            start.Environment[name] = value;
        }

        Process? process = null;
        Exception? failure = null;

        // A process inherits the cores of the thread that starts it; this one is for nothing else.
        Thread starter = new(() =>
        {
            try
            {
                if (core is { } only)
                {
                    EventLoop.PinThread(only);
                }

                process = Process.Start(start);
            }
            catch (Exception exception)
            {
                failure = exception;
            }
        });
        starter.Start();
        starter.Join();
        return process is null
            ? throw new CommandException(ExitCodes.Failed, $"cannot start '{program}': {failure?.Message ?? "no process"}.")
            : new LoadedProcess(process);
    }

    public void Dispose()
    {
        try
        {
            if (!_process.HasExited)
            {
                _process.Kill(entireProcessTree: true);
                _process.WaitForExit(5_000);
            }
        }
        catch (Exception exception) when (exception is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // It has ended by itself.
        }

        _process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_lastLines)
        {
            _lastLines.Enqueue(line);
            if (_lastLines.Count > KeptLines)
            {
                _lastLines.Dequeue();
            }
        }

        _firstLine.TrySetResult(line);
    }
}
