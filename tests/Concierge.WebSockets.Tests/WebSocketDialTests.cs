using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Concierge.WebSockets.Tests;

/// <summary>The ways to the server: TLS, proxies, several addresses.</summary>
public sealed class WebSocketDialTests
{
    [Fact]
    public async Task Connects_over_tls_with_sni_and_alpn_when_the_authority_is_trusted()
    {
        using X509Certificate2 certificate = Certificate("localhost");
        using Loopback listener = new();
        Task<string?> server = ServeTlsAsync(listener, certificate);
        WebSocketConnectorOptions options = Loopback.Direct with { ConfigureTls = tls => Trust(tls, certificate) };
        await using WebSocketTransport transport = await new WebSocketClientConnector(options).ConnectAsync(
            new WebSocketClientRequest(new Uri($"wss://localhost:{listener.Port}/")));
        WebSocketReader reader = new(transport.Input, WebSocketRole.Client, WebSocketLimits.Default, new WebSocketWriter(transport.Output, WebSocketRole.Client));
        Assert.Equal(WebSocketReadStatus.Message, await reader.ReadAsync());
        Assert.Equal("secret", Encoding.UTF8.GetString(reader.Payload));
        Assert.Equal("localhost http/1.1", await server);
    }

    [Theory]
    [InlineData("localhost", false)]
    [InlineData("elsewhere.test", true)]
    public async Task Refuses_an_unknown_authority_and_a_wrong_name(string name, bool trusted)
    {
        using X509Certificate2 certificate = Certificate(name);
        using Loopback listener = new();
        Task<string?> server = ServeTlsAsync(listener, certificate);
        WebSocketConnectorOptions options = trusted ? Loopback.Direct with { ConfigureTls = tls => Trust(tls, certificate) } : Loopback.Direct;
        WebSocketConnectException refused = await FailAsync(new Uri($"wss://localhost:{listener.Port}/"), options);
        Assert.Equal(WebSocketConnectError.TlsFailed, refused.Error);
        Assert.Null(await server);
    }

    [Theory]
    [InlineData(-3, -1)] // expired
    [InlineData(1, 3)]   // not yet valid
    public async Task Refuses_a_trusted_certificate_out_of_its_time(int fromDays, int toDays)
    {
        using X509Certificate2 certificate = Certificate("localhost", fromDays, toDays);
        using Loopback listener = new();
        Task<string?> server = ServeTlsAsync(listener, certificate);
        WebSocketConnectException refused = await FailAsync(
            new Uri($"wss://localhost:{listener.Port}/"), Loopback.Direct with { ConfigureTls = tls => Trust(tls, certificate) });
        Assert.Equal(WebSocketConnectError.TlsFailed, refused.Error);
        Assert.Null(await server); // no request was sent, and so no key
    }

