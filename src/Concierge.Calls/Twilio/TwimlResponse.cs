using System.Text;
using System.Xml;

namespace Concierge.Calls.Twilio;

/// <summary>
/// One TwiML document, written verb by verb in the order the call is to run them. Every value is escaped by <see cref="XmlWriter"/>, characters that
/// XML 1.0 cannot carry are left out, so no text of a caller can become a verb. Source: Twilio TwiML reference; limits of PROTOCOL notes 11750 and 12100.
/// </summary>
/// <remarks>Not thread-safe; build one per request.</remarks>
public sealed class TwimlResponse
{
    /// <summary>The media type to answer with.</summary>
    public const string ContentType = "text/xml; charset=utf-8";

    /// <summary>The largest document Twilio takes, in bytes of UTF-8 (error 11750 beyond).</summary>
    public const int MaxDocumentBytes = 64 * 1024;

    /// <summary>A stream parameter's name and value together must stay below this many characters.</summary>
    public const int MaxParameterCharacters = 500;

    private readonly List<Action<XmlWriter>> _verbs = [];

    /// <summary>Speaks a text with the carrier's own synthesizer.</summary>
    /// <param name="text">What is said.</param>
    /// <param name="language">A BCP 47 tag such as <c>en-US</c>, or null for the account's default.</param>
    /// <param name="voice">A voice name such as <c>Polly.Joanna</c>, or null for the account's default.</param>
    /// <returns>This document.</returns>
    public TwimlResponse Say(string text, string? language = null, string? voice = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        _verbs.Add(xml =>
        {
            xml.WriteStartElement("Say");
            WriteOptional(xml, "language", language);
            WriteOptional(xml, "voice", voice);
            xml.WriteString(Clean(text));
            xml.WriteEndElement();
        });
        return this;
    }

