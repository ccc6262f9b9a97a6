namespace Concierge.Pipelines.Upstream;

/// <summary>A session that is to take another's place: the control loop tells it the conversation, then speaks to it.</summary>
/// <param name="Link">The session.</param>
/// <param name="OnlyWhenQuiet">Whether it waits for a moment of silence: not taken, it is offered again.</param>
/// <param name="Resume">Whether the model is asked to go on where it was cut off.</param>
internal sealed record ModelReplacement(ModelLink Link, bool OnlyWhenQuiet, bool Resume)
{
    private readonly TaskCompletionSource<bool> _taken = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether it was taken.</summary>
    public Task<bool> Taken => _taken.Task;

    /// <summary>The control loop's answer.</summary>
    public void Answer(bool taken) => _taken.TrySetResult(taken);
}
