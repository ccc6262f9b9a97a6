using Microsoft.Extensions.Primitives;

namespace Concierge.Server.Node;

/// <summary>Reads a webhook of the carrier, and lets only the carrier's through. Nothing of it is used before its signature is right.</summary>
internal static class WebhookForm
{
    /// <summary>Reads the fields of a form, or the query of a GET, and checks the signature. Answers the request itself when it may not go on.</summary>
    /// <returns>The fields, or null when the request has been answered.</returns>
    public static async Task<IReadOnlyList<KeyValuePair<string, string>>?> ReadAsync(HttpContext context, RequestAuthority authority, ILogger log)
    {
        bool post = HttpMethods.IsPost(context.Request.Method);
        if (await ReadFieldsAsync(context, post) is not { } fields)
        {
            return null;
        }

        if (!authority.AcceptsWebhook(context, post ? fields : []))
        {
            NodeLog.RefusedWebhook(log);
            await Problem.NotSigned.WriteAsync(context);
            return null;
        }

        return fields;
    }

    /// <summary>A field that occurs exactly once; null otherwise.</summary>
    public static string? Single(IReadOnlyList<KeyValuePair<string, string>> fields, string name)
    {
        string? found = null;
        foreach ((string key, string value) in fields)
        {
            if (string.Equals(key, name, StringComparison.Ordinal))
            {
                if (found is not null)
                {
                    return null;
                }

                found = value;
            }
        }

        return found;
    }

    private static async Task<KeyValuePair<string, string>[]?> ReadFieldsAsync(HttpContext context, bool post)
    {
        if (!post)
        {
            return Flatten(context.Request.Query);
        }

        if (!context.Request.HasFormContentType)
        {
            await new Problem(415, "Not a form", "Send application/x-www-form-urlencoded, as the carrier does.").WriteAsync(context);
            return null;
        }

        try
        {
            return Flatten(await context.Request.ReadFormAsync(context.RequestAborted));
        }
        catch (BadHttpRequestException exception)
        {
            await new Problem(exception.StatusCode, "Bad form", "The form cannot be read: it is too large, too slow or cut off.").WriteAsync(context);
        }
        catch (InvalidDataException)
        {
            await new Problem(400, "Bad form", "The form cannot be read.").WriteAsync(context);
        }

        return null;
    }

    private static KeyValuePair<string, string>[] Flatten(IEnumerable<KeyValuePair<string, StringValues>> fields) =>
        [.. fields.SelectMany(field => field.Value, (field, value) => new KeyValuePair<string, string>(field.Key, value ?? ""))];
}
