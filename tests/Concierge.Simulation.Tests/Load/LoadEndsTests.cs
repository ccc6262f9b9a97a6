using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Concierge.Simulation.Load;
using Concierge.Simulation.Time;
using Concierge.Simulation.Wire;
using Concierge.WebSockets;

namespace Concierge.Simulation.Tests.Load;

/// <summary>The generator's two ends, in memory and under the virtual clock.</summary>
public sealed class LoadEndsTests
{
    [Theory]
    [InlineData(LoadMode.Pcm16)]
    [InlineData(LoadMode.MuLaw)]
    public void Behind_a_relay_each_end_hears_the_others_frames(LoadMode mode) => Run(async now =>
    {
        (IDuplexPipe carrier, IDuplexPipe model) = InMemoryDuplex.CreatePair();
        var board = new LoadSwitchboard(3, mode, relayed: true);
        LoadCall call = board.Calls[2];
        call.Caller = new LoadCaller(call.Id, call.Up, call.Down, board.CallerHears, relayed: true, now);
        var far = new LoadModel(board.Claim, board.ModelHears, relayed: true, now);
        Task both = Task.WhenAll(ConnectAsync(call.Caller, carrier), ConnectAsync(far, model));
        call.Caller.Begin(new Dictionary<string, string>());
        await PlayAsync(board, call, 200, now);
        Assert.Same(far, call.Model);
        foreach (LoadTally tally in (LoadTally[])[board.Up, board.Down])
        {
            Assert.True(tally.Sent > 100, $"{tally.Sent}");
            Assert.Equal((0L, 0L), (tally.Lost, tally.Repeated));
        }

        Assert.Equal((0L, 0L), (call.Caller.Unreadable, far.Unreadable));
        call.Caller.HangUp();
        await both;
        Assert.Equal((1000, 1000), (call.Caller.CloseCode, far.CloseCode));
    });

    [Fact]
    public void The_caller_speaks_media_streams_returns_marks_when_they_are_due_and_all_of_them_after_a_clear() => Run(async now =>
    {
        (IDuplexPipe carrier, IDuplexPipe node) = InMemoryDuplex.CreatePair();
        var board = new LoadSwitchboard(1, LoadMode.Pcm16, relayed: false);
        LoadCall call = board.Calls[0];
        var caller = new LoadCaller(call.Id, call.Up, call.Down, board.CallerHears, relayed: false, now);
        Task running = ConnectAsync(caller, carrier);
        var writer = new WebSocketWriter(node.Output, WebSocketRole.Server);
        var reader = new WebSocketReader(node.Input, WebSocketRole.Server, new WebSocketLimits(), writer);
        caller.Begin(new Dictionary<string, string> { ["call_token"] = "a\"b" });
        Assert.Equal("connected", (await ReadAsync(reader)).GetProperty("event").GetString());
        JsonElement start = (await ReadAsync(reader)).GetProperty("start");
        Assert.Equal("a\"b", start.GetProperty("customParameters").GetProperty("call_token").GetString());
        Assert.Equal(8000, start.GetProperty("mediaFormat").GetProperty("sampleRate").GetInt32());

        // 100 ms of audio, then a mark: it is not back before the audio has been played.
        string audio = Convert.ToBase64String(new byte[800]);
        Send(writer, $$$"""{"event":"media","streamSid":"MZ","media":{"payload":"{{{audio}}}"}}""");
        Send(writer, """{"event":"mark","streamSid":"MZ","mark":{"name":"one \"two\""}}""");
        for (int i = 0; i < 5; i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), s_time!);
            caller.SendFrame(now());
            JsonElement sent = await ReadAsync(reader);
            if (i < 4)
            {
                Assert.Equal("media", sent.GetProperty("event").GetString());
                Assert.Equal($"{i + 1}", sent.GetProperty("media").GetProperty("chunk").GetString());
                Assert.Equal(160, sent.GetProperty("media").GetProperty("payload").GetBytesFromBase64().Length);
            }
            else
            {
                Assert.Equal("one \"two\"", sent.GetProperty("mark").GetProperty("name").GetString());
                Assert.Equal("media", (await ReadAsync(reader)).GetProperty("event").GetString());
            }
        }

