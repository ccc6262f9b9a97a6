using System.Globalization;
using Concierge.WebSockets.Conformance;

// Usage:  server --port P                     echoes text and binary messages on any path, until it is stopped
//         client --url ws://host:port [--agent NAME]   runs every case of a suite's server and asks it for its report
string? command = args.Length > 0 ? args[0] : null;
string? port = Option("--port");
string? url = Option("--url");
switch (command)
{
    case "server" when int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number < 65536:
        using (EchoServer server = new(number))
        {
            Console.WriteLine($"listening on port {server.Port}");
            await server.RunAsync(CancellationToken.None);
        }

        return 0;
    case "client" when Uri.TryCreate(url, UriKind.Absolute, out Uri? address) && address.Scheme is "ws" or "wss":
        return await SuiteClient.RunAsync(new Uri(url!), Option("--agent") ?? "Concierge.WebSockets");
    default:
        Console.Error.WriteLine("usage: server --port P | client --url ws://host:port [--agent NAME]");
        return 2;
}

string? Option(string name)
{
    int index = Array.IndexOf(args, name);
    return index > 0 && index + 1 < args.Length ? args[index + 1] : null;
}
