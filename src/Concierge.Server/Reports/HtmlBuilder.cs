using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;

namespace Concierge.Server.Reports;

/// <summary>
/// Builds HTML from interpolated strings. Every hole is encoded, so that no word of a call becomes markup; numbers are written invariantly. What is markup
/// already is passed as <see cref="Markup"/>.
/// </summary>
internal sealed class HtmlBuilder
{
    private readonly StringBuilder _text = new();

    /// <summary>Text that is markup already.</summary>
    public readonly record struct Markup(string Text);

    public HtmlBuilder Add([InterpolatedStringHandlerArgument("")] ref Handler html)
    {
        _ = html;
        _text.Append('\n');
        return this;
    }

    public override string ToString() => _text.ToString();

    /// <summary>Appends literals as they are and holes encoded.</summary>
    [InterpolatedStringHandler]
    public readonly ref struct Handler(int literalLength, int formattedCount, HtmlBuilder builder)
    {
        private readonly StringBuilder _text = builder._text.EnsureRoom(literalLength + (formattedCount * 16));

        public void AppendLiteral(string literal) => _text.Append(literal);

        public void AppendFormatted(Markup markup) => _text.Append(markup.Text);

        public void AppendFormatted(string? text) => _text.Append(HtmlEncoder.Default.Encode(Clean(text ?? "")));

        public void AppendFormatted(char character) => AppendFormatted(character.ToString());

        public void AppendFormatted<T>(T number, string? format = null)
            where T : IFormattable => AppendFormatted(number.ToString(format, CultureInfo.InvariantCulture));

        /// <summary>Without the control characters that no document may hold, even encoded.</summary>
        private static string Clean(string text) =>
            text.AsSpan().IndexOfAnyInRange('\0', '\u001f') < 0 ? text : string.Concat(text.Where(c => c >= ' ' || c is '\n' or '\t'));
    }
}
