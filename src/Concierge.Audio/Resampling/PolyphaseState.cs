namespace Concierge.Audio;

/// <summary>
/// One direction of one call inside a rate conversion: the last input samples and where the next output falls. Made by <see cref="PolyphaseFilter.CreateState"/>.
/// </summary>
/// <remarks>A mutable struct with one owner: a local, a field, or passed by <c>ref</c>; a copy shares its history with the original.</remarks>
public struct PolyphaseState
{
    internal PolyphaseState(int historyLength) => History = new short[historyLength];

    /// <summary>The last <see cref="PolyphaseFilter.HistoryLength"/> input samples, oldest first.</summary>
    internal short[] History { get; }

    /// <summary>Where the next output falls, in steps of the filter's rate (1/L input samples) from the next input sample.</summary>
    internal int NextOutput { get; set; }

    /// <summary>Bytes that this state keeps per call, without the array's header.</summary>
    public readonly int SizeInBytes => (History.Length * sizeof(short)) + sizeof(int);

    /// <summary>Back to silence: as if nothing had been heard.</summary>
    public void Reset()
    {
        Array.Clear(History);
        NextOutput = 0;
    }
}
