using System.Diagnostics;

namespace Concierge.WebSockets.Tests.Interop;

/// <summary>An independent implementation in a process of its own.</summary>
internal sealed class ExternalPeer : IDisposable
{
    private readonly Process _process;

    private ExternalPeer(Process process) => _process = process;

    /// <summary>Skips the test, and says what to install, when the peer's runtime or library is missing.</summary>
    public static void Require(string script)
    {
        bool node = script.EndsWith(".js", StringComparison.Ordinal);
        (string program, string[] probe) = node ? ("node", new[] { "-e", "require('ws')" }) : ("/usr/bin/python3", ["-c", "import websockets"]);
        bool there = false;
        try
        {
            using Process process = Start(program, probe);
            process.StandardInput.Close();
            there = process.WaitForExit(60_000) && process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // The runtime itself is missing.
        }

        Assert.SkipUnless(there, node ? "needs node with the package ws: apt-get install nodejs node-ws" : "needs python3-websockets: apt-get install python3-websockets");
    }

    public static ExternalPeer Run(string script, params string[] arguments)
    {
        string program = script.EndsWith(".js", StringComparison.Ordinal) ? "node" : "/usr/bin/python3";
        return new ExternalPeer(Start(program, [Path.Combine(AppContext.BaseDirectory, "Interop", script), .. arguments]));
    }

    public async Task<string> ReadLineAsync() => await _process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)) ?? await _process.StandardError.ReadToEndAsync();

    /// <summary>The port that a server prints first.</summary>
    public async Task<int> PortAsync()
    {
        string line = await ReadLineAsync();
        Assert.StartsWith("listening on port ", line);
        return int.Parse(line[(line.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        try
        {
            // A server ends when its input does; what is left after that is ended by force.
            _process.StandardInput.Close();
            if (!_process.WaitForExit(5000))
            {
                _process.Kill();
            }
        }
        catch (InvalidOperationException)
        {
            // It ended meanwhile.
        }

        _process.Dispose();
    }

    private static Process Start(string program, string[] arguments)
    {
        ProcessStartInfo start = new(program) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // Where Debian puts the packages of node; beside whatever the machine's own setting is.
        string? own = Environment.GetEnvironmentVariable("NODE_PATH");
        start.Environment["NODE_PATH"] = string.IsNullOrEmpty(own) ? "/usr/share/nodejs" : $"{own}:/usr/share/nodejs";
        return Process.Start(start)!;
    }
}
