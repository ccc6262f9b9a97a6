using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Concierge.Calls.Store;

/// <summary>The place between two calls in a listing, as an opaque text.</summary>
internal static class CallCursor
{
    public static string Write(long createdAt, string id) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{createdAt}/{id}")));

    /// <exception cref="FormatException">Not a cursor of <see cref="Write"/>.</exception>
    public static (long CreatedAt, string Id) Read(string cursor)
    {
        if (!Base64Url.IsValid(cursor))
        {
            throw new FormatException("The cursor is not one of a page before.");
        }

        string[] parts = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor)).Split('/', 2);
        return parts.Length == 2 && long.TryParse(parts[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long at)
            ? (at, parts[1])
            : throw new FormatException("The cursor is not one of a page before.");
    }
}
