using Concierge.Protocols.Realtime;

namespace Concierge.Pipelines.Upstream;

/// <summary>Sums up the updates of a session: a new session is given in one update what the old one became in several.</summary>
internal static class SessionConfigs
{
    /// <summary>The configuration after an update: members that the update leaves null keep what they are (PROTOCOL B.3).</summary>
    public static RealtimeSessionConfig Merge(RealtimeSessionConfig current, RealtimeSessionConfig update) => update with
    {
        Model = update.Model ?? current.Model,
        TranscriptionOnly = update.TranscriptionOnly || current.TranscriptionOnly,
        OutputModality = update.OutputModality ?? current.OutputModality,
        Instructions = update.Instructions ?? current.Instructions,
        InputFormat = update.InputFormat ?? current.InputFormat,
        OutputFormat = update.OutputFormat ?? current.OutputFormat,
        Voice = update.Voice ?? (update.CustomVoiceId is null ? current.Voice : null),
        CustomVoiceId = update.CustomVoiceId ?? (update.Voice is null ? current.CustomVoiceId : null),
        Speed = update.Speed ?? current.Speed,
        TurnDetection = update.TurnDetection ?? current.TurnDetection,
        InputTranscription = update.InputTranscription ?? current.InputTranscription,
        NoiseReduction = update.NoiseReduction ?? current.NoiseReduction,
        IncludeTranscriptionLogProbs = update.IncludeTranscriptionLogProbs || current.IncludeTranscriptionLogProbs,
        Tools = update.Tools ?? current.Tools,
        ToolChoice = update.ToolChoice ?? current.ToolChoice,
        ParallelToolCalls = update.ParallelToolCalls ?? current.ParallelToolCalls,
        ReasoningEffort = update.ReasoningEffort ?? current.ReasoningEffort,
        MaxOutputTokens = update.MaxOutputTokens ?? current.MaxOutputTokens,
        Truncation = update.Truncation ?? current.Truncation,
        Tracing = update.Tracing ?? current.Tracing,
        Prompt = update.Prompt ?? current.Prompt,
    };
}
