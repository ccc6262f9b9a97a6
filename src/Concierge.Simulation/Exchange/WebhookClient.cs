using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Concierge.Simulation.Twilio;

namespace Concierge.Simulation.Exchange;

/// <summary>
/// Sends the carrier's webhooks: form or query, signed over the public address, cookies of the call, at most ten redirects, the vendor's time limits and the
/// connection overrides of the URL's fragment (PROTOCOL A.8, A.9).
/// </summary>
internal sealed class WebhookClient : IDisposable
{
    private const int MostRedirects = 10;

    private static readonly HttpRequestOptionsKey<TimeSpan> s_connectTimeout = new("connect-timeout");

    private readonly TwilioExchangeOptions _options;
    private readonly TimeProvider _time;
    private readonly HttpMessageInvoker _http;
    private int _token;

    public WebhookClient(TwilioExchangeOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _http = new HttpMessageInvoker(options.WebhookHandler ?? CreateHandler(), disposeHandler: options.WebhookHandler is null);
    }

    /// <summary>Sends one webhook and records it in the call.</summary>
    public async Task<WebhookAnswer> SendAsync(
        TwilioExchangeCall call, CookieContainer cookies, string purpose, Uri url, string method, IReadOnlyList<KeyValuePair<string, string>> fields, CancellationToken ct)
    {
        WebhookOverrides limits = WebhookOverrides.Parse(url.Fragment, _options.ConnectTimeout, _options.WebhookTimeout);
        string token = TwilioSid.Make("IT", HashCode(_options.Seed, Interlocked.Increment(ref _token)))[2..];
        Uri address = new UriBuilder(url) { Fragment = "" }.Uri;
        DateTimeOffset at = _time.GetUtcNow();
        using var total = new CancellationTokenSource(limits.Total, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, total.Token);
        WebhookAnswer answer;
        for (int attempt = 0; ; attempt++)
        {
            answer = await TryAsync(address, method, fields, cookies, token, limits, either.Token);
            ct.ThrowIfCancellationRequested();
            if (answer.ErrorCode is null || attempt >= limits.Retries || total.IsCancellationRequested || !limits.Repeats(answer))
            {
                break;
            }
        }

        call.Add(new TwilioExchangeRequest(at, purpose, method, Unported(Bare(address)), fields, answer.Status, answer.ErrorCode));
        return answer;
    }

    public void Dispose() => _http.Dispose();

    private async Task<WebhookAnswer> TryAsync(
        Uri url, string method, IReadOnlyList<KeyValuePair<string, string>> fields, CookieContainer cookies, string token, WebhookOverrides limits, CancellationToken ct)
    {
        bool withCredentials = false;
        for (int redirects = 0; redirects <= MostRedirects;)
        {
            using HttpRequestMessage request = Request(url, method, fields, cookies, token, withCredentials);
            request.Options.Set(s_connectTimeout, limits.Connect);
            using var read = new CancellationTokenSource(limits.Connect + limits.Read, _time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, read.Token);
            try
            {
                using HttpResponseMessage response = await _http.SendAsync(request, either.Token);
                byte[] body = await response.Content.ReadAsByteArrayAsync(either.Token);
                Keep(cookies, url, response);
                int status = (int)response.StatusCode;
                if (status == 401 && url.UserInfo.Length > 0 && !withCredentials)
                {
                    withCredentials = true;
                    continue;
                }

                if (status is 301 or 302 or 303 or 307 or 308 && response.Headers.Location is { } location)
                {
                    url = new Uri(url, location);
                    (method, fields) = status is 307 or 308 ? (method, fields) : ("GET", []);
                    redirects++;
                    continue;
                }

                var answer = new WebhookAnswer(status, response.Content.Headers.ContentType?.MediaType, body, url);
                return status is >= 200 and < 300 ? answer : answer with { ErrorCode = 11200, Error = $"The webhook answered {status}." };
            }
            catch (HttpRequestException e)
            {
                bool dialling = e.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError;
                return new WebhookAnswer(0, null, [], url) { ErrorCode = 11205, Error = "The webhook could not be reached: " + e.Message, ConnectFailed = dialling };
            }
            catch (OperationCanceledException)
            {
                return new WebhookAnswer(0, null, [], url) { ErrorCode = 11205, Error = "The webhook did not answer in time." };
            }
        }

        return new WebhookAnswer(0, null, [], url) { ErrorCode = 11215, Error = $"More than {MostRedirects} redirects." };
    }

