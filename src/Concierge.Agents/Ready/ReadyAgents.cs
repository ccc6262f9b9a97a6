namespace Concierge.Agents.Ready;

/// <summary>The agent files that come with the program: plain files in the folder <c>agents</c> beside it, to be read, changed or copied.</summary>
public static class ReadyAgents
{
    /// <summary>The agent that phones a restaurant to book a table.</summary>
    public const string ReservationCall = "Reservation Call";

    /// <summary>The agent that phones a restaurant to cancel a table.</summary>
    public const string CancellationCall = "Cancellation Call";

    /// <summary>The agent that phones somebody with a request in plain words.</summary>
    public const string ErrandCall = "Errand Call";

    /// <summary>The agent in writing that takes requests.</summary>
    public const string Orchestrator = "Orchestrator";

    /// <summary>The agent in writing that reads what was agreed off a transcript.</summary>
    public const string TranscriptAnalysis = "Transcript Analysis";

    /// <summary>The names of the files, without their ending.</summary>
    public static IReadOnlyList<string> Names { get; } = ["concierge", "receptionist"];

    /// <summary>Where the concierge is defined.</summary>
    public static string Concierge { get; } = PathOf("concierge");

    /// <summary>Where the receptionist is defined.</summary>
    public static string Receptionist { get; } = PathOf("receptionist");

    private static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "agents", name + ".json");
}
