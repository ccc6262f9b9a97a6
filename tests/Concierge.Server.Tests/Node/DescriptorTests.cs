using System.Net;
using System.Net.Sockets;
using System.Text;
using Concierge.Server.Configuration;
using Concierge.Server.Tests.Calls;
using Concierge.TestKit;

namespace Concierge.Server.Tests.Node;

/// <summary>A node that has run out of descriptors lives, and takes those that wait as soon as there are some again, though nobody else knocks.</summary>
public sealed class DescriptorTests : IDisposable
{
    private const int Limit = 320;

    private readonly string _folder = Directory.CreateTempSubdirectory("concierge-files-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("loop")]
    [InlineData("sockets")]
    public async Task Connections_that_waited_while_there_were_no_descriptors_are_served_when_there_are(string engine)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The number of descriptors is bounded with the shell's ulimit.");
        int port = LocalPorts.Free();
        using ChildNode node = await ChildNode.StartAsync(
            _folder, port, new Dictionary<string, string> { [SettingNames.RealtimeUrl] = "ws://127.0.0.1:9/v1/realtime", [SettingNames.Engine] = engine }, descriptors: Limit);
        await node.UntilAsync(_ => Task.FromResult(node.Printed.Contains($"Only {Limit} file descriptors are allowed", StringComparison.Ordinal)));
        List<Socket> crowd = [];
        try
        {
            for (int i = 0; i < 400; i++)
            {
                crowd.Add(await ConnectAsync(port)); // the kernel completes them; the program takes what it can
            }

            using Socket waiting = await ConnectAsync(port);
            await waiting.SendAsync(Encoding.ASCII.GetBytes("GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"), TestNode.Patience());
            byte[] answer = new byte[1_024];
            Task<int> answered = waiting.ReceiveAsync(answer, new CancellationTokenSource(TimeSpan.FromSeconds(90)).Token).AsTask();
            Assert.NotSame(answered, await Task.WhenAny(answered, Task.Delay(500)));

            // An eighth is kept back, of which what runs may have taken a few: without any the runtime ends the process, calls and all.
            Assert.InRange(node.Descriptors, 200, Limit - (Limit / 8) + 8);
            crowd.ForEach(s => s.Dispose());
            Assert.StartsWith("HTTP/1.1 200 ", Encoding.ASCII.GetString(answer, 0, await answered));
        }
        catch (SocketException exception)
        {
            Assert.Fail($"{exception.Message}. The node printed: {node.Printed}");
        }
        finally
        {
            crowd.ForEach(s => s.Dispose());
        }
    }

    private static async Task<Socket> ConnectAsync(int port)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), TestNode.Patience());
        return socket;
    }
}
