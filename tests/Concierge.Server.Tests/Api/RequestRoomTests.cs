using System.Net;
using System.Net.Http.Json;
using Concierge.Agents.Text;
using Concierge.Server.Api;
using Concierge.Server.Hosting;
using Concierge.Server.Requests;
using Concierge.Server.Tests.Node;
using Microsoft.Extensions.DependencyInjection;

namespace Concierge.Server.Tests.Api;

/// <summary>Requests in words cost money and time: there is a bound to how many are seen to at once.</summary>
public sealed class RequestRoomTests
{
    [Fact]
    public async Task Of_requests_without_end_so_many_are_taken_and_the_next_when_one_is_done()
    {
        Slow slow = new();
        await using NodeHost node = await NodeHost.StartAsync(
            TestNode.Options, TimeProvider.System, _ => new EchoHandler(), null, services => services.AddSingleton<IRequestProcessor>(slow));
        using HttpClient http = new() { BaseAddress = node.Address };
        Task<HttpResponseMessage>[] taken = [.. Enumerable.Range(0, CallsApi.MaxRequests).Select(_ => AskAsync(http))];
        await slow.Full.WaitAsync(TestNode.Patience());
        using (HttpResponseMessage refused = await AskAsync(http))
        {
            Assert.Equal((HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(10)), (refused.StatusCode, refused.Headers.RetryAfter?.Delta));
        }

        slow.Finish();
        foreach (HttpResponseMessage answer in await Task.WhenAll(taken))
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            answer.Dispose();
        }

        using HttpResponseMessage later = await AskAsync(http);
        Assert.Equal(HttpStatusCode.OK, later.StatusCode);
    }

    private static Task<HttpResponseMessage> AskAsync(HttpClient http) => http.PostAsync("/process-request", JsonContent.Create(new { user_input = "a table" }), TestNode.Patience());

    private sealed class Slow : IRequestProcessor
    {
        private readonly TaskCompletionSource _full = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _finish = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _asked;

        public Task Full => _full.Task;

        public void Finish() => _finish.SetResult();

        public async Task<ConciergeAnswer> ProcessAsync(string userInput, string? sessionId, Action<TextRunEvent>? onEvent, Action<string>? onCall, CancellationToken cancellationToken)
        {
            if (Interlocked.Increment(ref _asked) == CallsApi.MaxRequests)
            {
                _full.SetResult();
            }

            await _finish.Task.WaitAsync(cancellationToken);
            return new ConciergeAnswer("Done.", "s", "Orchestrator", null, false, false);
        }
    }
}
