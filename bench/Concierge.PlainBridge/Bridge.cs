using System.Buffers;
using System.Net.WebSockets;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Concierge.PlainBridge;

/// <summary>One call: the carrier's socket, a socket to the Realtime server, and a loop from each to the other.</summary>
internal sealed class Bridge(WebSocket carrier, BridgeSettings settings, ILogger logger)
{
    private static readonly TimeSpan s_goodbye = TimeSpan.FromSeconds(5);

    private readonly ClientWebSocket _model = new();
    private readonly JsonMessage _toModel = new();
    private readonly JsonMessage _toCarrier = new();
    private readonly Upsampler _up = new();
    private readonly Downsampler _down = new();
    private byte[] _samples = new byte[960];
    private byte[] _muLaw = new byte[320];
    private string? _streamSid;

    /// <summary>Runs until either end closes or the program stops, and closes both. Throws nothing.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using ClientWebSocket model = _model;
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        try
        {
            model.Options.Proxy = null;
            await model.ConnectAsync(settings.RealtimeUrl, ending.Token);
            await ConfigureAsync(ending.Token);
            Task up = CallerToModelAsync(ending.Token);
            Task down = ModelToCallerAsync(ending.Token);
            await Task.WhenAny(up, down);

            // The other loop ends when its far end answers the close frame.
            ending.CancelAfter(s_goodbye);
            await CloseAsync(model, WebSocketCloseStatus.NormalClosure, ending.Token);
            await CloseAsync(carrier, WebSocketCloseStatus.NormalClosure, ending.Token);
            await Task.WhenAll(up, down);
        }
        catch (OperationCanceledException)
        {
            // The program stops, or a far end did not answer the close frame.
        }
        catch (Exception exception) when (exception is WebSocketException or HttpRequestException or IOException or ObjectDisposedException)
        {
            logger.LogWarning("A call failed: {Reason}", exception.Message);
            using CancellationTokenSource bound = new(s_goodbye);
            await CloseAsync(carrier, WebSocketCloseStatus.InternalServerError, bound.Token);
        }
    }

    private static async Task CloseAsync(WebSocket socket, WebSocketCloseStatus status, CancellationToken cancellationToken)
    {
        try
        {
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                await socket.CloseOutputAsync(status, null, cancellationToken);
            }
        }
        catch (Exception exception) when (exception is WebSocketException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            // Gone already.
        }
    }

    private async Task ConfigureAsync(CancellationToken cancellationToken)
    {
        string format = settings.Transcodes ? """{"type":"audio/pcm","rate":24000}""" : """{"type":"audio/pcmu"}""";
        string update = $$$$$"""{"type":"session.update","session":{"type":"realtime","audio":{"input":{"format":{{{{{format}}}}}},"output":{"format":{{{{{format}}}}}}}}}""";
        await _model.SendAsync(System.Text.Encoding.UTF8.GetBytes(update), WebSocketMessageType.Text, true, cancellationToken);
    }

    private async Task CallerToModelAsync(CancellationToken cancellationToken)
    {
        using MessageReader reader = new(carrier);
        while (await reader.ReadAsync(cancellationToken) is { } text)
        {
            ReadOnlyMemory<byte> message;
            try
            {
                message = TakeFromCarrier(text, out bool stop);
                if (stop)
                {
                    return;
                }
            }
            catch (Exception exception) when (IsBadMessage(exception))
            {
                logger.LogWarning("A message of the carrier cannot be read: {Reason}", exception.Message);
                continue;
            }

            if (!message.IsEmpty)
            {
                await _model.SendAsync(message, WebSocketMessageType.Text, true, cancellationToken);
            }
        }
    }

    private async Task ModelToCallerAsync(CancellationToken cancellationToken)
    {
        using MessageReader reader = new(_model);
        while (await reader.ReadAsync(cancellationToken) is { } text)
        {
            ReadOnlyMemory<byte> message;
            try
            {
                message = TakeFromModel(text);
            }
            catch (Exception exception) when (IsBadMessage(exception))
            {
                logger.LogWarning("A message of the model cannot be read: {Reason}", exception.Message);
                continue;
            }

            if (!message.IsEmpty)
            {
                await carrier.SendAsync(message, WebSocketMessageType.Text, true, cancellationToken);
            }
        }
    }

    // What JsonDocument throws for text that is not JSON, a value of another kind, a property that is missing, and base64 that is none.
    private static bool IsBadMessage(Exception exception) => exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException;

    private ReadOnlyMemory<byte> TakeFromCarrier(ReadOnlyMemory<byte> text, out bool stop)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        JsonElement root = document.RootElement;
        JsonElement name = root.GetProperty("event");
        stop = name.ValueEquals("stop"u8);
        if (name.ValueEquals("start"u8))
        {
            _streamSid = root.GetProperty("start").GetProperty("streamSid").GetString();
        }

        if (!name.ValueEquals("media"u8))
        {
            return default;
        }

        ReadOnlySpan<byte> audio = root.GetProperty("media").GetProperty("payload").GetBytesFromBase64();
        if (settings.Transcodes)
        {
            int octets = audio.Length * LowPass.Ratio * sizeof(short);
            Span<byte> samples = Room(ref _samples, octets).AsSpan(0, octets);
            _up.Process(audio, MemoryMarshal.Cast<byte, short>(samples));
            audio = samples;
        }

        Utf8JsonWriter json = _toModel.Begin();
        json.WriteStartObject();
        json.WriteString("type"u8, "input_audio_buffer.append"u8);
        json.WriteBase64String("audio"u8, audio);
        json.WriteEndObject();
        return _toModel.End();
    }

    private ReadOnlyMemory<byte> TakeFromModel(ReadOnlyMemory<byte> text)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        JsonElement root = document.RootElement;
        JsonElement type = root.GetProperty("type");
        bool interrupted = type.ValueEquals("input_audio_buffer.speech_started"u8);
        if (_streamSid is null || (!interrupted && !type.ValueEquals("response.output_audio.delta"u8)))
        {
            return default;
        }

        Utf8JsonWriter json = _toCarrier.Begin();
        json.WriteStartObject();
        json.WriteString("event"u8, interrupted ? "clear"u8 : "media"u8);
        json.WriteString("streamSid"u8, _streamSid);
        if (!interrupted)
        {
            ReadOnlySpan<byte> audio = root.GetProperty("delta").GetBytesFromBase64();
            if (settings.Transcodes)
            {
                ReadOnlySpan<short> samples = MemoryMarshal.Cast<byte, short>(audio);
                byte[] muLaw = Room(ref _muLaw, (samples.Length / LowPass.Ratio) + 1);
                audio = muLaw.AsSpan(0, _down.Process(samples, muLaw));
            }

            json.WriteStartObject("media"u8);
            json.WriteBase64String("payload"u8, audio);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        return _toCarrier.End();
    }

    private static byte[] Room(ref byte[] buffer, int octets)
    {
        if (buffer.Length < octets)
        {
            buffer = new byte[octets];
        }

        return buffer;
    }

    /// <summary>A writer and its buffer, used again for each message of a direction.</summary>
    private sealed class JsonMessage
    {
        private readonly ArrayBufferWriter<byte> _buffer = new(2048);
        private readonly Utf8JsonWriter _json;

        public JsonMessage() => _json = new Utf8JsonWriter(_buffer, new JsonWriterOptions { SkipValidation = true });

        public Utf8JsonWriter Begin()
        {
            _buffer.ResetWrittenCount();
            _json.Reset();
            return _json;
        }

        public ReadOnlyMemory<byte> End()
        {
            _json.Flush();
            return _buffer.WrittenMemory;
        }
    }
}
