namespace Concierge.WebSockets.Tests.Fuzz;

/// <summary>Makes inputs from seeds by mutation, and from nothing by generation; the same numbers for the same seed on every machine.</summary>
internal sealed class WireMutator(int seed, IReadOnlyList<byte[]> seeds)
{
    private static readonly byte[] s_telling = [0x00, 0x01, 0x02, 0x7D, 0x7E, 0x7F, 0x80, 0x81, 0x82, 0x88, 0x89, 0x8A, 0xBF, 0xC2, 0xED, 0xF4, 0xFD, 0xFE, 0xFF];

    private readonly Random _random = new(seed);

    public byte[] Next(bool masked)
    {
        List<byte> wire = _random.Next(4) == 0 ? Generate(masked) : [.. seeds[_random.Next(seeds.Count)]];
        for (int steps = _random.Next(5); steps > 0; steps--)
        {
            Mutate(wire, masked);
        }

        if (wire.Count > 2048)
        {
            wire.RemoveRange(2048, wire.Count - 2048);
        }

        if (wire.Count == 0)
        {
            wire.Add(0x81);
        }

        return [.. wire];
    }

    public int[] Cuts(int length)
    {
        SortedSet<int> cuts = [];
        for (int count = _random.Next(8); count > 0 && length > 1; count--)
        {
            cuts.Add(_random.Next(1, length));
        }

        return _random.Next(16) == 0 && length <= 300 ? [.. Enumerable.Range(1, Math.Max(0, length - 1))] : [.. cuts];
    }

    private List<byte> Generate(bool masked)
    {
        List<byte> wire = [];
        bool inside = false;
        for (int frames = _random.Next(1, 8); frames > 0; frames--)
        {
            int opcode = _random.Next(6) switch { 0 => 9, 1 => 10, 2 when frames == 1 => 8, _ => inside ? 0 : _random.Next(1, 3) };
            bool fin = opcode >= 8 || _random.Next(2) == 0;
            inside = opcode >= 8 ? inside : !fin;
            byte[] payload = new byte[_random.Next(8) == 0 ? _random.Next(120, 135) : _random.Next(12)];
            _random.NextBytes(payload);
            if (opcode < 8 && _random.Next(3) > 0)
            {
                payload.AsSpan().Fill((byte)'a');
            }

            wire.AddRange(Wire.Frame(opcode, payload, fin, masked));
        }

        return wire;
    }

    private void Mutate(List<byte> wire, bool masked)
    {
        int at = wire.Count == 0 ? 0 : _random.Next(wire.Count);
        int run = Math.Min(_random.Next(1, 9), wire.Count - at);
        switch (_random.Next(9))
        {
            case 0 when wire.Count > 0:
                wire[at] ^= (byte)(1 << _random.Next(8));
                break;
            case 1 when wire.Count > 0:
                wire[at] = s_telling[_random.Next(s_telling.Length)];
                break;
            case 2 when wire.Count > 0:
                wire[at] = (byte)_random.Next(256);
                break;
            case 3:
                wire.Insert(at, s_telling[_random.Next(s_telling.Length)]);
                break;
            case 4 when wire.Count > 0:
                wire.RemoveRange(at, run);
                break;
            case 5 when wire.Count > 0:
                wire.InsertRange(at, wire.GetRange(at, run));
                break;
            case 6 when wire.Count > 0:
                wire.RemoveRange(at, wire.Count - at);
                break;
            case 7:
                wire.AddRange(seeds[_random.Next(seeds.Count)]);
                break;
            default:
                wire.AddRange(Generate(masked));
                break;
        }
    }
}
