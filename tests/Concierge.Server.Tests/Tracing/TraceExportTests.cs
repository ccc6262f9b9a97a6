using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Concierge.Agents.Realtime;
using Concierge.Pipelines;
using Concierge.Server.Configuration;
using Concierge.Server.Node;
using Concierge.Server.Tests.Node;
using Concierge.Simulation.Realtime;
using Concierge.Simulation.Scenarios;
using Concierge.Simulation.Twilio;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;

namespace Concierge.Server.Tests.Tracing;

/// <summary>Spans of a whole call on their way to a collector on this machine (OTLP over HTTP).</summary>
public sealed class TraceExportTests
{
    private static readonly Scenario s_scenario = Scenario.Parse("""
        {"name":"traced","callee":{"patienceMs":20000},"turns":[
          {"by":"callee","when":"answered","afterMs":100,"say":"restaurant-greeting"},
          {"by":"agent","say":"concierge-goodbye"},
          {"by":"callee","when":"silence","afterMs":200,"hangUp":true}]}
        """);

    [Theory]
    [InlineData(TraceExport.Endpoint, "")]
    [InlineData(TraceExport.TracesEndpoint, "/v1/traces")]
    [Trait("door", "personal data")]
    public async Task The_spans_of_a_call_reach_a_collector_and_no_word_of_it_does(string setting, string path)
    {
        ConcurrentQueue<(string Path, string? Type, string Body)> received = new();
        await using WebApplication collector = await CollectAsync(received);
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            [setting] = collector.Urls.First() + path,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_SERVICE_NAME"] = "my-concierge",
        }).Build();
        await using RealtimeTwinServer model = await RealtimeTwinServer.StartAsync(s_scenario);
        NodeOptions options = TestNode.Options with { RealtimeUrl = new Uri(model.Url + "?model=gpt-realtime-2.1"), Model = "gpt-realtime-2.1" };
        using (TraceExport.Start(configuration))
        {
            await using TestNode node = await TestNode.StartAsync(options, (tokens, loggers) => new CallStreamHandler(
                options,
                tokens,
                admit => new CallPlan(new RealtimeRunner(FrontDeskAgent.Create(options), NodeSession.RunnerOptions(options, TimeProvider.System, admit)).CreateSession()),
                loggers,
                TimeProvider.System,
                new CallSessionOptions { Upstream = new UpstreamOptions { Attempts = 1, ApologySound = default } }));
            TwilioTwinCall call = await new TwilioTwinCaller(s_scenario).CallAsync(new Uri(node.Host.Address, "/twiml"), TestNode.Patience());
            Assert.Equal(TwilioTwinEnd.CalleeHungUp, call.Stream!.End);
            Assert.True(await node.Host.StopAsync());
        }

        Assert.NotEmpty(received);
        Assert.All(received, r => Assert.Equal(("/v1/traces", "application/x-protobuf"), (r.Path, r.Type)));
        string spans = string.Concat(received.Select(r => r.Body)); // protobuf keeps text as it is
        Assert.All(
            (string[])["my-concierge", "invoke_agent ", "turn", "chat gpt-realtime-2.1", "gen_ai.operation.name", "gen_ai.request.model", "gen_ai.usage.input_tokens", "gen_ai.conversation.id", "concierge.call.end_reason"],
            name => Assert.Contains(name, spans));
        Assert.All((string[])["Trattoria", "Goodbye", "+15005550"], word => Assert.DoesNotContain(word, spans));
    }

    [Fact]
    public void Without_a_collector_nothing_is_exported() => Assert.Null(TraceExport.Start(new ConfigurationBuilder().Build()));

    private static async Task<WebApplication> CollectAsync(ConcurrentQueue<(string Path, string? Type, string Body)> received)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        WebApplication app = builder.Build();
        app.Run(async context =>
        {
            using MemoryStream body = new();
            await context.Request.Body.CopyToAsync(body);
            received.Enqueue((context.Request.Path, context.Request.ContentType, Encoding.Latin1.GetString(body.ToArray())));
            context.Response.ContentType = "application/x-protobuf";
        });
        await app.StartAsync();
        return app;
    }
}
