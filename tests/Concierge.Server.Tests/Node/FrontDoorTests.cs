using System.Net;
using System.Text.Json;

namespace Concierge.Server.Tests.Node;

public class FrontDoorTests
{
    [Fact]
    public async Task Tells_what_it_is_and_that_it_is_well()
    {
        await using TestNode node = await TestNode.StartAsync(TestNode.Options with { PublicUrl = new Uri("https://node.example.com") });
        using JsonDocument status = JsonDocument.Parse(await node.Http.GetStringAsync("/"));
        Assert.Equal("concierge", status.RootElement.GetProperty("service").GetString());
        Assert.Equal("running", status.RootElement.GetProperty("status").GetString());
        Assert.Equal("node.example.com", status.RootElement.GetProperty("public_domain").GetString());
        Assert.NotEqual("", status.RootElement.GetProperty("version").GetString());

        using JsonDocument health = JsonDocument.Parse(await node.Http.GetStringAsync("/health"));
        Assert.Equal("healthy", health.RootElement.GetProperty("status").GetString());
        Assert.Equal(0, health.RootElement.GetProperty("calls").GetInt32());
    }

    [Theory]
    [InlineData("GET", "/nowhere", 404)]
    [InlineData("GET", "/media-stream/extra", 404)]
    [InlineData("GET", "/favicon.ico", 404)]
    [InlineData("POST", "/", 405)]
    [InlineData("DELETE", "/twiml", 405)]
    [InlineData("POST", "/media-stream", 405)]
    public async Task Answers_what_it_does_not_serve_with_a_problem_document(string method, string path, int status)
    {
        await using TestNode node = await TestNode.StartAsync();
        using HttpResponseMessage answer = await node.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
        Assert.Equal((HttpStatusCode)status, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        using JsonDocument problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        Assert.Equal(status, problem.RootElement.GetProperty("status").GetInt32());
        Assert.NotEqual("", problem.RootElement.GetProperty("detail").GetString());
        Assert.Equal(status == 405, answer.Content.Headers.Allow.Count > 0);
        Assert.False(answer.Headers.Contains("Server"));
    }

    [Fact]
    public async Task Speaks_http_1_1_only()
    {
        await using TestNode node = await TestNode.StartAsync();
        using HttpResponseMessage answer = await node.Http.GetAsync("/health");
        Assert.Equal(HttpVersion.Version11, answer.Version);
    }
}
