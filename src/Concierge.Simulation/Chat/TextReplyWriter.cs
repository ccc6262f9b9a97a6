using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Concierge.Simulation.Chat;

/// <summary>Writes a reply: JSON, or server-sent events one by one.</summary>
internal static class TextReplyWriter
{
    private const int DeltaMs = 5;

    private static readonly JsonSerializerOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static async Task WriteAsync(HttpContext context, TextReply reply, TimeProvider time, CancellationToken stopping)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        try
        {
            if (reply.AfterMs > 0)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(reply.AfterMs), time, either.Token);
            }

            if (reply.DropAfter is not null && reply.Stream is null)
            {
                context.Abort();
                return;
            }

            context.Response.StatusCode = reply.Status;
            if (reply.RetryAfterSeconds is { } seconds)
            {
                context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            }

            if (reply.Stream is null)
            {
                context.Response.ContentType = "application/json";
                await context.Response.WriteAsync(reply.Body!.ToJsonString(s_json), either.Token);
                return;
            }

            await WriteStreamAsync(context, reply, time, either.Token);
        }
        catch (OperationCanceledException)
        {
            // The client is gone, or the twin is.
        }
    }

    private static async Task WriteStreamAsync(HttpContext context, TextReply reply, TimeProvider time, CancellationToken ct)
    {
        context.Response.ContentType = "text/event-stream; charset=utf-8";
        context.Response.Headers.CacheControl = "no-cache";
        int deltas = 0;
        foreach (TextChunk chunk in reply.Stream!)
        {
            if (chunk.IsDelta)
            {
                if (deltas++ == reply.DropAfter)
                {
                    context.Abort();
                    return;
                }

                await Task.Delay(TimeSpan.FromMilliseconds(DeltaMs), time, ct);
            }

            string text = chunk.Event is null ? $"data: {chunk.Data}\n\n" : $"event: {chunk.Event}\ndata: {chunk.Data}\n\n";
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), ct);
            await context.Response.Body.FlushAsync(ct);
        }
    }
}
