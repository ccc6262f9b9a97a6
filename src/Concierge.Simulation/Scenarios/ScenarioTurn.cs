using System.Text.Json.Serialization;
using Concierge.Simulation.Speech;

namespace Concierge.Simulation.Scenarios;

/// <summary>One turn: for the agent one response of the model, for the callee one thing said or done.</summary>
public sealed record ScenarioTurn
{
    /// <summary>Whose turn it is.</summary>
    public required ScenarioSpeaker By { get; init; }

    /// <summary>Callee: what it waits for. Default: silence after the agent spoke.</summary>
    public ScenarioTrigger When { get; init; } = ScenarioTrigger.Silence;

    /// <summary>Callee: milliseconds from the trigger (of silence, of the agent's speech, since the answer) to the turn. Agent: milliseconds that the model thinks before
    /// its first audio; 0 takes the twin's setting.</summary>
    public int AfterMs { get; init; }

    /// <summary>The clip that is said: a name of the library, or a .wav/.ulaw file beside the scenario. Null says nothing.</summary>
    public string? Say { get; init; }

    /// <summary>What the transcript shows; null takes the clip's own.</summary>
    public string? Text { get; init; }

    /// <summary>Agent: functions called in this response, after what is said.</summary>
    public IReadOnlyList<ScenarioFunctionCall> Calls { get; init; } = [];

    /// <summary>Callee: digits pressed before anything is said (0-9, *, #, A-D).</summary>
    public string? Dtmf { get; init; }

    /// <summary>Callee, with <c>when: digits</c>: the keys that it wants to hear, the last of those heard; null takes any one key.</summary>
    public string? Digits { get; init; }

    /// <summary>Callee: hold music instead of a clip, for so many milliseconds; 0 for none.</summary>
    public int MusicMs { get; init; }

    /// <summary>Callee: a tone instead of a clip: its frequency in hertz; 0 for none.</summary>
    public int ToneHz { get; init; }

    /// <summary>Callee: how long the tone lasts, in milliseconds.</summary>
    public int ToneMs { get; init; }

    /// <summary>Callee: hangs up after this turn.</summary>
    public bool HangUp { get; init; }

    /// <summary>Agent: how the response ends when nothing interrupts it. Default: completed.</summary>
    public ScenarioResponseEnd End { get; init; }

    /// <summary>Agent: answers a response out of band (<c>conversation: "none"</c>) instead of one of the call; with <see cref="Text"/> alone, in text.</summary>
    public bool OutOfBand { get; init; }

    /// <summary>What is said, resolved; null when nothing is.</summary>
    [JsonIgnore]
    public SpeechClip? Clip { get; private init; }

    /// <summary>The text of <see cref="Say"/> as a transcript shows it; empty when nothing is said.</summary>
    [JsonIgnore]
    public string Transcript => Text ?? Clip?.Transcript ?? "";

    internal ScenarioTurn Resolve(int index, string? folder)
    {
        string where = $"Turn {index + 1} ({By.ToString().ToLowerInvariant()})";
        if (AfterMs < 0 || ToneMs < 0 || ToneHz < 0 || MusicMs < 0)
        {
            throw new ScenarioException($"{where}: times and frequencies are not negative.");
        }

        if (By == ScenarioSpeaker.Agent && (Dtmf is not null || Digits is not null || HangUp || ToneHz > 0 || MusicMs > 0))
        {
            throw new ScenarioException($"{where}: dtmf, digits, hangUp, toneHz and musicMs belong to the callee.");
        }

        if (Digits is not null && When != ScenarioTrigger.Digits)
        {
            throw new ScenarioException($"{where}: digits are waited for with \"when\": \"digits\"; what the callee presses is dtmf.");
        }

        if ((Say is null ? 0 : 1) + (ToneHz > 0 ? 1 : 0) + (MusicMs > 0 ? 1 : 0) > 1)
        {
            throw new ScenarioException($"{where}: say, toneHz and musicMs exclude each other.");
        }

        if (By == ScenarioSpeaker.Callee && (Calls.Count > 0 || End != ScenarioResponseEnd.Completed || OutOfBand))
        {
            throw new ScenarioException($"{where}: calls, end and outOfBand belong to the agent.");
        }

        if (Calls.Any(c => c.Server is null && (c.Output is not null || c.Error is not null)))
        {
            throw new ScenarioException($"{where}: output and error belong to calls of an MCP server (give server too).");
        }

        if ((Dtmf + Digits).FirstOrDefault(c => !"0123456789*#ABCD".Contains(c)) is var wrong and not '\0')
        {
            throw new ScenarioException($"{where}: '{wrong}' is no DTMF digit.");
        }

        if (Say is null)
        {
            return this;
        }

        if (ClipLibrary.Contains(Say))
        {
            return this with { Clip = ClipLibrary.Get(Say) };
        }

        string? path = folder is null ? null : Path.Combine(folder, Say);
        if (path is null || !File.Exists(path))
        {
            throw new ScenarioException($"{where}: there is no clip '{Say}'. Clips of the library: {string.Join(", ", ClipLibrary.Names)}.");
        }

        try
        {
            return this with { Clip = ClipLibrary.ReadFile(path, Text ?? "") };
        }
        catch (InvalidDataException e)
        {
            throw new ScenarioException($"{where}: {e.Message}", e);
        }
    }
}
