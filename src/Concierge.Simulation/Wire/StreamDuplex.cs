using System.IO.Pipelines;

namespace Concierge.Simulation.Wire;

/// <summary>The two pipes over an upgraded stream.</summary>
internal sealed class StreamDuplex(PipeReader input, PipeWriter output) : IDuplexPipe
{
    public PipeReader Input { get; } = input;

    public PipeWriter Output { get; } = output;
}
