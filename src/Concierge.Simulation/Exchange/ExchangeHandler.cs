using System.Net;
using System.Net.Http.Headers;

namespace Concierge.Simulation.Exchange;

/// <summary>The carrier's REST interface for an HttpClient of the same process.</summary>
internal sealed class ExchangeHandler(TwilioExchange exchange) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        if (exchange.Options.RestFaults.Delay is { Ticks: > 0 } delay)
        {
            await Task.Delay(delay, exchange.Time, cancellationToken);
        }

        TwilioRestAnswer answer = exchange.Handle(request.Method.Method, request.RequestUri!.PathAndQuery, body, request.Headers.Authorization?.ToString());
        if (answer.IsLost)
        {
            throw new HttpRequestException(HttpRequestError.ResponseEnded, "The connection was closed before the answer came.");
        }

        var response = new HttpResponseMessage((HttpStatusCode)answer.Status) { RequestMessage = request, Content = new ByteArrayContent(answer.Body) };
        response.Content.Headers.ContentType = new MediaTypeHeaderValue(answer.ContentType);
        return response;
    }
}
