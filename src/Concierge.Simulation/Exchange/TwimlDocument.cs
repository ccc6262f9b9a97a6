using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Concierge.Simulation.Exchange;

/// <summary>A TwiML document, or why it is none (PROTOCOL A.5).</summary>
internal sealed record TwimlDocument(IReadOnlyList<XElement> Verbs, Uri? Address, int? ErrorCode = null, string Error = "")
{
    private const int MaxBytes = 64 * 1024;

    public static bool IsContentType(string? type) => type is "text/xml" or "application/xml" or "text/html";

    public static TwimlDocument Parse(string text, Uri? address)
    {
        if (Encoding.UTF8.GetByteCount(text) > MaxBytes)
        {
            return Failed(11750, "The TwiML is larger than 64 kB.");
        }

        try
        {
            var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };
            using var reader = XmlReader.Create(new StringReader(text.TrimStart()), settings);
            XElement root = XDocument.Load(reader).Root!;
            return root.Name.LocalName == "Response"
                ? new TwimlDocument([.. root.Elements()], address)
                : Failed(12100, $"The TwiML's root is '{root.Name.LocalName}', not 'Response'.");
        }
        catch (XmlException e)
        {
            return Failed(12100, "The TwiML cannot be parsed: " + e.Message);
        }

        TwimlDocument Failed(int code, string message) => new([], address, code, message);
    }
}
