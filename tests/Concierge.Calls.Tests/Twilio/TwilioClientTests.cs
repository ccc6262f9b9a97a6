using System.Net;
using System.Text;
using Concierge.Calls.Carrier;
using Concierge.Calls.Life;
using Concierge.Calls.Twilio;

namespace Concierge.Calls.Tests.Twilio;

public class TwilioClientTests
{
    private const string Call = """{"sid":"CA1","status":"queued","duration":null,"answered_by":null,"end_time":null,"price":null,"unknown":[1]}""";
    private static readonly CarrierCallOrder s_order = new("+14155550123", "+14155550100", "https://node.example.com/twiml?call_id=c1", "https://node.example.com/twilio-status?call_id=c1")
    {
        TimeLimit = TimeSpan.FromMinutes(10),
        MachineDetection = MachineDetection.Enable,
        MachineDetectionCallback = "https://node.example.com/twilio-status?call_id=c1",
    };

    [Fact]
    public async Task Orders_a_call_with_callbacks_limits_and_detection_beside_it()
    {
        Api api = new((HttpStatusCode.Created, Call));
        CarrierCall call = await api.Client().CreateAsync(s_order, default);
        Assert.Equal(new CarrierCall("CA1", CallState.Initiated), call);
        (string method, string url, string authorization, string form) = Assert.Single(api.Requests);
        Assert.Equal(("POST", "https://api.twilio.com/2010-04-01/Accounts/AC1/Calls.json"), (method, url));
        Assert.Equal("Basic " + Convert.ToBase64String("AC1:geheim"u8), authorization);
        Assert.Equal(
            "To=%2B14155550123&From=%2B14155550100&Url=https%3A%2F%2Fnode.example.com%2Ftwiml%3Fcall_id%3Dc1&Method=POST"
            + "&StatusCallback=https%3A%2F%2Fnode.example.com%2Ftwilio-status%3Fcall_id%3Dc1&StatusCallbackMethod=POST"
            + "&StatusCallbackEvent=initiated&StatusCallbackEvent=ringing&StatusCallbackEvent=answered&StatusCallbackEvent=completed&Timeout=30&TimeLimit=600"
            + "&MachineDetection=Enable&AsyncAmd=true&AsyncAmdStatusCallback=https%3A%2F%2Fnode.example.com%2Ftwilio-status%3Fcall_id%3Dc1&AsyncAmdStatusCallbackMethod=POST",
            form);
    }

    [Fact]
    public async Task Reads_a_call_that_is_over()
    {
        Api api = new((HttpStatusCode.OK, """{"status":"no-answer","end_time":"Fri, 01 May 2026 12:00:30 +0000","duration":"0","answered_by":"machine_start","sid":"CA1"}"""));
        Assert.Equal(
            new CarrierCall("CA1", CallState.NoAnswer, 0, "machine_start", new DateTimeOffset(2026, 5, 1, 12, 0, 30, TimeSpan.Zero)), await api.Client().FetchAsync("CA1", default));
        Assert.Null(await new Api((HttpStatusCode.NotFound, """{"code":20404}""")).Client().FetchAsync("CA1", default));
    }

    [Theory]
    [InlineData(429, 2)]
    [InlineData(503, 1)]
    [InlineData(500, 1)]
    public async Task Repeats_an_order_only_when_it_certainly_was_not_taken(int status, int requests)
    {
        Api api = new(((HttpStatusCode)status, """{"code":20429}"""), (HttpStatusCode.Created, Call));
        if (requests == 2)
        {
            await api.Client().CreateAsync(s_order, default);
        }
        else
        {
            CarrierException exception = await Assert.ThrowsAsync<CarrierException>(() => api.Client().CreateAsync(s_order, default));
            Assert.Equal(CarrierError.Unclear, exception.Error);
        }

        Assert.Equal(requests, api.Requests.Count);
    }

