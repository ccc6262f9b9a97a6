namespace Concierge.WebSockets;

/// <summary>The head of an HTTP/1.1 request or response: the start line's three parts and the fields, in order.</summary>
public sealed class HttpHead
{
    private readonly List<KeyValuePair<string, string>> _fields;

    internal HttpHead(string first, string second, string third, List<KeyValuePair<string, string>> fields)
    {
        First = first;
        Second = second;
        Third = third;
        _fields = fields;
    }

    /// <summary>Request: the method. Response: the version, "HTTP/1.1".</summary>
    public string First { get; }

    /// <summary>Request: the target. Response: the status, three digits.</summary>
    public string Second { get; }

    /// <summary>Request: the version. Response: the reason phrase, possibly empty.</summary>
    public string Third { get; }

    /// <summary>The fields as they came, names unchanged, values trimmed.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Fields => _fields;

    /// <summary>The values of a field joined with a comma and a blank, or null when it is absent. Names compare without case.</summary>
    public string? Find(string name)
    {
        string? value = null;
        foreach (KeyValuePair<string, string> field in _fields)
        {
            if (string.Equals(field.Key, name, StringComparison.OrdinalIgnoreCase))
            {
                value = value is null ? field.Value : $"{value}, {field.Value}";
            }
        }

        return value;
    }

    /// <summary>How often a field occurs.</summary>
    internal int CountOf(string name)
    {
        int count = 0;
        foreach (KeyValuePair<string, string> field in _fields)
        {
            count += string.Equals(field.Key, name, StringComparison.OrdinalIgnoreCase) ? 1 : 0;
        }

        return count;
    }

    /// <summary>Whether a comma-separated list holds a token, without case.</summary>
    internal static bool HasToken(string? list, string token)
    {
        if (list is null)
        {
            return false;
        }

        foreach (Range range in list.AsSpan().Split(','))
        {
            if (list.AsSpan()[range].Trim(" \t").Equals(token, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
