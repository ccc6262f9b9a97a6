using Concierge.Protocols.Realtime;

namespace Concierge.Pipelines;

/// <summary>How one agent behaves on the line, whatever it talks about. Immutable; shared by the agent's calls. Whatever is not set does not happen.</summary>
public sealed record CallConduct
{
    /// <summary>The caller may interrupt at any time; nobody is prompted, warned or hung up on.</summary>
    public static CallConduct Default { get; } = new();

    /// <summary>
    /// What people expect of somebody on the telephone: asks into a silence after 12 s and hangs up after two such questions, says so when something takes
    /// longer than 4 s, lets a sound be heard while the model itself is slower than that and replaces a session that says nothing for 20 s, waits out hold music for 5 min, gives up a caller who says nothing for 5 min, and a call after 30 min with a minute's warning.
    /// </summary>
    public static CallConduct Attentive { get; } = new()
    {
        Silence = new SilencePolicy { PromptAfter = TimeSpan.FromSeconds(12), MutedLimit = TimeSpan.FromMinutes(5) },
        Tools = new ToolPolicy { FillAfter = TimeSpan.FromSeconds(4) },
        Answers = new AnswerPolicy { SoundAfter = TimeSpan.FromSeconds(4), Limit = TimeSpan.FromSeconds(20), Retries = 2 },
        Hold = new HoldPolicy { Recognise = true },
        Length = new LengthPolicy { Limit = TimeSpan.FromMinutes(30) },
    };

    /// <summary>When the caller may cut the agent off.</summary>
    public BargeInPolicy BargeIn { get; init; } = new();

    /// <summary>What happens when nobody speaks.</summary>
    public SilencePolicy Silence { get; init; } = new();

    /// <summary>How long the call may last.</summary>
    public LengthPolicy Length { get; init; } = new();

    /// <summary>What the caller hears while a tool takes its time.</summary>
    public ToolPolicy Tools { get; init; } = new();

    /// <summary>What happens while the model owes an answer and nothing is heard.</summary>
    public AnswerPolicy Answers { get; init; } = new();

    /// <summary>What becomes of the keys that the caller presses.</summary>
    public KeypadPolicy Keypad { get; init; } = new();

    /// <summary>What happens when the other side puts the call on hold.</summary>
    public HoldPolicy Hold { get; init; } = new();

    /// <summary>
    /// The session's settings as this conduct needs them: where an interruption is decided here, the server must not cut its own response off at the first
    /// sound of the caller.
    /// </summary>
    public RealtimeSessionConfig Apply(RealtimeSessionConfig config)
    {
        if (BargeIn.LeftToTheServer || config.TurnDetection?.Kind == RealtimeTurnDetectionKind.None)
        {
            return config;
        }

        return config with { TurnDetection = (config.TurnDetection ?? RealtimeTurnDetection.ServerVad) with { InterruptResponse = false } };
    }
}
