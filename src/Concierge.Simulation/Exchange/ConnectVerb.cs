using System.IO.Pipelines;
using Concierge.Simulation.Twilio;
using Concierge.WebSockets;

namespace Concierge.Simulation.Exchange;

/// <summary>Connect with Stream: a bidirectional stream that holds the document up until its socket closes, the person hangs up or the call is updated.</summary>
internal sealed class ConnectVerb(ExchangeCallRun run, StreamRequest request, CancellationToken ct)
{
    public async Task RunAsync()
    {
        TwilioExchange exchange = run.Exchange;
        string sid = exchange.NextSid("MZ");
        (IDuplexPipe? line, int code, string error) = await exchange.Dialer.DialAsync(request.Url!, ct);
        if (line is null)
        {
            exchange.Notify(run.Call, code, isWarning: false, error, request.Url!.AbsoluteUri);
            StreamNews.Tell(run, request, sid, "stream-error", error);
            return;
        }

        TwilioTwinOptions options = exchange.Options.Stream with
        {
            AccountSid = exchange.Options.AccountSid,
            CallSid = run.Call.Sid,
            StreamSid = sid,
            CustomParameters = request.Parameters,
        };
        var stream = new TwilioTwinStream(line, run.Call.Scenario, exchange.Time, options, run.Leg) { Abort = line is WebSocketTransport socket ? socket.Abort : null };
        run.Call.Add(stream.Record);
        exchange.StreamStarting?.Invoke(run.Call, stream);
        StreamNews.Tell(run, request, sid, "stream-started");
        TwilioTwinRecord record;
        await using (ct.UnsafeRegister(static state => ((TwilioTwinStream)state!).Stop(TwilioTwinEnd.CallUpdated), stream))
        {
            record = await stream.RunAsync();
        }

        if (line is IAsyncDisposable transport)
        {
            await transport.DisposeAsync();
        }

        Report(record);
        if (record.End is TwilioTwinEnd.CalleeHungUp or TwilioTwinEnd.CalleeGaveUp or TwilioTwinEnd.TimeLimit)
        {
            run.End("completed");
        }
    }

    private void Report(TwilioTwinRecord record)
    {
        // The vendor tells each kind once for a stream.
        foreach (TwilioTwinWarning warning in record.Warnings.DistinctBy(w => w.Code))
        {
            run.Exchange.Notify(run.Call, warning.Code, isWarning: true, warning.Message, request.Url!.AbsoluteUri);
        }

        (int Code, string Message)? broken = record.End switch
        {
            TwilioTwinEnd.ProtocolError => (31924, "WebSocket protocol error."),
            TwilioTwinEnd.NodeDropped => (31921, "The connection ended without a close."),
            TwilioTwinEnd.NodeClosed when record.CloseCode is not (1000 or 1001 or 1005) => (31921, $"The server closed the connection with {record.CloseCode} {record.CloseReason}".TrimEnd() + "."),
            _ => null,
        };
        if (broken is { } error)
        {
            run.Exchange.Notify(run.Call, error.Code, isWarning: false, error.Message, request.Url!.AbsoluteUri);
        }

        StreamNews.Tell(run, request, record.StreamSid, broken is null ? "stream-stopped" : "stream-error", broken?.Message);
    }
}
