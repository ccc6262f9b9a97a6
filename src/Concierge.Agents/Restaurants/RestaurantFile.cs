using System.Text;
using System.Text.Json;

namespace Concierge.Agents.Restaurants;

/// <summary>
/// Reads restaurants from a file: JSON, a list of objects, or CSV (RFC 4180) with a heading; both with <c>name</c> and <c>phone</c>, and <c>cuisine</c>, <c>area</c>, <c>address</c>
/// and <c>notes</c> where known. Numbers are in E.164; spaces, hyphens, dots and brackets in them do not matter.
/// </summary>
public static class RestaurantFile
{
    private static readonly string[] s_columns = ["name", "phone", "cuisine", "area", "address", "notes"];

    /// <summary>Reads a file by its ending.</summary>
    /// <exception cref="RestaurantFileException">It cannot be used; the message says why and where.</exception>
    public static IReadOnlyList<Restaurant> Load(string path)
    {
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RestaurantFileException($"{path} cannot be read: {e.Message}");
        }

        try
        {
            return Path.GetExtension(path).Equals(".csv", StringComparison.OrdinalIgnoreCase) ? ParseCsv(text) : ParseJson(text);
        }
        catch (RestaurantFileException e)
        {
            throw new RestaurantFileException($"{path}: {e.Message}");
        }
    }

    /// <summary>Reads JSON.</summary>
    /// <exception cref="RestaurantFileException">It cannot be used.</exception>
    public static IReadOnlyList<Restaurant> ParseJson(string json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            if (document.RootElement.ValueKind != JsonValueKind.Array)
            {
                throw new RestaurantFileException("it must be a list: [ { \"name\": ..., \"phone\": ... }, ... ].");
            }

            return [.. document.RootElement.EnumerateArray().Select((item, index) => Create(name => Text(item, name), $"restaurant {index + 1}"))];
        }
        catch (JsonException e)
        {
            throw new RestaurantFileException($"it is not JSON: line {e.LineNumber + 1}.");
        }
    }

    /// <summary>Reads CSV.</summary>
    /// <exception cref="RestaurantFileException">It cannot be used.</exception>
    public static IReadOnlyList<Restaurant> ParseCsv(string csv)
    {
        List<string[]> rows = [.. Rows(csv.TrimStart('\ufeff')).Where(r => r.Any(f => f.Trim().Length > 0))];
        if (rows.Count == 0)
        {
            throw new RestaurantFileException($"it is empty; begin with a heading: {string.Join(',', s_columns)}.");
        }

        string[] heading = [.. rows[0].Select(h => h.Trim().ToLowerInvariant())];
        return [.. rows.Skip(1).Select((row, index) => Create(
            name => Array.IndexOf(heading, name) is int at and >= 0 && at < row.Length ? row[at] : null, $"row {index + 2}"))];
    }

    private static string? Text(JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static Restaurant Create(Func<string, string?> field, string where)
    {
        string? Optional(string column) => field(column)?.Trim() is { Length: > 0 } text ? text : null;
        string name = Optional("name") ?? throw new RestaurantFileException($"{where} has no name.");
        string phone = Optional("phone") ?? throw new RestaurantFileException($"{where} ({name}) has no phone.");
        return new Restaurant(name, ReadPhone(phone) ?? throw new RestaurantFileException($"{where} ({name}): '{phone}' is no number in E.164; write + country and number, such as +14155550123."))
        {
            Cuisine = Optional("cuisine"),
            Area = Optional("area"),
            Address = Optional("address"),
            Notes = Optional("notes"),
        };
    }

    /// <summary>A number in E.164 without decoration; null when it is none (ITU-T E.164: up to 15 digits, the first not 0).</summary>
    public static string? ReadPhone(string text)
    {
        string plain = string.Concat(text.Where(c => c is not (' ' or '-' or '.' or '(' or ')' or '/' or '\u00a0')));
        return plain.Length is >= 8 and <= 16 && plain[0] == '+' && plain[1] is >= '1' and <= '9' && plain.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0 ? plain : null;
    }

    private static IEnumerable<string[]> Rows(string csv)
    {
        var row = new List<string>();
        var field = new StringBuilder();
        bool quoted = false;
        for (int i = 0; i < csv.Length; i++)
        {
            char c = csv[i];
            if (quoted)
            {
                if (c != '"')
                {
                    field.Append(c);
                }
                else if (i + 1 < csv.Length && csv[i + 1] == '"')
                {
                    field.Append('"');
                    i++;
                }
                else
                {
                    quoted = false;
                }
            }
            else if (c == '"' && field.Length == 0)
            {
                quoted = true;
            }
            else if (c is ',' or ';')
            {
                row.Add(field.ToString());
                field.Clear();
            }
            else if (c == '\n')
            {
                row.Add(field.ToString().TrimEnd('\r'));
                field.Clear();
                yield return [.. row];
                row.Clear();
            }
            else
            {
                field.Append(c);
            }
        }

        if (field.Length > 0 || row.Count > 0)
        {
            row.Add(field.ToString().TrimEnd('\r'));
            yield return [.. row];
        }
    }
}