        Send(writer, $$$"""{"event":"media","streamSid":"MZ","media":{"payload":"{{{audio}}}"}}""");
        Send(writer, """{"event":"mark","streamSid":"MZ","mark":{"name":"late"}}""");
        Send(writer, """{"event":"clear","streamSid":"MZ"}""");
        Assert.Equal("late", (await ReadAsync(reader)).GetProperty("mark").GetProperty("name").GetString());
        Send(writer, """{"event":"dance"}""");
        Send(writer, "{}");
        caller.HangUp();
        Assert.Equal("stop", (await ReadAsync(reader)).GetProperty("event").GetString());
        Assert.Equal(WebSocketReadStatus.Close, await reader.ReadAsync());
        await running;
        Assert.True(caller.IsOver);
        Assert.Equal((2L, 2L, 1L), (caller.Unreadable, caller.Marks, caller.Clears));
    });

    [Theory]
    [InlineData("""{"type":"session.update","session":{"type":"realtime","instructions":"x","audio":{"input":{"format":{"type":"audio/pcmu"}}}}}""", "response.output_audio.delta")]
    [InlineData("""{"type":"session.update","session":{"input_audio_format":"g711_ulaw"}}""", "response.audio.delta")]
    public void The_model_confirms_a_session_knows_its_call_by_the_stamps_and_then_speaks(string update, string deltaType) => Run(async now =>
    {
        (IDuplexPipe node, IDuplexPipe model) = InMemoryDuplex.CreatePair();
        var board = new LoadSwitchboard(2, LoadMode.MuLaw, relayed: false);
        var far = new LoadModel(board.Claim, board.ModelHears, relayed: false, now);
        Task running = ConnectAsync(far, model);
        far.Begin();
        var writer = new WebSocketWriter(node.Output, WebSocketRole.Client);
        var reader = new WebSocketReader(node.Input, WebSocketRole.Client, new WebSocketLimits(), writer);
        Assert.Equal("session.created", (await ReadAsync(reader)).GetProperty("type").GetString());
        Send(writer, update);
        JsonElement updated = await ReadAsync(reader);
        Assert.Equal("session.updated", updated.GetProperty("type").GetString());
        using (JsonDocument asked = JsonDocument.Parse(update))
        {
            foreach (JsonProperty property in asked.RootElement.GetProperty("session").EnumerateObject())
            {
                Assert.Equal(property.Value.GetRawText(), updated.GetProperty("session").GetProperty(property.Name).GetRawText());
            }
        }

        Assert.Equal("response.created", (await ReadAsync(reader)).GetProperty("type").GetString());
        far.SendFrame(now()); // whose call it is is not known yet: nothing goes out
        byte[] frame = new byte[160];
        LoadStamp.Write(frame, 1, isId: true);
        Send(writer, $$"""{"type":"input_audio_buffer.append", "audio" : "{{Convert.ToBase64String(frame)}}"}""");
        Send(writer, "not json, \"type\":\"x\"");
        await Task.Delay(TimeSpan.FromMilliseconds(1), s_time!);
        Assert.Same(far, board.Calls[1].Model);
        far.SendFrame(now());
        JsonElement delta = await ReadAsync(reader);
        Assert.Equal(deltaType, delta.GetProperty("type").GetString());
        Assert.Equal(160, delta.GetProperty("delta").GetBytesFromBase64().Length);
        Assert.Equal(1, far.Unreadable);
        await writer.CloseAsync(1000, "");
        await running;
        Assert.True(far.IsOver);
    });

    [ThreadStatic]
    private static TimeProvider? s_time;

    private static void Run(Func<Func<long>, Task> body)
    {
        var loop = new VirtualTimeLoop();
        s_time = loop.TimeProvider;
        loop.Run(() => body(() => loop.Elapsed.Ticks * 100));
    }

    private static Task ConnectAsync(LoadEnd end, IDuplexPipe pipes)
    {
        var wire = new LoadPipes(pipes);
        end.Wire = wire;
        return wire.RunAsync(end, default);
    }

    private static async Task PlayAsync(LoadSwitchboard board, LoadCall call, int frames, Func<long> now)
    {
        for (int i = 0; i < frames; i++)
        {
            board.Up.Counting = board.Down.Counting = i is >= 10 and < 190;
            call.Caller!.SendFrame(now());
            await Task.Delay(TimeSpan.FromMilliseconds(10), s_time!);
            call.Model?.SendFrame(now());
            await Task.Delay(TimeSpan.FromMilliseconds(10), s_time!);
        }
    }

    private static void Send(WebSocketWriter writer, string text)
    {
        writer.TryAppend(WebSocketOpcode.Text, Encoding.UTF8.GetBytes(text));
        writer.Flush();
    }

    private static async Task<JsonElement> ReadAsync(WebSocketReader reader)
    {
        Assert.Equal(WebSocketReadStatus.Message, await reader.ReadAsync());
        using JsonDocument document = JsonDocument.Parse(reader.PayloadMemory);
        return document.RootElement.Clone();
    }
}
