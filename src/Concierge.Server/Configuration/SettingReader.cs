using System.Globalization;

namespace Concierge.Server.Configuration;

/// <summary>Reads single settings and collects what is wrong with them, so that everything is reported at once.</summary>
internal sealed class SettingReader(IConfiguration configuration, List<ConfigurationProblem> problems)
{
    /// <summary>A setting trimmed; null when it is missing or blank. A <c>Concierge</c> section may hold the same names.</summary>
    public string? Text(string name)
    {
        string? value = Raw(name);
        if (string.IsNullOrWhiteSpace(value) && Raw(name + SettingNames.FileSuffix) is { Length: > 0 } path)
        {
            value = ReadFile(name + SettingNames.FileSuffix, path.Trim());
        }

        return string.IsNullOrWhiteSpace(value) ? null : value.Trim();
    }

    private string? Raw(string name) => configuration[name] ?? configuration["Concierge:" + name];

    private string? ReadFile(string name, string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            if (!problems.Exists(p => p.Setting == name))
            {
                Error(name, $"its file cannot be read: {exception.Message}", "check the path and its permissions");
            }

            return null;
        }
    }

    public void Error(string name, string message, string fix) => problems.Add(new ConfigurationProblem(name, message, fix));

    public void Warning(string name, string message, string fix) => problems.Add(new ConfigurationProblem(name, message, fix, IsError: false));

    public int Integer(string name, int otherwise, int least, int most)
    {
        if (Text(name) is not { } text)
        {
            return otherwise;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= least && value <= most)
        {
            return value;
        }

        Error(name, $"'{text}' is not a whole number from {least} to {most}", $"set a number in that range, or leave it out for {otherwise}");
        return otherwise;
    }

    public bool Flag(string name, bool otherwise)
    {
        switch (Text(name)?.ToLowerInvariant())
        {
            case null:
                return otherwise;
            case "true" or "1" or "yes" or "on":
                return true;
            case "false" or "0" or "no" or "off":
                return false;
            default:
                Error(name, $"'{Text(name)}' is neither true nor false", $"set true or false, or leave it out for {(otherwise ? "true" : "false")}");
                return otherwise;
        }
    }

    /// <summary>One of several words; the first choice is the default.</summary>
    public T Choice<T>(string name, params (string Word, T Value)[] choices)
    {
        if (Text(name) is not { } text)
        {
            return choices[0].Value;
        }

        foreach ((string word, T value) in choices)
        {
            if (string.Equals(word, text, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        string words = string.Join(", ", choices.Select(c => c.Word));
        Error(name, $"'{text}' is not known", $"set one of: {words}; or leave it out for {choices[0].Word}");
        return choices[0].Value;
    }
}