    [Fact]
    public async Task A_broken_connection_leaves_it_unclear_and_no_connection_is_tried_again()
    {
        Api broken = new() { Failure = new HttpRequestException(HttpRequestError.ResponseEnded) };
        Assert.Equal(CarrierError.Unclear, (await Assert.ThrowsAsync<CarrierException>(() => broken.Client().CreateAsync(s_order, default))).Error);
        Assert.Single(broken.Requests);
        Api unreachable = new() { Failure = new HttpRequestException(HttpRequestError.ConnectionError) };
        Assert.Equal(CarrierError.Unreachable, (await Assert.ThrowsAsync<CarrierException>(() => unreachable.Client().CreateAsync(s_order, default))).Error);
        Assert.Equal(4, unreachable.Requests.Count);
    }

    [Fact]
    public async Task Reading_and_ending_are_repeated_over_any_passing_fault()
    {
        Api api = new((HttpStatusCode.BadGateway, "<html>"), (HttpStatusCode.ServiceUnavailable, ""), ((HttpStatusCode)429, "{}"), (HttpStatusCode.OK, """{"sid":"CA1","status":"completed","duration":"42"}"""));
        Assert.Equal(new CarrierCall("CA1", CallState.Completed, 42), await api.Client().EndAsync("CA1", answered: true, default));
        Assert.All(api.Requests, r => Assert.Equal("Status=completed", r.Form));
        Assert.Equal("https://api.twilio.com/2010-04-01/Accounts/AC1/Calls/CA1.json", api.Requests[3].Url);
    }

    [Theory]
    [InlineData(400, """{"code":21211,"message":"The 'To' number +14155550123 is not valid","status":400}""", CarrierError.Refused, 21211)]
    [InlineData(401, """{"code":20003}""", CarrierError.Unauthorized, 20003)]
    [InlineData(400, "[]", CarrierError.Refused, 0)]
    [InlineData(302, "", CarrierError.Refused, 0)]
    public async Task A_refusal_is_told_without_the_number_or_the_secret(int status, string body, CarrierError error, int code)
    {
        CarrierException exception = await Assert.ThrowsAsync<CarrierException>(() => new Api(((HttpStatusCode)status, body)).Client().CreateAsync(s_order, default));
        Assert.Equal((error, code), (exception.Error, exception.Code));
        Assert.DoesNotContain("5550123", exception.Message);
        Assert.DoesNotContain("geheim", exception.ToString());
        Assert.DoesNotContain("geheim", new TwilioClientOptions { AccountSid = "AC1", Secret = "geheim" }.ToString());
    }

    [Theory]
    [InlineData("../Recordings/RE1")]
    [InlineData("CA1?x=1")]
    [InlineData("")]
    public async Task A_sid_cannot_lead_elsewhere(string sid)
    {
        Api api = new((HttpStatusCode.OK, Call));
        await Assert.ThrowsAsync<ArgumentException>(() => api.Client().FetchAsync(sid, default));
        Assert.Empty(api.Requests);
    }

    private sealed class Api(params (HttpStatusCode Status, string Body)[] answers) : HttpMessageHandler, IHttpClientFactory
    {
        private int _next;

        public List<(string Method, string Url, string Authorization, string Form)> Requests { get; } = [];

        public HttpRequestException? Failure { get; init; }

        public TwilioClient Client() => new(this, new TwilioClientOptions { AccountSid = "AC1", Secret = "geheim" }, new Hurry());

        public HttpClient CreateClient(string name) => new(this, disposeHandler: false);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests.Add((request.Method.Method, request.RequestUri!.ToString(), request.Headers.Authorization!.ToString(), request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken)));
            if (Failure is not null)
            {
                throw Failure;
            }

            (HttpStatusCode status, string body) = answers[Math.Min(_next++, answers.Length - 1)];
            return new HttpResponseMessage(status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        }
    }

    /// <summary>Every pause is over at once.</summary>
    private sealed class Hurry : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => base.CreateTimer(callback, state, TimeSpan.Zero, period);
    }
}
