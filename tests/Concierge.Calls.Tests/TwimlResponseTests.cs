using System.Xml.Linq;
using Concierge.Calls.Twilio;

namespace Concierge.Calls.Tests;

public class TwimlResponseTests
{
    [Fact]
    public void Connects_a_stream_with_its_parameters_and_goes_on_with_the_next_verb()
    {
        XElement response = Parse(new TwimlResponse()
            .Say("One moment.", "en-US")
            .ConnectStream(new TwimlStream("wss://node.example.com/media-stream")
            {
                Name = "main",
                Parameters = new Dictionary<string, string> { ["token"] = "abc", ["call_id"] = "42" },
            })
            .Hangup());

        Assert.Equal(["Say", "Connect", "Hangup"], response.Elements().Select(e => e.Name.LocalName));
        Assert.Equal("en-US", response.Element("Say")!.Attribute("language")!.Value);
        XElement stream = response.Element("Connect")!.Element("Stream")!;
        Assert.Equal("wss://node.example.com/media-stream", stream.Attribute("url")!.Value);
        Assert.Equal("main", stream.Attribute("name")!.Value);
        Assert.Equal([("token", "abc"), ("call_id", "42")], stream.Elements("Parameter").Select(p => (p.Attribute("name")!.Value, p.Attribute("value")!.Value)));
    }

    [Fact]
    public void Puts_a_call_through_to_a_number_or_a_SIP_address()
    {
        XElement number = Parse(new TwimlResponse().Dial(new TwimlDial("+14155550177") { TimeoutSeconds = 20, Action = "https://n/after", Whisper = "https://n/w?note=a&b=<c>" })).Element("Dial")!;
        Assert.Equal(("20", "https://n/after"), (number.Attribute("timeout")!.Value, number.Attribute("action")!.Value));
        Assert.Equal(("+14155550177", "https://n/w?note=a&b=<c>"), (number.Element("Number")!.Value, number.Element("Number")!.Attribute("url")!.Value));
        Assert.Equal("sip:desk@example.com", Parse(new TwimlResponse().Dial(new TwimlDial("sip:desk@example.com"))).Element("Dial")!.Element("Sip")!.Value);
        Assert.Throws<ArgumentOutOfRangeException>(() => new TwimlResponse().Dial("+1", 4));
    }

    [Fact]
    public void Presses_keys_and_nothing_else()
    {
        Assert.Equal("ww12#", Parse(new TwimlResponse().PlayDigits("ww12#")).Element("Play")!.Attribute("digits")!.Value);
        Assert.Throws<ArgumentException>(() => new TwimlResponse().PlayDigits("1\"><Dial>"));
    }

    [Fact]
    [Trait("door", "TwiML injection")]
    public void Lets_no_text_become_a_verb()
    {
        string hostile = "</Say><Dial>+1900</Dial><Say>&\"'\u0000\u000b\ud800 caf\u00e9 \ud83c\udf7d";
        XElement response = Parse(new TwimlResponse().Say(hostile).ConnectStream(new TwimlStream("wss://h/p")
        {
            Parameters = new Dictionary<string, string> { ["\"><Hangup/>"] = hostile },
        }));
        Assert.Equal(["Say", "Connect"], response.Elements().Select(e => e.Name.LocalName));
        Assert.Equal("</Say><Dial>+1900</Dial><Say>&\"' caf\u00e9 \ud83c\udf7d", response.Element("Say")!.Value);
        Assert.Equal("\"><Hangup/>", response.Descendants("Parameter").Single().Attribute("name")!.Value);
    }

    [Theory]
    [InlineData(TwimlRejectReason.Busy, "busy")]
    [InlineData(TwimlRejectReason.Rejected, "rejected")]
    public void Refuses_with_a_reason(TwimlRejectReason reason, string text) =>
        Assert.Equal(text, Parse(new TwimlResponse().Reject(reason)).Element("Reject")!.Attribute("reason")!.Value);

    [Fact]
    public void Writes_an_empty_document_that_ends_the_call() => Assert.Empty(Parse(new TwimlResponse()).Elements());

    [Fact]
    public void Starts_with_its_declaration_and_no_byte_order_mark() => Assert.StartsWith("<?xml version=\"1.0\" encoding=\"utf-8\"?>", new TwimlResponse().Hangup().ToString());

    [Fact]
    public void Refuses_what_the_carrier_would_refuse()
    {
        Assert.Throws<ArgumentException>(() => new TwimlResponse().ConnectStream(new TwimlStream("https://h/p")));
        Assert.Throws<ArgumentException>(() => new TwimlResponse().ConnectStream(new TwimlStream("/media-stream")));
        Assert.Throws<ArgumentException>(() => new TwimlResponse().ConnectStream(new TwimlStream("wss://h/p?token=1")));
        Assert.Throws<ArgumentException>(() => new TwimlResponse().ConnectStream(new TwimlStream("wss://h/p")
        {
            Parameters = new Dictionary<string, string> { ["n"] = new('x', 499) },
        }));
        Assert.Throws<InvalidOperationException>(() => new TwimlResponse().Say("hello").Reject());
        Assert.Throws<InvalidOperationException>(() => new TwimlResponse().Say(new string('x', TwimlResponse.MaxDocumentBytes)).ToUtf8());
        Assert.Throws<ArgumentOutOfRangeException>(() => new TwimlResponse().Pause(0));
    }

    private static XElement Parse(TwimlResponse response) => XDocument.Parse(response.ToString()).Root!;
}