    /// <summary>Waits in silence.</summary>
    /// <param name="seconds">Whole seconds, 1 or more.</param>
    /// <returns>This document.</returns>
    public TwimlResponse Pause(int seconds)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(seconds, 1);
        _verbs.Add(xml =>
        {
            xml.WriteStartElement("Pause");
            xml.WriteAttributeString("length", XmlConvert.ToString(seconds));
            xml.WriteEndElement();
        });
        return this;
    }

    /// <summary>
    /// Connects the call to a bidirectional media stream and blocks there until the socket closes; the next verb runs after it.
    /// </summary>
    /// <param name="stream">The stream.</param>
    /// <returns>This document.</returns>
    /// <exception cref="ArgumentException">The address is not an absolute <c>ws</c> or <c>wss</c> URL or has a query, or a parameter is too long.</exception>
    public TwimlResponse ConnectStream(TwimlStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Check(stream);
        _verbs.Add(xml =>
        {
            xml.WriteStartElement("Connect");
            WriteOptional(xml, "action", stream.Action);
            xml.WriteStartElement("Stream");
            xml.WriteAttributeString("url", Clean(stream.Url));
            WriteOptional(xml, "name", stream.Name);
            WriteOptional(xml, "statusCallback", stream.StatusCallback);
            foreach ((string name, string value) in stream.Parameters)
            {
                xml.WriteStartElement("Parameter");
                xml.WriteAttributeString("name", Clean(name));
                xml.WriteAttributeString("value", Clean(value));
                xml.WriteEndElement();
            }

            xml.WriteEndElement();
            xml.WriteEndElement();
        });
        return this;
    }

    /// <summary>Asks another address for the TwiML to go on with.</summary>
    /// <param name="url">The address; POST.</param>
    /// <returns>This document.</returns>
    public TwimlResponse Redirect(string url)
    {
        ArgumentException.ThrowIfNullOrEmpty(url);
        _verbs.Add(xml => xml.WriteElementString("Redirect", Clean(url)));
        return this;
    }

    /// <summary>Connects the call to another number; the next verb runs when that leg is over or was not answered.</summary>
    /// <param name="number">The number in E.164.</param>
    /// <param name="timeoutSeconds">How long it rings there, 5 to 600.</param>
    /// <returns>This document.</returns>
    public TwimlResponse Dial(string number, int timeoutSeconds = 30) => Dial(new TwimlDial(number) { TimeoutSeconds = timeoutSeconds });

    /// <summary>Connects the call to another party.</summary>
    /// <param name="dial">To whom, and how.</param>
    /// <returns>This document.</returns>
    public TwimlResponse Dial(TwimlDial dial)
    {
        ArgumentNullException.ThrowIfNull(dial);
        ArgumentException.ThrowIfNullOrEmpty(dial.Target);
        ArgumentOutOfRangeException.ThrowIfLessThan(dial.TimeoutSeconds, 5);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dial.TimeoutSeconds, 600);
        bool sip = dial.Target.StartsWith("sip:", StringComparison.OrdinalIgnoreCase) || dial.Target.StartsWith("sips:", StringComparison.OrdinalIgnoreCase);
        _verbs.Add(xml =>
        {
            xml.WriteStartElement("Dial");
            xml.WriteAttributeString("timeout", XmlConvert.ToString(dial.TimeoutSeconds));
            WriteOptional(xml, "action", dial.Action);
            xml.WriteStartElement(sip ? "Sip" : "Number");
            WriteOptional(xml, "url", dial.Whisper);
            xml.WriteString(Clean(dial.Target));
            xml.WriteEndElement();
            xml.WriteEndElement();
        });
        return this;
    }

    /// <summary>Presses keys towards the other side.</summary>
    /// <param name="digits">0-9, *, #, and w for half a second's pause.</param>
    /// <returns>This document.</returns>
    /// <exception cref="ArgumentException">Something else is among them.</exception>
    public TwimlResponse PlayDigits(string digits)
    {
        ArgumentException.ThrowIfNullOrEmpty(digits);
        if (digits.AsSpan().IndexOfAnyExcept("0123456789*#wW") >= 0)
        {
            throw new ArgumentException("Keys are 0-9, * and #, and w for a pause.", nameof(digits));
        }

        _verbs.Add(xml =>
        {
            xml.WriteStartElement("Play");
            xml.WriteAttributeString("digits", digits);
            xml.WriteEndElement();
        });
        return this;
    }

    /// <summary>Ends the call.</summary>
    /// <returns>This document.</returns>
    public TwimlResponse Hangup()
    {
        _verbs.Add(static xml =>
        {
            xml.WriteStartElement("Hangup");
            xml.WriteEndElement();
        });
        return this;
    }

    /// <summary>Refuses the call without answering it; not billed. Only valid as the first verb of an incoming call.</summary>
    /// <param name="reason">What the caller hears.</param>
    /// <returns>This document.</returns>
    /// <exception cref="InvalidOperationException">Another verb stands before it: Twilio would have answered already.</exception>
    public TwimlResponse Reject(TwimlRejectReason reason = TwimlRejectReason.Rejected)
    {
        if (_verbs.Count > 0)
        {
            throw new InvalidOperationException("<Reject> must be the first verb: any verb before it answers the call.");
        }

        _verbs.Add(xml =>
        {
            xml.WriteStartElement("Reject");
            xml.WriteAttributeString("reason", reason == TwimlRejectReason.Busy ? "busy" : "rejected");
            xml.WriteEndElement();
        });
        return this;
    }

    /// <summary>The document as UTF-8 with its declaration and without a byte order mark.</summary>
    /// <returns>The bytes of the answer.</returns>
    /// <exception cref="InvalidOperationException">The document is larger than <see cref="MaxDocumentBytes"/>.</exception>
    public byte[] ToUtf8()
    {
        using MemoryStream buffer = new();
        using (XmlWriter xml = XmlWriter.Create(buffer, new XmlWriterSettings { Encoding = new UTF8Encoding(false) }))
        {
            xml.WriteStartDocument();
            xml.WriteStartElement("Response");
            foreach (Action<XmlWriter> verb in _verbs)
            {
                verb(xml);
            }

            xml.WriteEndElement();
        }

        return buffer.Length <= MaxDocumentBytes
            ? buffer.ToArray()
            : throw new InvalidOperationException($"The TwiML document has {buffer.Length} bytes; Twilio takes {MaxDocumentBytes} (error 11750).");
    }

    /// <summary>The document as text.</summary>
    /// <returns>The XML.</returns>
    public override string ToString() => Encoding.UTF8.GetString(ToUtf8());

    private static void Check(TwimlStream stream)
    {
        if (!Uri.TryCreate(stream.Url, UriKind.Absolute, out Uri? url) || url.Scheme is not ("ws" or "wss"))
        {
            throw new ArgumentException("A stream's address is an absolute wss:// URL.", nameof(stream));
        }

        if (url.Query.Length > 0)
        {
            throw new ArgumentException("Twilio strips the query of a stream's address: pass parameters instead.", nameof(stream));
        }

        foreach ((string name, string value) in stream.Parameters)
        {
            if (name.Length + value.Length >= MaxParameterCharacters)
            {
                throw new ArgumentException($"The stream parameter '{name}' is too long: name and value stay below {MaxParameterCharacters} characters.", nameof(stream));
            }
        }
    }

    private static void WriteOptional(XmlWriter xml, string name, string? value)
    {
        if (value is not null)
        {
            xml.WriteAttributeString(name, Clean(value));
        }
    }

    /// <summary>Leaves out what XML 1.0 §2.2 cannot carry even escaped: control characters and lone surrogates.</summary>
    private static string Clean(string text)
    {
        int bad = FirstBad(text, 0);
        if (bad == text.Length)
        {
            return text;
        }

        StringBuilder clean = new(text.Length);
        int from = 0;
        while (from < text.Length)
        {
            clean.Append(text, from, bad - from);
            from = bad + 1;
            bad = FirstBad(text, Math.Min(from, text.Length));
        }

        return clean.ToString();
    }

    private static int FirstBad(string text, int from)
    {
        int i = from;
        while (i < text.Length)
        {
            if (XmlConvert.IsXmlChar(text[i]))
            {
                i++;
            }
            else if (i + 1 < text.Length && XmlConvert.IsXmlSurrogatePair(text[i + 1], text[i]))
            {
                i += 2;
            }
            else
            {
                break;
            }
        }

        return i;
    }
}
