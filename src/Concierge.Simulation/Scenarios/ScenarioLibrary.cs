using System.Reflection;

namespace Concierge.Simulation.Scenarios;

/// <summary>The scenarios that ship with the twin.</summary>
public static class ScenarioLibrary
{
    private const string Prefix = "scenarios/";

    /// <summary>Names of all shipped scenarios, sorted.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. Assembly.GetExecutingAssembly().GetManifestResourceNames()
            .Where(n => n.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(n => n[Prefix.Length..^".json".Length])
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The scenario of the demo: the concierge books a table, is interrupted once, and is confirmed.</summary>
    public static Scenario BookingConfirmed => Get("booking-confirmed");

    /// <summary>Gets a scenario by name.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <returns>The scenario.</returns>
    /// <exception cref="ScenarioException">There is no such scenario; the message lists those that are.</exception>
    public static Scenario Get(string name) => Scenario.Parse(Text(name));

    /// <summary>Gets a shipped scenario by name, or else reads the file of that path.</summary>
    /// <param name="nameOrPath">A name of <see cref="Names"/>, or a path.</param>
    /// <returns>The scenario.</returns>
    /// <exception cref="ScenarioException">Neither exists, or it cannot be used.</exception>
    public static Scenario Find(string nameOrPath) =>
        !Names.Contains(nameOrPath, StringComparer.Ordinal) && File.Exists(nameOrPath) ? Scenario.Load(nameOrPath) : Get(nameOrPath);

    /// <summary>The JSON schema of scenario files, for editors and other tools.</summary>
    public static string Schema => Resource("schemas/scenario.schema.json");

    /// <summary>The JSON schema of text scripts.</summary>
    public static string TextScriptSchema => Resource("schemas/text-script.schema.json");

    /// <summary>The text of a shipped scenario, as a start for one's own.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <returns>JSON with comments.</returns>
    /// <exception cref="ScenarioException">There is no such scenario.</exception>
    public static string Text(string name)
    {
        if (!Names.Contains(name, StringComparer.Ordinal))
        {
            throw new ScenarioException($"There is no scenario '{name}'. Shipped: {string.Join(", ", Names)}.");
        }

        return Resource(Prefix + name + ".json");
    }

    private static string Resource(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