    [Fact]
    public async Task A_server_that_stalls_in_the_tls_handshake_is_given_up_in_time_and_never_asked_in_the_clear()
    {
        using Loopback listener = new();
        byte[] heard = [];
        int connections = 0;
        Task server = listener.ServeAsync(async transport =>
        {
            connections++;
            System.IO.Pipelines.ReadResult read = await transport.Input.ReadAtLeastAsync(1);
            heard = read.Buffer.FirstSpan[..Math.Min(3, (int)read.Buffer.FirstSpan.Length)].ToArray();
            transport.Input.AdvanceTo(read.Buffer.End);
            try
            {
                while (!(await transport.Input.ReadAsync()).IsCompleted)
                {
                }
            }
            catch (IOException)
            {
                // It gave up, which is what this waits for.
            }
        });
        WebSocketConnectException refused = await FailAsync(
            new Uri($"wss://localhost:{listener.Port}/"), Loopback.Direct with { ConnectTimeout = TimeSpan.FromMilliseconds(400), HandshakeTimeout = TimeSpan.FromMilliseconds(400) });
        Assert.Contains(refused.Error, (WebSocketConnectError[])[WebSocketConnectError.ConnectTimeout, WebSocketConnectError.HandshakeTimeout]);
        await server;
        Assert.Equal(1, connections);
        Assert.Equal([0x16, 0x03], heard[..2]); // a TLS handshake record (RFC 8446 §5.1) and nothing else
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_tls_connection_that_dies_later_is_lost_like_any_other(bool reset)
    {
        using X509Certificate2 certificate = Certificate("localhost");
        using Loopback listener = new();
        var cut = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task server = ServeAndDieAsync();
        await using WebSocketTransport transport = await new WebSocketClientConnector(Loopback.Direct with { ConfigureTls = tls => Trust(tls, certificate) })
            .ConnectAsync(new WebSocketClientRequest(new Uri($"wss://localhost:{listener.Port}/")));
        WebSocketReader reader = new(transport.Input, WebSocketRole.Client, WebSocketLimits.Default, new WebSocketWriter(transport.Output, WebSocketRole.Client));
        cut.SetResult();
        Assert.Equal(WebSocketReadStatus.EndOfStream, await reader.ReadAsync());
        await server;

        async Task ServeAndDieAsync()
        {
            using Socket socket = await listener.AcceptSocketAsync();
            await using SslStream tls = new(new NetworkStream(socket));
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate });
            await WebSocketServerHandshake.RunAsync(new WebSocketTransport(socket, tls, 4096));
            await cut.Task;
            if (reset)
            {
                socket.LingerState = new LingerOption(true, 0);
            }

            socket.Close();
        }
    }

    [Fact]
    public async Task Refuses_plain_text_on_the_tls_port()
    {
        using Loopback listener = new();
        Task server = listener.ServeAsync(async transport =>
        {
            await transport.Input.ReadAsync();
            await transport.Output.WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray());
        });
        Assert.Equal(WebSocketConnectError.TlsFailed, (await FailAsync(new Uri($"wss://127.0.0.1:{listener.Port}/"), Loopback.Direct)).Error);
        await server;
    }

    [Fact]
    public async Task Uses_the_last_good_address_while_the_resolver_fails_or_hangs_and_the_new_one_when_it_answers()
    {
        using Loopback listener = new();
        Func<Task<IPAddress[]>> resolve = () => Task.FromResult(new[] { IPAddress.Loopback });
        WebSocketClientConnector connector = new(Loopback.Direct with { Resolve = (_, _) => resolve(), ResolvePatience = TimeSpan.FromMilliseconds(50) });
        await ConnectAsync();
        resolve = () => throw new SocketException((int)SocketError.HostNotFound);
        await ConnectAsync();
        resolve = () => new TaskCompletionSource<IPAddress[]>().Task;
        await ConnectAsync();
        resolve = () => Task.FromResult(Array.Empty<IPAddress>());
        await ConnectAsync();

        // The name has moved: nobody listens there, and the old address is not gone back to behind the resolver's back.
        resolve = () => Task.FromResult(new[] { IPAddress.Parse("127.0.0.9") });
        using Socket elsewhere = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        WebSocketConnectException refused = await Assert.ThrowsAsync<WebSocketConnectException>(
            async () => await connector.ConnectAsync(new WebSocketClientRequest(new Uri($"ws://model.test:{FreePort()}/"))));
        Assert.Equal(WebSocketConnectError.ConnectFailed, refused.Error);

        async Task ConnectAsync()
        {
            Task serving = listener.ServeAsync(async transport => await WebSocketServerHandshake.RunAsync(transport));
            await using (await connector.ConnectAsync(new WebSocketClientRequest(new Uri($"ws://model.test:{listener.Port}/"))))
            {
                await serving;
            }
        }

        int FreePort()
        {
            elsewhere.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.9"), 0)); // bound and not listening: connections are refused
            return ((IPEndPoint)elsewhere.LocalEndPoint!).Port;
        }
    }

    [Fact]
    public async Task A_name_that_was_never_reached_and_does_not_resolve_fails_at_once()
    {
        WebSocketConnectorOptions options = Loopback.Direct with { Resolve = (_, _) => throw new SocketException((int)SocketError.HostNotFound) };
        Assert.Equal(WebSocketConnectError.NameNotResolved, (await FailAsync(new Uri("ws://nowhere.test/"), options)).Error);
    }

    [Fact]
    public async Task Goes_through_a_proxy_with_credentials()
    {
        using Loopback target = new();
        using Loopback proxy = new();
        Task serving = target.ServeAsync(async transport =>
        {
            await WebSocketServerHandshake.RunAsync(transport);
            await new WebSocketWriter(transport.Output, WebSocketRole.Server).CloseAsync(1000, "through");
            await transport.ShutdownSendAsync();
        });
        string? connect = null;
        Task tunnel = proxy.ServeAsync(async transport =>
        {
            (HttpHead? head, _) = await HttpHeadReader.ReadAsync(transport.Input, 4096, isResponse: false, CancellationToken.None);
            connect = $"{head!.First} {head.Second} {head.Find("Proxy-Authorization")}";
            await transport.Output.WriteAsync("HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n"u8.ToArray());
            await using WebSocketTransport onward = WebSocketTransport.FromSocket(await Loopback.DialAsync(target.Port));
            Task up = transport.Input.CopyToAsync(onward.Output);
            await onward.Input.CopyToAsync(transport.Output);
            await transport.ShutdownSendAsync();
            await up;
        });
        WebSocketConnectorOptions options = new() { Proxy = _ => new Uri($"http://user:pass%21@127.0.0.1:{proxy.Port}") };
        await using (WebSocketTransport transport = await new WebSocketClientConnector(options).ConnectAsync(
            new WebSocketClientRequest(new Uri($"ws://far.test:{target.Port}/"))))
        {
            WebSocketReader reader = new(transport.Input, WebSocketRole.Client, WebSocketLimits.Default, writer: null);
            Assert.Equal(WebSocketReadStatus.Close, await reader.ReadAsync());
            Assert.Equal("through", reader.CloseReason);
        }

        await serving;
        await tunnel;
        Assert.Equal($"CONNECT far.test:{target.Port} Basic {Convert.ToBase64String("user:pass!"u8)}", connect);
    }

    [Theory]
    [InlineData("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")]
    [InlineData("nonsense\r\n\r\n")]
    [InlineData("")]
    public async Task Reports_a_proxy_that_refuses(string answer)
    {
        using Loopback proxy = new();
        Task refusing = proxy.ServeAsync(async transport =>
        {
            await transport.Input.ReadAsync();
            await transport.Output.WriteAsync(Encoding.ASCII.GetBytes(answer));
        });
        WebSocketConnectorOptions options = new() { Proxy = _ => new Uri($"http://127.0.0.1:{proxy.Port}") };
        Assert.Equal(WebSocketConnectError.ProxyRefused, (await FailAsync(new Uri("ws://far.test/"), options)).Error);
        await refusing;
    }

    [Theory]
    [InlineData("wss://api.test/", "https_proxy=http://p:1", "http://p:1/")]
    [InlineData("wss://api.test/", "HTTPS_PROXY=p:1", "http://p:1/")]
    [InlineData("ws://api.test/", "https_proxy=http://p:1", null)]
    [InlineData("ws://api.test/", "http_proxy=http://p:1", "http://p:1/")]
    [InlineData("ws://api.test/", "HTTP_PROXY=http://p:1", null)]
    [InlineData("ws://api.test/", "all_proxy=http://p:1", "http://p:1/")]
    [InlineData("wss://api.test/", "https_proxy=http://p:1;no_proxy=other,.test", null)]
    [InlineData("wss://api.test/", "https_proxy=http://p:1;no_proxy=pi.test", "http://p:1/")]
    [InlineData("wss://api.test/", "https_proxy=http://p:1;NO_PROXY=api.test:443", null)]
    [InlineData("wss://api.test/", "https_proxy=http://p:1;NO_PROXY=api.test:80", "http://p:1/")]
    [InlineData("wss://api.test/", "https_proxy=http://p:1;no_proxy=*", null)]
    [InlineData("wss://127.0.0.1/", "https_proxy=http://p:1", null)]
    [InlineData("wss://api.test/", "", null)]
    public void Reads_the_usual_environment(string address, string variables, string? proxy)
    {
        Dictionary<string, string> environment = variables.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(v => v.Split('=', 2)).ToDictionary(v => v[0], v => v[1]);
        Assert.Equal(proxy, WebSocketProxy.FromEnvironment(new Uri(address), name => environment.GetValueOrDefault(name))?.ToString());
    }

    [Fact]
    public void Refuses_a_proxy_that_is_not_spoken_to_in_http() =>
        Assert.Throws<WebSocketConnectException>(() => WebSocketProxy.FromEnvironment(new Uri("wss://a.test"), name => name == "https_proxy" ? "socks5://p:1" : null));

    [Fact]
    public void Interleaves_the_families_with_ipv6_first()
    {
        IPAddress[] given = [IPAddress.Parse("1.1.1.1"), IPAddress.Parse("2.2.2.2"), IPAddress.Parse("::1"), IPAddress.Parse("::2"), IPAddress.Parse("3.3.3.3")];
        Assert.Equal(["::1", "1.1.1.1", "::2", "2.2.2.2", "3.3.3.3"], HappyEyeballs.Order(given).Select(a => a.ToString()));
    }

    [Fact]
    public async Task Takes_the_first_address_that_answers_and_drops_the_others()
    {
        IPAddress[] addresses = [IPAddress.Parse("::1"), IPAddress.Parse("1.1.1.1"), IPAddress.Parse("2.2.2.2")];
        TaskCompletionSource dropped = new();
        MemoryStream won = await HappyEyeballs.ConnectAsync(
            addresses,
            async (address, ct) =>
            {
                switch (address.ToString())
                {
                    case "::1":
                        // Black hole: ends only by its token.
                        await using (ct.Register(dropped.SetResult))
                        {
                            await Task.Delay(Timeout.Infinite, ct);
                        }

                        return new MemoryStream();
                    case "1.1.1.1":
                        throw new SocketException((int)SocketError.ConnectionRefused);
                    default:
                        return new MemoryStream([7]);
                }
            },
            TimeProvider.System,
            CancellationToken.None);
        Assert.Equal(1, won.Length);
        await dropped.Task;
    }

    [Fact]
    public async Task Reports_the_first_failure_when_all_addresses_fail()
    {
        SocketException failure = await Assert.ThrowsAsync<SocketException>(() => HappyEyeballs.ConnectAsync<MemoryStream>(
            [IPAddress.Parse("::1"), IPAddress.Parse("1.1.1.1")],
            (address, _) => throw new SocketException((int)(address.AddressFamily == AddressFamily.InterNetworkV6 ? SocketError.HostUnreachable : SocketError.ConnectionRefused)),
            TimeProvider.System,
            CancellationToken.None));
        Assert.Equal(SocketError.HostUnreachable, failure.SocketErrorCode);
    }

    private static Task<WebSocketConnectException> FailAsync(Uri address, WebSocketConnectorOptions options) =>
        Assert.ThrowsAsync<WebSocketConnectException>(async () => await new WebSocketClientConnector(options).ConnectAsync(new WebSocketClientRequest(address)));

    private static async Task<string?> ServeTlsAsync(Loopback listener, X509Certificate2 certificate)
    {
        using Socket socket = await listener.AcceptSocketAsync();
        using SslStream tls = new(new NetworkStream(socket));
        try
        {
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
            {
                ServerCertificate = certificate,
                ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
            });
            WebSocketTransport transport = new(socket, tls, 4096);
            (HttpHead? _, WebSocketUpgradeDecision decision) = await WebSocketServerHandshake.RunAsync(transport);
            if (!decision.IsAccepted)
            {
                // With TLS 1.3 the server's side is done before the client has judged the certificate.
                return null;
            }

            WebSocketWriter writer = new(transport.Output, WebSocketRole.Server);
            writer.TryAppend(WebSocketOpcode.Text, "secret"u8);
            await writer.DrainAsync();
            await transport.ShutdownSendAsync();
            return $"{tls.TargetHostName} {tls.NegotiatedApplicationProtocol}";
        }
        catch (Exception exception) when (exception is IOException or System.Security.Authentication.AuthenticationException)
        {
            return null;
        }
    }

    private static X509Certificate2 Certificate(string name, int fromDays = -1, int toDays = 1)
    {
        using RSA key = RSA.Create(2048);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using X509Certificate2 made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(fromDays), DateTimeOffset.UtcNow.AddDays(toDays));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }

    private static void Trust(SslClientAuthenticationOptions tls, X509Certificate2 certificate) => tls.CertificateChainPolicy = new X509ChainPolicy
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        CustomTrustStore = { certificate },
        RevocationMode = X509RevocationMode.NoCheck,
    };
}
