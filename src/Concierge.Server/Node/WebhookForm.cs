using System.Text.Json;
using Microsoft.Extensions.Primitives;

namespace Concierge.Server.Node;

/// <summary>Reads a webhook of the carrier, and lets only the carrier's through. Nothing of it is used before its signature is right.</summary>
internal static class WebhookForm
{
    /// <summary>Reads the fields of a form, of a JSON object, or the query of a GET, and checks the signature. Answers the request itself when it may not go on.</summary>
    /// <returns>The fields, or null when the request has been answered.</returns>
    public static async Task<IReadOnlyList<KeyValuePair<string, string>>?> ReadAsync(HttpContext context, RequestAuthority authority, ILogger log)
    {
        bool post = HttpMethods.IsPost(context.Request.Method);
        if (post && context.Request.HasJsonContentType())
        {
            return await ReadJsonAsync(context, authority, log);
        }

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

    /// <summary>A JSON body: the address alone is signed, and carries the hash of the octets that came (not of what they are read to mean).</summary>
    private static async Task<IReadOnlyList<KeyValuePair<string, string>>?> ReadJsonAsync(HttpContext context, RequestAuthority authority, ILogger log)
    {
        using MemoryStream body = new();
        try
        {
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        }
        catch (BadHttpRequestException exception)
        {
            await new Problem(exception.StatusCode, "Bad body", "The body cannot be read: it is too large, too slow or cut off.").WriteAsync(context);
            return null;
        }

        if (!authority.AcceptsBody(context, body.GetBuffer().AsSpan(0, (int)body.Length)))
        {
            NodeLog.RefusedWebhook(log);
            await Problem.NotSigned.WriteAsync(context);
            return null;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(body.GetBuffer().AsMemory(0, (int)body.Length), new JsonDocumentOptions { MaxDepth = 16 });
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                // A name that occurs twice stays two fields, and so is none.
                return [.. document.RootElement.EnumerateObject().Where(p => p.Value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array or JsonValueKind.Null))
                    .Select(p => new KeyValuePair<string, string>(p.Name, p.Value.ToString()))];
            }
        }
        catch (JsonException)
        {
            // Its message quotes what was sent.
        }

        await new Problem(400, "Bad body", "The body is not a JSON object.").WriteAsync(context);
        return null;
    }

    private static async Task<KeyValuePair<string, string>[]?> ReadFieldsAsync(HttpContext context, bool post)
    {
        if (!post)
        {
            return Flatten(context.Request.Query);
        }

        if (!context.Request.HasFormContentType)
        {
            await new Problem(415, "Not a form", "Send application/x-www-form-urlencoded, as the carrier does, or a JSON object.").WriteAsync(context);
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
