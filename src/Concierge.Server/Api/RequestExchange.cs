using System.Text.Json.Nodes;
using System.Threading.Channels;
using Concierge.Agents.Text;
using Concierge.Calls.Store;
using Concierge.Server.Node;
using Concierge.Server.Requests;

namespace Concierge.Server.Api;

/// <summary>
/// One request in plain words over HTTP: answered as JSON, or, to who accepts <c>text/event-stream</c>, told as it goes (server-sent events, HTML Standard, §9.2): <c>step</c> for
/// what happens among the agents, <c>call</c> with the id of a call that was placed, and at the end <c>answer</c>, or <c>error</c> with a problem document.
/// </summary>
internal static class RequestExchange
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(10);

    public static async Task AnswerAsync(HttpContext context, IRequestProcessor requests, ProcessRequestBody body, TimeProvider time)
    {
        using ClientWatch client = new(context, time);
        if (context.Request.GetTypedHeaders().Accept.Any(a => a.MediaType == "text/event-stream"))
        {
            await StreamAsync(context, requests, body, time, client.Gone);
            return;
        }

        try
        {
            ConciergeAnswer answer = await requests.ProcessAsync(body.UserInput!, body.SessionId, null, null, client.Gone);
            context.Response.ContentType = "application/json; charset=utf-8";
            context.Response.Headers.CacheControl = "no-store";
            await context.Response.WriteAsync(AnswerJson.Write(answer).ToJsonString(), context.RequestAborted);
        }
        catch (TextModelException exception)
        {
            await ModelFailed(exception).WriteAsync(context);
        }
    }

    private static Problem ModelFailed(TextModelException exception) => new(502, "The text model does not answer", exception.Message);

    private static async Task StreamAsync(HttpContext context, IRequestProcessor requests, ProcessRequestBody body, TimeProvider time, CancellationToken gone)
    {
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        Channel<(string Kind, JsonNode Data)> news = Channel.CreateUnbounded<(string, JsonNode)>();
        Task working = WorkAsync(requests, body, news.Writer, gone);
        try
        {
            await context.Response.Body.FlushAsync(context.RequestAborted);
            while (true)
            {
                // What is being waited for stays: a read that is given up would take an event with it.
                Task<bool> more = news.Reader.WaitToReadAsync(gone).AsTask();
                while (await Task.WhenAny(more, Task.Delay(s_pause, time, gone)) != more)
                {
                    await WriteAsync(context, ":\n\n"); // a proxy closes what is silent for long
                }

                if (!await more)
                {
                    return;
                }

                while (news.Reader.TryRead(out (string Kind, JsonNode Data) one))
                {
                    await WriteAsync(context, $"event: {one.Kind}\ndata: {one.Data.ToJsonString()}\n\n");
                }
            }
        }
        finally
        {
            await working;
        }
    }

    private static async Task WorkAsync(IRequestProcessor requests, ProcessRequestBody body, ChannelWriter<(string, JsonNode)> news, CancellationToken cancellationToken)
    {
        try
        {
            ConciergeAnswer answer = await requests.ProcessAsync(
                body.UserInput!,
                body.SessionId,
                happened =>
                {
                    if (Step(happened) is { } step)
                    {
                        news.TryWrite(("step", step));
                    }
                },
                id => news.TryWrite(("call", new JsonObject { ["call_id"] = id })),
                cancellationToken);
            news.TryWrite(("answer", AnswerJson.Write(answer)));
        }
        catch (TextModelException exception)
        {
            Tell(ModelFailed(exception));
        }
        catch (CallStoreException exception)
        {
            Tell(new Problem(503, "Store away", exception.Message));
        }
        catch (OperationCanceledException)
        {
            // The client is gone.
        }
        finally
        {
            news.Complete();
        }

        void Tell(Problem problem) => news.TryWrite(("error", new JsonObject { ["status"] = problem.Status, ["title"] = problem.Title, ["detail"] = problem.Detail }));
    }

    private static JsonObject? Step(TextRunEvent happened) => happened switch
    {
        TextRunEvent.Handoff handoff => new() { ["kind"] = "handoff", ["from"] = handoff.From, ["to"] = handoff.To },
        TextRunEvent.ToolStart tool => new() { ["kind"] = "tool", ["agent"] = tool.Agent, ["tool"] = tool.Tool },
        TextRunEvent.ToolEnd { IsError: true } tool => new() { ["kind"] = "tool_failed", ["agent"] = tool.Agent, ["tool"] = tool.Tool },
        TextRunEvent.GuardrailTripped tripped => new() { ["kind"] = "guardrail", ["guardrail"] = tripped.Trip.Guardrail, ["reason"] = tripped.Trip.Reason },
        _ => null,
    };

    private static async Task WriteAsync(HttpContext context, string text)
    {
        await context.Response.WriteAsync(text, context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }
}
