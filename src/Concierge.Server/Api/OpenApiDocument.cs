using System.Reflection;
using Concierge.Server.Node;

namespace Concierge.Server.Api;

/// <summary>Serves the API's description. It tells nothing about this node's calls, so it needs no key.</summary>
internal static class OpenApiDocument
{
    /// <summary>The document with this program's version in it.</summary>
    public static string Text { get; } = Load();

    public static Task WriteAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        return context.Response.WriteAsync(Text, context.RequestAborted);
    }

    private static string Load()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("Concierge.Server.Api.openapi.json")!;
        using StreamReader reader = new(stream);
        return reader.ReadToEnd().Replace("{version}", FrontDoor.Version, StringComparison.Ordinal);
    }
}
