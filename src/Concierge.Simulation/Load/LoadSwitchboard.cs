namespace Concierge.Simulation.Load;

/// <summary>The calls of a run, by the number that their stamps carry.</summary>
internal sealed class LoadSwitchboard
{
    private readonly LoadCall[] _calls;

    /// <param name="calls">How many, at most <see cref="LoadStamp.MaxValue"/>.</param>
    /// <param name="mode">What the bridge gives the model.</param>
    /// <param name="relayed">Whether a bare relay is between.</param>
    /// <param name="odd">The first so many calls are not counted: they misbehave on purpose.</param>
    public LoadSwitchboard(int calls, LoadMode mode, bool relayed, int odd = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(calls, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(calls, LoadStamp.MaxValue);
        LoadAudioFormat model = mode == LoadMode.Pcm16 ? LoadAudioFormat.Pcm16 : LoadAudioFormat.MuLaw;
        ModelHears = relayed ? LoadAudioFormat.MuLaw : model;
        CallerHears = relayed ? model : LoadAudioFormat.MuLaw;
        _calls = new LoadCall[calls];
        LoadTally uncounted = new();
        for (int i = 0; i < calls; i++)
        {
            _calls[i] = new LoadCall(i, new LoadFlow(i < odd ? uncounted : Up, i, LoadAudioFormat.MuLaw), new LoadFlow(i < odd ? uncounted : Down, i, model));
        }
    }

    /// <summary>From the callers to the model.</summary>
    public LoadTally Up { get; } = new();

    /// <summary>From the model to the callers.</summary>
    public LoadTally Down { get; } = new();

    public LoadAudioFormat ModelHears { get; }

    public LoadAudioFormat CallerHears { get; }

    public IReadOnlyList<LoadCall> Calls => _calls;

    /// <summary>Gives a call to the first model that knows it by its stamp.</summary>
    /// <param name="id">The call's number.</param>
    /// <param name="model">The model.</param>
    /// <returns>The call's two directions; null when there is no such call, or it has its model.</returns>
    public (LoadFlow Up, LoadFlow Down)? Claim(int id, LoadModel model)
    {
        if ((uint)id >= (uint)_calls.Length || _calls[id] is not { Model: null } call)
        {
            return null;
        }

        call.Model = model;
        return (call.Up, call.Down);
    }
}
