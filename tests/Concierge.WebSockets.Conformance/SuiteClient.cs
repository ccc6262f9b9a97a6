using System.Globalization;

namespace Concierge.WebSockets.Conformance;

/// <summary>Runs the cases of a suite's server: /getCaseCount, /runCase?case=N&amp;agent=A for each, /updateReports?agent=A.</summary>
internal static class SuiteClient
{
    private static readonly WebSocketClientConnector s_connector = new(new WebSocketConnectorOptions { ReadBufferSize = 64 * 1024, Proxy = _ => null });

    public static async Task<int> RunAsync(Uri suite, string agent)
    {
        try
        {
            string name = Uri.EscapeDataString(agent);
            int count;
            await using (WebSocketTransport transport = await ConnectAsync(suite, "/getCaseCount"))
            {
                count = int.Parse(await Echo.ReadTextAsync(transport), CultureInfo.InvariantCulture);
            }

            Console.WriteLine($"{count} cases");
            for (int number = 1; number <= count; number++)
            {
                await using WebSocketTransport transport = await ConnectAsync(suite, $"/runCase?case={number}&agent={name}");
                await Echo.RunAsync(transport, WebSocketRole.Client);
                Console.WriteLine($"ran case {number}");
            }

            await using (WebSocketTransport transport = await ConnectAsync(suite, $"/updateReports?agent={name}"))
            {
                await Echo.ReadTextAsync(transport);
            }

            Console.WriteLine("reports updated");
            return 0;
        }
        catch (Exception exception) when (exception is WebSocketConnectException or InvalidDataException or FormatException or IOException)
        {
            Console.Error.WriteLine(exception.Message);
            return 1;
        }
    }

    private static ValueTask<WebSocketTransport> ConnectAsync(Uri suite, string path) =>
        s_connector.ConnectAsync(new WebSocketClientRequest(new Uri(suite, path)));
}
