using System.IO.Pipelines;
using Concierge.Simulation.Speech;
using Concierge.Simulation.Twilio;
using Concierge.WebSockets;

namespace Concierge.Simulation.Exchange;

/// <summary>One unidirectional stream: both sides of the call to whoever listens, nothing back. What it is sent is ignored.</summary>
internal sealed class StreamFork(ExchangeCallRun run, StreamRequest request, string sid)
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopped = new();
    private readonly byte[] _heard = new byte[TelephoneLeg.FrameSamples];
    private TwilioMessages? _messages;
    private WebSocketWriter? _socket;
    private long _frames;

    public string Sid { get; } = sid;

    public StreamRequest Request { get; } = request;

    public string Status => _stopped.IsCancellationRequested ? "stopped" : "in-progress";

    public void Stop() => _stopped.Cancel();

    public async Task RunAsync()
    {
        (IDuplexPipe? line, int code, string error) = await run.Exchange.Dialer.DialAsync(Request.Url!, CancellationToken.None);
        if (line is null)
        {
            run.Exchange.Notify(run.Call, code, isWarning: false, error, Request.Url!.AbsoluteUri);
            StreamNews.Tell(run, Request, Sid, "stream-error", error);
            await _stopped.CancelAsync();
            return;
        }

        var record = new TwilioTwinRecord(run.Exchange.Options.AccountSid, run.Call.Sid, Sid) { StartedAt = run.Exchange.Time.GetUtcNow() };
        run.Call.Add(record);
        _socket = new WebSocketWriter(line.Output, WebSocketRole.Client, new WebSocketWriterOptions { ControlBudget = 1024 * 1024 });
        using var reader = new WebSocketReader(line.Input, WebSocketRole.Client, WebSocketLimits.Default, _socket);
        _messages = new TwilioMessages(_socket, Sid);
        StreamNews.Tell(run, Request, Sid, "stream-started");
        lock (_gate)
        {
            _messages.Connected();
            _messages.Start(record, run.Exchange.Options.Stream with { CustomParameters = Request.Parameters }, Request.Tracks);
        }

        _socket.Flush();
        run.Leg.Listen(OnFrame);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(_stopped.Token, run.Over);
        try
        {
            while (await reader.ReadAsync(over.Token) == WebSocketReadStatus.Message)
            {
            }

            record.End = TwilioTwinEnd.NodeClosed;
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            record.End = TwilioTwinEnd.CallUpdated;
        }

        run.Leg.Unlisten(OnFrame);
        lock (_gate)
        {
            _messages.Stop(record);
            record.MediaSent = (int)_frames;
        }

        await CloseAsync(line);
        await _stopped.CancelAsync();
        StreamNews.Tell(run, Request, Sid, "stream-stopped");
    }

    private async Task CloseAsync(IDuplexPipe line)
    {
        try
        {
            await _socket!.CloseAsync(1000, "");
            await line.Output.CompleteAsync();
            await line.Input.CompleteAsync();
        }
        catch (IOException)
        {
            // The other end is gone.
        }

        if (line is IAsyncDisposable transport)
        {
            await transport.DisposeAsync();
        }
    }

    private void OnFrame(ReadOnlyMemory<byte> said, ReadOnlyMemory<short> heard)
    {
        lock (_gate)
        {
            _frames++;
            long timestamp = 60 + (_frames * TelephoneLeg.FrameMs);
            foreach (string track in Request.Tracks)
            {
                if (track == "outbound")
                {
                    for (int i = 0; i < _heard.Length; i++)
                    {
                        _heard[i] = TelephoneCodec.ToMuLaw(heard.Span[i]);
                    }
                }

                _messages!.Media(_frames, timestamp, track == "outbound" ? _heard : said.Span, track: track);
            }
        }

        _socket!.Flush();
    }
}
