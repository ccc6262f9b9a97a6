using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Concierge.Pipelines.Media;
using Concierge.WebSockets;

namespace Concierge.Pipelines.Tests.Media;

/// <summary>What the model is given for what the carrier sends, where both speak mu-law.</summary>
public sealed class CallerAudioPathTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(159)]
    [InlineData(160)]
    [InlineData(161)]
    [InlineData(798)]
    [InlineData(799)]
    [InlineData(5000)]
    public void Passes_mu_law_on_unchanged_whatever_its_length(int octets)
    {
        var path = new Fixture();
        byte[] audio = Noise(octets);
        Assert.True(path.Forward(Convert.ToBase64String(audio), hasEscapes: false));
        Assert.Equal(audio, path.Heard());
    }

    [Fact]
    public void Passes_the_text_on_as_it_stands_one_event_for_one_message()
    {
        var path = new Fixture();
        string text = Convert.ToBase64String(Noise(160));
        Assert.True(path.Forward(text, hasEscapes: false));
        Assert.True(path.Forward(text, hasEscapes: false));
        Assert.Equal([text, text], path.Texts());
    }

    [Fact]
    public void Undoes_escapes_before_it_passes_audio_on()
    {
        var path = new Fixture();
        byte[] audio = [0xFF, 0xFF, 0xFF, 0xFB, 0xEF, 0xBE];
        string text = Convert.ToBase64String(audio);
        Assert.Contains('/', text);
        Assert.True(path.Forward(text.Replace("/", "\\/").Replace("+", "\\u002b"), hasEscapes: true));
        Assert.Equal(audio, path.Heard());
    }

    [Theory]
    [InlineData("")]
    [InlineData("AAA")]
    [InlineData("AA=A")]
    [InlineData("AAAA ")]
    [InlineData("AA A")]
    [InlineData("AA==AA==")]
    [InlineData("f3//f3//f3//f3//f3//f3//f3//f3//f3//f3//f3//f3//f3//f3//f3//f3/-")]
    [InlineData("f3//f3//f3//f3//f3//f3//f3//f3//f3//f3//f3//f3//f3//f3//f3//f3//f3//f3 /f3//")]
    public void Passes_nothing_on_that_is_not_strict_base64(string text)
    {
        var path = new Fixture();
        Assert.False(path.Forward(text, hasEscapes: false));
        Assert.Empty(path.Texts());
    }

    [Fact]
    public void Sends_what_was_kept_before_the_model_was_ready_first()
    {
        var path = new Fixture();
        byte[] early = Noise(160), late = [.. early.Reverse()];
        Assert.True(path.Keep(Convert.ToBase64String(early)));
        Assert.True(path.Forward(Convert.ToBase64String(late), hasEscapes: false));
        Assert.Equal([.. early, .. late], path.Heard());
    }

    private static byte[] Noise(int octets)
    {
        byte[] noise = new byte[octets];
        new Random(octets).NextBytes(noise);
        return noise;
    }

    private sealed class Fixture
    {
        private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 0, useSynchronizationContext: false));
        private readonly WebSocketWriter _model;
        private readonly CallerAudioPath _path = new(new CallSessionOptions { AudioMode = CallAudioMode.MuLaw }, new CallCounters());

        public Fixture() => _model = new WebSocketWriter(_pipe.Writer, WebSocketRole.Client);

        public bool Keep(string text) => _path.Forward(Encoding.UTF8.GetBytes(text), hasEscapes: false, model: null) > 0;

        public bool Forward(string text, bool hasEscapes) => _path.Forward(Encoding.UTF8.GetBytes(text), hasEscapes, _model) > 0;

        public List<string> Texts()
        {
            _model.Flush();
            var texts = new List<string>();
            var reader = new WebSocketReader(_pipe.Reader, WebSocketRole.Server, new WebSocketLimits(), writer: null);
            while (reader.TryRead(out WebSocketReadStatus status))
            {
                Assert.Equal(WebSocketReadStatus.Message, status);
                using JsonDocument json = JsonDocument.Parse(Encoding.UTF8.GetString(reader.Payload));
                Assert.Equal("input_audio_buffer.append", json.RootElement.GetProperty("type").GetString());
                texts.Add(json.RootElement.GetProperty("audio").GetString()!);
            }

            return texts;
        }

        public byte[] Heard() => [.. Texts().SelectMany(Convert.FromBase64String)];
    }
}
