using Concierge.Calls.Twilio;
using Concierge.Server.Configuration;
using Microsoft.AspNetCore.Http.Features;

namespace Concierge.Server.Node;

/// <summary>Decides whether a request comes from the carrier. Addresses come from the configuration, never from <c>Host</c> or forwarded headers.</summary>
internal sealed class RequestAuthority(NodeOptions options)
{
    private readonly TwilioSignatureValidator? _validator = options.AuthTokens.Count > 0 ? new TwilioSignatureValidator(options.AuthTokens) : null;

    /// <summary>Whether an upgrade may go on.</summary>
    public bool AcceptsUpgrade(HttpContext context) =>
        _validator is null || (Address(context) is { } url && _validator.IsValidUpgrade(Signatures(context), url));

    /// <summary>Whether a webhook may be answered.</summary>
    /// <param name="context">The request.</param>
    /// <param name="form">Its decoded fields; empty for GET.</param>
    public bool AcceptsWebhook(HttpContext context, IEnumerable<KeyValuePair<string, string>> form) =>
        _validator is null || (Address(context) is { } url && _validator.IsValid(Signatures(context), url, form));

    /// <summary>Whether a webhook with a body that is no form may be answered: its address is signed and names the body's hash (<c>bodySHA256</c>).</summary>
    /// <param name="context">The request.</param>
    /// <param name="body">Its octets as they came.</param>
    public bool AcceptsBody(HttpContext context, ReadOnlySpan<byte> body) =>
        _validator is null || (Address(context) is { } url && _validator.IsValidBody(Signatures(context), url, body));

    private static string?[] Signatures(HttpContext context) => context.Request.Headers[TwilioSignature.HeaderName].ToArray();

    /// <summary>The public address with the target exactly as it came in: an escape decoded and encoded again would not be what was signed.</summary>
    private string? Address(HttpContext context)
    {
        string? target = context.Features.Get<IHttpRequestFeature>()?.RawTarget;
        return options.PublicUrl is { } url && target is ['/', ..] ? url.GetLeftPart(UriPartial.Authority) + target : null;
    }
}
