using System.IO.Pipelines;
using System.Text;
using System.Text.Json.Nodes;
using Concierge.Simulation.Exchange;
using Concierge.Simulation.Speech;
using Concierge.WebSockets;

namespace Concierge.Simulation.Tests.Calls;

/// <summary>
/// A bridge as small as one can be: one wire on each side, mu-law passed through, marks after every delta, clear and truncate on speech_started, tools answered
/// at once, the line closed when the goodbye has been played. Not the product: a second opinion on the twins.
/// </summary>
internal sealed class NaiveBridge(IDuplexPipe carrier, IDuplexPipe model)
{
    private readonly WebSocketWriter _toCarrier = new(carrier.Output, WebSocketRole.Server, new WebSocketWriterOptions { ControlBudget = 8 * 1024 * 1024 });
    private readonly WebSocketWriter _toModel = new(model.Output, WebSocketRole.Client, new WebSocketWriterOptions { ControlBudget = 1024 * 1024 });
    private readonly Dictionary<string, (string Item, double PlayedMs)> _marks = [];
    private string _streamSid = "";
    private string _item = "";
    private string _response = "";
    private string _interrupted = "";
    private double _receivedMs;
    private double _playedMs;
    private int _mark;
    private int _generation;
    private bool _hangUpWhenPlayed;
    private int _unplayed;
    private int _outputsOwed;

    public List<JsonObject> ModelEvents { get; } = [];

    public List<string> CarrierEvents { get; } = [];

    public string Format { get; init; } = "audio/pcmu";

    public async Task RunAsync()
    {
        Task up = ReadCarrierAsync();
        Task down = ReadModelAsync();
        await Task.WhenAll(up, down);
        await carrier.Output.CompleteAsync();
        await model.Output.CompleteAsync();
    }

    private async Task ReadCarrierAsync()
    {
        var reader = new WebSocketReader(carrier.Input, WebSocketRole.Server, WebSocketLimits.Default, _toCarrier);
        while (await reader.ReadAsync() == WebSocketReadStatus.Message)
        {
            JsonObject message = JsonNode.Parse(reader.Payload)!.AsObject();
            string type = message["event"]!.ToString();
            CarrierEvents.Add(type);
            switch (type)
            {
                case "start":
                    _streamSid = message["streamSid"]!.ToString();
                    Model($$$$"""{"type":"session.update","session":{"type":"realtime","instructions":"Book a table.","audio":{"input":{"format":{"type":"{{{{Format}}}}"},"transcription":{"model":"gpt-4o-mini-transcribe"},"turn_detection":{"type":"server_vad","silence_duration_ms":400}},"output":{"format":{"type":"{{{{Format}}}}" } } } } }""");
                    break;
                case "media":
                    Model($$"""{"type":"input_audio_buffer.append","audio":"{{message["media"]!["payload"]}}"}""");
                    break;
                case "mark" when _marks.Remove(message["mark"]!["name"]!.ToString(), out (string Item, double PlayedMs) played):
                    _unplayed--;
                    if (played.Item == _item)
                    {
                        _playedMs = played.PlayedMs;
                    }

                    if (_hangUpWhenPlayed && _unplayed == 0)
                    {
                        await HangUpAsync();
                    }

                    break;
                default:
                    break;
            }
        }

        await _toModel.CloseAsync(1000, "");
    }

    private async Task ReadModelAsync()
    {
        var reader = new WebSocketReader(model.Input, WebSocketRole.Client, new WebSocketLimits { MaxFramePayload = 1 << 22, MaxMessageSize = 1 << 22 }, _toModel);
        while (await reader.ReadAsync() == WebSocketReadStatus.Message)
        {
            JsonObject message = JsonNode.Parse(reader.Payload)!.AsObject();
            ModelEvents.Add(message);
            switch (message["type"]!.ToString())
            {
                case "response.output_audio.delta":
                    OnAudio(message);
                    break;
                case "input_audio_buffer.speech_started" when _unplayed > 0:
                    _interrupted = _response;
                    _generation++;
                    _marks.Clear();
                    _unplayed = 0;
                    Carrier($$"""{"event":"clear","streamSid":"{{_streamSid}}"}""");
                    Model($$"""{"type":"conversation.item.truncate","item_id":"{{_item}}","content_index":0,"audio_end_ms":{{(long)Math.Min(_playedMs, _receivedMs)}}}""");
                    break;
                case "response.function_call_arguments.done":
                    Model($$$"""{"type":"conversation.item.create","item":{"type":"function_call_output","call_id":"{{{message["call_id"]}}}","output":"{\"ok\":true}"}}""");
                    if (message["name"]!.ToString() == "send_dtmf")
                    {
                        string keys = JsonNode.Parse(message["arguments"]!.ToString())!["digits"]!.ToString();
                        byte[] tones = Array.ConvertAll(SpokenText.Dial(keys), TelephoneCodec.ToMuLaw);
                        Carrier($$$"""{"event":"media","streamSid":"{{{_streamSid}}}","media":{"payload":"{{{Convert.ToBase64String(tones)}}}"}}""");
                        Carrier($$$"""{"event":"mark","streamSid":"{{{_streamSid}}}","mark":{"name":"keys"}}""");
                    }
                    else if (message["name"]!.ToString() == "end_call")
                    {
                        _hangUpWhenPlayed = true;
                    }
                    else
                    {
                        _outputsOwed++;
                    }

                    break;
                case "response.done" when _outputsOwed > 0:
                    _outputsOwed = 0;
                    Model("""{"type":"response.create"}""");
                    break;
                case "response.done" when _hangUpWhenPlayed && _unplayed == 0:
                    await HangUpAsync();
                    break;
                default:
                    break;
            }
        }

        await _toCarrier.CloseAsync(1000, "");
    }

    private void OnAudio(JsonObject message)
    {
        _response = message["response_id"]!.ToString();
        if (_response == _interrupted)
        {
            return;
        }

        string item = message["item_id"]!.ToString();
        if (item != _item)
        {
            _item = item;
            _receivedMs = 0;
            _playedMs = 0;
        }

        string delta = message["delta"]!.ToString();
        _receivedMs += Convert.FromBase64String(delta).Length / 8.0;
        Carrier($$$"""{"event":"media","streamSid":"{{{_streamSid}}}","media":{"payload":"{{{delta}}}"}}""");
        string name = $"{_generation}-{++_mark}";
        _marks[name] = (item, _receivedMs);
        _unplayed++;
        Carrier($$$"""{"event":"mark","streamSid":"{{{_streamSid}}}","mark":{"name":"{{{name}}}"}}""");
    }

    private async Task HangUpAsync()
    {
        _hangUpWhenPlayed = false;
        await _toCarrier.CloseAsync(1000, "done");
    }

    private void Carrier(string json)
    {
        _toCarrier.TryAppend(WebSocketOpcode.Text, Encoding.UTF8.GetBytes(json));
        _toCarrier.Flush();
    }

    private void Model(string json)
    {
        _toModel.TryAppend(WebSocketOpcode.Text, Encoding.UTF8.GetBytes(json));
        _toModel.Flush();
    }
}
