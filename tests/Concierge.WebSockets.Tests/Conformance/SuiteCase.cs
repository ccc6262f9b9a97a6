namespace Concierge.WebSockets.Tests.Conformance;

/// <summary>One case of the suite: what the suite's peer sends, and what it must get back.</summary>
/// <param name="Id">The suite's number.</param>
/// <param name="Frames">What is sent.</param>
/// <param name="Expected">What comes back, in order, as <see cref="Wire.Describe(ReadOnlySpan{byte})"/> writes it; a text or binary as the frame's payload.</param>
internal sealed record SuiteCase(string Id, SuiteFrame[] Frames, string[] Expected)
{
    public byte[] Bytes(bool masked)
    {
        List<byte> wire = [];
        foreach (SuiteFrame frame in Frames)
        {
            wire.AddRange(Wire.Frame(frame.Opcode, frame.Payload, frame.Fin, masked, frame.Reserved));
        }

        return [.. wire];
    }
}

/// <summary>One frame of a case, right or wrong.</summary>
internal sealed record SuiteFrame(int Opcode, byte[] Payload, bool Fin = true, int Reserved = 0);
