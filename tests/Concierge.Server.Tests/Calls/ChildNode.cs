using System.Diagnostics;
using System.Reflection;
using System.Text;
using Concierge.Server.Configuration;
using Concierge.Server.Requests;
using Concierge.Server.Shell;

namespace Concierge.Server.Tests.Calls;

/// <summary>The program itself, <c>concierge serve</c>, as a process of its own: it can be killed.</summary>
internal sealed class ChildNode : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _printed = new();

    private ChildNode(Process process, int port)
    {
        _process = process;
        Http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public HttpClient Http { get; }

    /// <summary>Descriptors that it has open, on Linux.</summary>
    public int Descriptors => Directory.GetFileSystemEntries($"/proc/{_process.Id}/fd").Length;

    /// <summary>What it printed so far.</summary>
    public string Printed
    {
        get
        {
            lock (_printed)
            {
                return _printed.ToString();
            }
        }
    }

    /// <summary>Starts the program in a folder and waits until it serves. Of this process's settings it inherits none; of descriptors it may have so many.</summary>
    public static async Task<ChildNode> StartAsync(string folder, int port, IEnumerable<KeyValuePair<string, string>> settings, int? descriptors = null)
    {
        string program = typeof(ExitCodes).Assembly.Location;
        ProcessStartInfo start = descriptors is null
            ? new ProcessStartInfo("dotnet", [program, "serve"])
            : new ProcessStartInfo("/bin/sh", ["-c", $"ulimit -n {descriptors}; exec dotnet \"$0\" serve", program]);
        start = new ProcessStartInfo(start.FileName, start.ArgumentList) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        foreach (FieldInfo name in new[] { typeof(SettingNames), typeof(ConciergeSettings) }.SelectMany(t => t.GetFields(BindingFlags.Public | BindingFlags.Static)))
        {
            start.Environment.Remove((string)name.GetRawConstantValue()!);
        }

        foreach ((string name, string value) in settings)
        {
            start.Environment[name] = value;
        }

        start.Environment[SettingNames.ServerHost] = "127.0.0.1";
        start.Environment[SettingNames.ServerPort] = $"{port}";
        start.Environment[SettingNames.WarmUp] = "0";
        ChildNode node = new(Process.Start(start)!, port);
        try
        {
            await node.UntilAsync(async http => (await http.GetAsync("/health")).IsSuccessStatusCode);
            return node;
        }
        catch
        {
            node.Dispose();
            throw;
        }
    }

    /// <summary>SIGKILL: nothing of it runs any more when this returns.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>Asks until the answer is as wanted; a node that is not there yet is asked again.</summary>
    public async Task UntilAsync(Func<HttpClient, Task<bool>> condition)
    {
        for (Stopwatch patience = Stopwatch.StartNew(); patience.Elapsed < TimeSpan.FromSeconds(90);)
        {
            try
            {
                if (await condition(Http))
                {
                    return;
                }
            }
            catch (HttpRequestException) when (!_process.HasExited)
            {
                // It does not listen yet.
            }

            await Task.Delay(50);
        }

        Assert.Fail("It did not come to it. The node printed: " + Printed);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
        }

        _process.Dispose();
        Http.Dispose();
    }

    private void Keep(string? line)
    {
        lock (_printed)
        {
            _printed.AppendLine(line);
        }
    }
}
