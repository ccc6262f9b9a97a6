using System.Text;
using System.Text.Json;
using Concierge.Agents.Tools;

namespace Concierge.Agents.Files;

/// <summary>Reads agents from JSON: comments and trailing commas are allowed, unknown keys are not. Everything wrong is reported at once, with line and path.</summary>
public static class AgentFile
{
    private const int MaxBytes = 4 * 1024 * 1024;
    private static readonly Lazy<JsonElement> s_schema = new(() => AgentTool.ParseSchema(Schema));

    /// <summary>The JSON schema of agent files, as shipped.</summary>
    public static string Schema
    {
        get
        {
            using Stream stream = typeof(AgentFile).Assembly.GetManifestResourceStream("Concierge.Agents.agents.schema.json")!;
            using var reader = new StreamReader(stream, Encoding.UTF8);
            return reader.ReadToEnd();
        }
    }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">What it may refer to; null for nothing.</param>
    /// <returns>What it defines, and what is wrong with it. Never throws for what is in it.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static AgentDefinitions Load(string path, AgentFileOptions? options = null)
    {
        byte[] utf8 = File.ReadAllBytes(path);
        return Parse(utf8, Path.GetDirectoryName(Path.GetFullPath(path))!, options);
    }

    /// <summary>Reads a text.</summary>
    /// <param name="json">The JSON.</param>
    /// <param name="directory">Where the files that it names are; null for the current folder.</param>
    /// <param name="options">What it may refer to; null for nothing.</param>
    public static AgentDefinitions Parse(string json, string? directory = null, AgentFileOptions? options = null) =>
        Parse(Encoding.UTF8.GetBytes(json), directory ?? Directory.GetCurrentDirectory(), options);

    private static AgentDefinitions Parse(byte[] utf8, string directory, AgentFileOptions? options)
    {
        if (utf8.AsSpan().StartsWith("\ufeff"u8))
        {
            utf8 = utf8[3..];
        }

        if (utf8.Length > MaxBytes)
        {
            return Broken(new AgentProblem("", $"the file has {utf8.Length} bytes; at most {MaxBytes} are read"));
        }

        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(utf8, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        }
        catch (JsonException e)
        {
            int line = (int)(e.LineNumber ?? 0) + 1, column = (int)(e.BytePositionInLine ?? 0) + 1;
            string what = utf8.AsSpan().Trim(" \r\n\t"u8).IsEmpty ? "the file is empty; begin with { \"agents\": [ ... ] }" : $"it is not JSON: {Trim(e.Message)}";
            return Broken(new AgentProblem("", what, Line: line, Column: column));
        }

        using (document)
        {
            var positions = new JsonPositions(utf8);
            List<AgentProblem> problems = [.. SchemaCheck.Check(document.RootElement, s_schema.Value).Select(p => new AgentProblem(p.Path, p.Message))];
            if (problems.Count > 0)
            {
                return new AgentDefinitions(null, new Dictionary<string, string>(), Place(problems, positions), []);
            }

            AgentDefinitions built = new AgentFileReader(document.RootElement, directory, options ?? new AgentFileOptions()).Read();
            return built with { Problems = Place(built.Problems, positions) };
        }
    }

    private static AgentDefinitions Broken(AgentProblem problem) => new(null, new Dictionary<string, string>(), [problem], []);

    private static AgentProblem[] Place(IEnumerable<AgentProblem> problems, JsonPositions positions) =>
    [
        .. problems.Select(p =>
        {
            (int line, int column) = positions.Find(p.Path);
            return p with { Path = p.Path.Length == 0 ? "file" : p.Path, Line = line, Column = column };
        }).OrderBy(p => p.Line).ThenBy(p => p.Column),
    ];

    /// <summary>The parser's sentence without the position, which is said already.</summary>
    private static string Trim(string message)
    {
        int cut = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return (cut < 0 ? message : message[..cut]).TrimEnd('.', ' ');
    }
}
