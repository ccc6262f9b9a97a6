using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Concierge.Calls.Carrier;

namespace Concierge.Calls.Twilio;

/// <summary>
/// Twilio's REST API 2010-04-01: create, fetch and update a call. Reading and ending may be repeated and are, after a pause that grows and that honours
/// <c>Retry-After</c>; creating is repeated only when the first order certainly was not taken (no connection, 429). The secret goes to the configured host only:
/// redirects are not followed.
/// </summary>
public sealed class TwilioClient : ICarrierClient
{
    /// <summary>The name of the client to configure at <see cref="IHttpClientFactory"/>; its handler must not follow redirects.</summary>
    public const string HttpClientName = "twilio";

    private const int MaxAnswer = 256 * 1024;
    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(8);

    private readonly IHttpClientFactory _http;
    private readonly TwilioClientOptions _options;
    private readonly TimeProvider _time;
    private readonly AuthenticationHeaderValue _authorization;

    /// <summary>Creates a client.</summary>
    /// <param name="http">Makes the HTTP clients.</param>
    /// <param name="options">Address and credentials.</param>
    /// <param name="time">The clock of the pauses.</param>
    public TwilioClient(IHttpClientFactory http, TwilioClientOptions options, TimeProvider time)
    {
        _http = http;
        _options = options;
        _time = time;
        _authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{options.ApiKeySid ?? options.AccountSid}:{options.Secret}")));
    }

    /// <inheritdoc/>
    public async Task<CarrierCall> CreateAsync(CarrierCallOrder order, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(order);
        return await SendAsync(HttpMethod.Post, "Calls.json", TwilioForms.Create(order), mayRepeat: false, cancellationToken)
            ?? throw new CarrierException(CarrierError.Refused, "The carrier does not know this account; check TWILIO_ACCOUNT_SID and TWILIO_API_URL.");
    }

    /// <inheritdoc/>
    public Task<CarrierCall?> FetchAsync(string callSid, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, PathOf(callSid), null, mayRepeat: true, cancellationToken);

    /// <inheritdoc/>
    public Task<CarrierCall?> EndAsync(string callSid, bool answered, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, PathOf(callSid), [new("Status", answered ? "completed" : "canceled")], mayRepeat: true, cancellationToken);

    /// <inheritdoc/>
    public Task<CarrierCall?> RedirectAsync(string callSid, string twiml, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(twiml);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(twiml.Length, 4_000); // error 32018 beyond
        return SendAsync(HttpMethod.Post, PathOf(callSid), [new("Twiml", twiml)], mayRepeat: true, cancellationToken);
    }

    /// <summary>A SID goes into an address: nothing but letters and digits may.</summary>
    private static string PathOf(string callSid) => callSid is { Length: > 0 and <= 64 } && callSid.All(char.IsAsciiLetterOrDigit)
        ? $"Calls/{callSid}.json"
        : throw new ArgumentException("A call SID consists of letters and digits.", nameof(callSid));

    private async Task<CarrierCall?> SendAsync(HttpMethod method, string path, KeyValuePair<string, string>[]? form, bool mayRepeat, CancellationToken cancellationToken)
    {
        TimeSpan pause = s_firstPause;
        for (int attempt = 0; ; attempt++)
        {
            TimeSpan? wait;
            CarrierException failure;
            try
            {
                (CarrierCall? call, CarrierException? refusal, wait) = await SendOnceAsync(method, path, form, cancellationToken);
                if (refusal is null)
                {
                    return call;
                }

                failure = refusal;
            }
            catch (HttpRequestException exception)
            {
                bool neverArrived = exception.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError;
                failure = new CarrierException(
                    neverArrived ? CarrierError.Unreachable : CarrierError.Unclear, $"The carrier's API cannot be reached: {exception.HttpRequestError}. Check TWILIO_API_URL and the network.", inner: exception);
                wait = null;
            }
            catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
            {
                failure = new CarrierException(CarrierError.Unclear, $"The carrier's API did not answer within {_options.Timeout.TotalSeconds:0} s.", inner: exception);
                wait = null;
            }

            bool repeat = failure.Error is CarrierError.Unreachable or CarrierError.RateLimited || (mayRepeat && failure.Error == CarrierError.Unclear);
            if (!repeat || attempt >= _options.Retries)
            {
                throw failure;
            }

            TimeSpan next = wait is { } asked && asked < s_longestPause ? asked : pause;
            await Task.Delay(next * (0.8 + (0.4 * Random.Shared.NextDouble())), _time, cancellationToken);
            pause = pause * 2 < s_longestPause ? pause * 2 : s_longestPause;
        }
    }

    private async Task<(CarrierCall? Call, CarrierException? Failure, TimeSpan? RetryAfter)> SendOnceAsync(
        HttpMethod method, string path, KeyValuePair<string, string>[]? form, CancellationToken cancellationToken)
    {
        using HttpClient client = _http.CreateClient(HttpClientName);
        using HttpRequestMessage request = new(method, new Uri(_options.BaseUrl, $"/2010-04-01/Accounts/{_options.AccountSid}/{path}"));
        request.Headers.Authorization = _authorization;
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request.Content = form is null ? null : new FormUrlEncodedContent(form);
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(_options.Timeout);
        using HttpResponseMessage answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
        byte[] body = await ReadAsync(answer, patience.Token);
        if (answer.StatusCode == HttpStatusCode.NotFound)
        {
            return (null, null, null);
        }

        if (answer.IsSuccessStatusCode)
        {
            return TwilioAnswers.TryReadCall(body, out CarrierCall? call)
                ? (call, null, null)
                : (null, new CarrierException(CarrierError.Unclear, "The carrier's answer is not a call; check TWILIO_API_URL."), null);
        }

        (int code, string message) = TwilioAnswers.ReadError(body);
        CarrierError error = (int)answer.StatusCode switch
        {
            401 or 403 => CarrierError.Unauthorized,
            429 => CarrierError.RateLimited,
            >= 500 or 408 => CarrierError.Unclear,
            _ => CarrierError.Refused,
        };
        string words = string.Create(CultureInfo.InvariantCulture, $"The carrier refused with {(int)answer.StatusCode}{(code == 0 ? "" : $", error {code}")}: {message}");
        return (null, new CarrierException(error, words, code), answer.Headers.RetryAfter?.Delta);
    }

    private static async Task<byte[]> ReadAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        await using Stream stream = await answer.Content.ReadAsStreamAsync(cancellationToken);
        byte[] buffer = new byte[MaxAnswer];
        int length = await stream.ReadAtLeastAsync(buffer, MaxAnswer, throwOnEndOfStream: false, cancellationToken);
        return buffer[..length];
    }
}
