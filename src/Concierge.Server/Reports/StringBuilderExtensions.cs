using System.Text;

namespace Concierge.Server.Reports;

/// <summary>Small things about builders.</summary>
internal static class StringBuilderExtensions
{
    /// <summary>Makes room for more characters.</summary>
    public static StringBuilder EnsureRoom(this StringBuilder text, int more)
    {
        text.EnsureCapacity(text.Length + more);
        return text;
    }
}