    private HttpRequestMessage Request(
        Uri url, string method, IReadOnlyList<KeyValuePair<string, string>> fields, CookieContainer cookies, string token, bool withCredentials)
    {
        bool post = method == "POST";
        Uri known = Bare(url);
        if (!post && fields.Count > 0)
        {
            known = new UriBuilder(known) { Query = (known.Query.Length > 1 ? known.Query[1..] + "&" : "") + RestForm.Format(fields) }.Uri;
        }

        var request = new HttpRequestMessage(post ? HttpMethod.Post : HttpMethod.Get, Reachable(known));
        if (post)
        {
            request.Content = new ByteArrayContent(Encoding.ASCII.GetBytes(RestForm.Format(fields)));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded", "utf-8");
        }

        request.Headers.TryAddWithoutValidation("User-Agent", "TwilioProxy/1.1");
        request.Headers.TryAddWithoutValidation("Accept", "*/*");
        request.Headers.TryAddWithoutValidation("I-Twilio-Idempotency-Token", token);
        request.Headers.TryAddWithoutValidation("X-Twilio-Signature", TwilioSignature.Sign(_options.AuthToken, Unported(known), post ? fields : null));
        if (cookies.GetCookieHeader(known) is { Length: > 0 } cookie)
        {
            request.Headers.TryAddWithoutValidation("Cookie", cookie);
        }

        if (withCredentials)
        {
            string user = Uri.UnescapeDataString(url.UserInfo);
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(user)));
        }

        return request;
    }

    private Uri Reachable(Uri known) => Reachable(_options, known);

    /// <summary>The node's public name leads to where it really listens.</summary>
    public static Uri Reachable(TwilioExchangeOptions options, Uri known)
    {
        if (options.PublicUrl is not { } host || options.ReachableUrl is not { } real || !string.Equals(known.Host, host.Host, StringComparison.OrdinalIgnoreCase))
        {
            return known;
        }

        bool socket = known.Scheme is "ws" or "wss";
        string scheme = real.Scheme is "https" or "wss" ? (socket ? "wss" : "https") : socket ? "ws" : "http";
        return new UriBuilder(known) { Scheme = scheme, Host = real.Host, Port = real.Port }.Uri;
    }

    /// <summary>The vendor signs without the port of a secure scheme.</summary>
    public static string Unported(Uri url) => url.Scheme is "https" or "wss" ? new UriBuilder(url) { Port = -1 }.Uri.AbsoluteUri : url.AbsoluteUri;

    // Neither user information nor the fragment is sent or signed.
    private static Uri Bare(Uri url) => new UriBuilder(url) { UserName = "", Password = "", Fragment = "" }.Uri;

    private static void Keep(CookieContainer cookies, Uri url, HttpResponseMessage response)
    {
        if (response.Headers.TryGetValues("Set-Cookie", out IEnumerable<string>? values))
        {
            foreach (string value in values)
            {
                try
                {
                    cookies.SetCookies(Bare(url), value);
                }
                catch (CookieException)
                {
                    // A cookie that no client would keep.
                }
            }
        }
    }

    private static int HashCode(int seed, int count) => unchecked((seed * 7919) + count);

    private SocketsHttpHandler CreateHandler() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        ConnectCallback = async (context, ct) =>
        {
            context.InitialRequestMessage.Options.TryGetValue(s_connectTimeout, out TimeSpan limit);
            using var timeout = new CancellationTokenSource(limit, _time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(context.DnsEndPoint, either.Token);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                socket.Dispose();
                throw new IOException($"No connection within {limit.TotalSeconds:0.#} s.");
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    };
}
