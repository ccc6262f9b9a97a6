using System.IO.Pipelines;
using System.Text;
using System.Text.Json.Nodes;
using Concierge.Simulation.Realtime;
using Concierge.Simulation.Scenarios;
using Concierge.Simulation.Speech;
using Concierge.Simulation.Time;
using Concierge.Simulation.Wire;
using Concierge.WebSockets;

namespace Concierge.Simulation.Tests.Realtime;

/// <summary>A client of the Realtime twin in memory: sends text, collects events with their times, waits for what it wants.</summary>
internal sealed class TwinClient
{
    private readonly WebSocketWriter _writer;
    private readonly WebSocketReader _reader;
    private readonly IDuplexPipe _line;
    private readonly VirtualTimeLoop _loop;
    private TaskCompletionSource _changed = new();
    private int _seen;

    private TwinClient(VirtualTimeLoop loop, IDuplexPipe line)
    {
        _loop = loop;
        _line = line;
        _writer = new WebSocketWriter(line.Output, WebSocketRole.Client, new WebSocketWriterOptions { ControlBudget = 16 * 1024 * 1024 });
        _reader = new WebSocketReader(line.Input, WebSocketRole.Client, new WebSocketLimits { MaxFramePayload = 1 << 24, MaxMessageSize = 1 << 24 }, _writer);
    }

    public List<JsonObject> Events { get; } = [];

    public List<TimeSpan> Times { get; } = [];

    public int Malformed { get; private set; }

    public bool Ended { get; private set; }

    public int CloseCode => _reader.CloseCode;

    public string CloseReason => _reader.CloseReason;

    public IEnumerable<string> Types => Events.Select(e => e["type"]!.ToString());

    /// <summary>Runs a conversation with a twin and returns the twin's record.</summary>
    public static RealtimeTwinRecord Run(
        Func<TwinClient, Task> talk,
        Scenario? scenario = null,
        RealtimeTwinOptions? options = null,
        RealtimeTwinConnection? connection = null,
        ScenarioProgress? progress = null)
    {
        var loop = new VirtualTimeLoop();
        return loop.Run(async () =>
        {
            (IDuplexPipe server, IDuplexPipe client) = InMemoryDuplex.CreatePair();
            var session = new RealtimeTwinSession(
                server,
                scenario ?? progress?.Scenario ?? ScenarioLibrary.BookingConfirmed,
                loop.TimeProvider,
                (options ?? new RealtimeTwinOptions()) with { KeepEventText = true },
                connection,
                progress);
            Task<RealtimeTwinRecord> running = session.RunAsync();
            var twin = new TwinClient(loop, client);
            Task reading = twin.ReadAsync();
            await talk(twin);
            await twin._writer.CloseAsync(1000, "");
            RealtimeTwinRecord record = await running;
            await reading;
            await client.Output.CompleteAsync();
            Assert.Equal(0, loop.OutsidePosts);
            return record;
        });
    }

    public void Send(string json)
    {
        _writer.TryAppend(WebSocketOpcode.Text, Encoding.UTF8.GetBytes(json));
        _writer.Flush();
    }

    public void SendBinary(byte[] bytes)
    {
        _writer.TryAppend(WebSocketOpcode.Binary, bytes);
        _writer.Flush();
    }

    /// <summary>Appends audio, 20 ms every 20 ms.</summary>
    public async Task SpeakAsync(byte[] audio, int bytesPerMs)
    {
        for (int at = 0; at < audio.Length; at += 20 * bytesPerMs)
        {
            Send($$"""{"type":"input_audio_buffer.append","audio":"{{Convert.ToBase64String(audio, at, Math.Min(20 * bytesPerMs, audio.Length - at))}}"}""");
            await WaitAsync(20);
        }
    }

    /// <summary>Says a clip in PCM 24 kHz and then nothing for a while.</summary>
    public async Task SpeakAsync(string clip, int silenceMs = 700)
    {
        await SpeakAsync(ClipLibrary.Get(clip).Pcm24k, 48);
        await SpeakAsync(new byte[silenceMs * 48], 48);
    }

    public Task WaitAsync(int milliseconds) => Task.Delay(TimeSpan.FromMilliseconds(milliseconds), _loop.TimeProvider);

    /// <summary>Waits for the next event of a type, among those not waited for yet.</summary>
    public async Task<JsonObject> ExpectAsync(string type, int withinMs = 30_000)
    {
        TimeSpan until = _loop.Elapsed + TimeSpan.FromMilliseconds(withinMs);
        while (true)
        {
            for (; _seen < Events.Count; _seen++)
            {
                if (Events[_seen]["type"]!.ToString() == type)
                {
                    return Events[_seen++];
                }
            }

            Task changed = _changed.Task;
            Task first = await Task.WhenAny(changed, Task.Delay(until - _loop.Elapsed, (TimeProvider)_loop.TimeProvider));
            Assert.True(first == changed, $"No {type} within {withinMs} ms; events: {string.Join(", ", Types)}");
        }
    }

    public async Task<JsonObject> ExpectErrorAsync(string code)
    {
        JsonObject error = (await ExpectAsync("error"))["error"]!.AsObject();
        Assert.Equal(code, error["code"]!.ToString());
        return error;
    }

    private async Task ReadAsync()
    {
        while (await _reader.ReadAsync() == WebSocketReadStatus.Message)
        {
            try
            {
                Events.Add(JsonNode.Parse(_reader.Payload)!.AsObject());
                Times.Add(_loop.Elapsed);
            }
            catch (System.Text.Json.JsonException)
            {
                Malformed++;
            }

            Pulse();
        }

        Ended = true;
        Pulse();
    }

    public async Task WaitForEndAsync()
    {
        while (!Ended)
        {
            await _changed.Task;
        }
    }

    private void Pulse()
    {
        TaskCompletionSource changed = _changed;
        _changed = new TaskCompletionSource();
        changed.SetResult();
    }
}
