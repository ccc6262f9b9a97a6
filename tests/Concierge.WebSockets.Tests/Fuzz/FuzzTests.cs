using System.Buffers;
using System.Globalization;
using System.Text;
using Concierge.WebSockets.Tests.Conformance;

namespace Concierge.WebSockets.Tests.Fuzz;

/// <summary>
/// Mutated and generated inputs against the slow reference, whole and under random segmentations. The default run takes 40,000; CONCIERGE_FUZZ_INPUTS=1000000 takes a
/// million (a few minutes), CONCIERGE_FUZZ_SEED another path.
/// </summary>
[Trait("Category", "Fuzz")]
public sealed class FuzzTests
{
    // Small, so that inputs of a few hundred octets meet them.
    private static readonly WebSocketLimits s_limits = new() { MaxFramePayload = 200, MaxMessageSize = 300, MaxFragmentsPerMessage = 6 };

    private static int Inputs => Number("CONCIERGE_FUZZ_INPUTS", 40_000);

    private static int Seed => Number("CONCIERGE_FUZZ_SEED", 20_261_122);

    [Theory]
    [InlineData(WebSocketRole.Server)]
    [InlineData(WebSocketRole.Client)]
    public void The_reader_agrees_with_the_reference_on_every_input_under_every_segmentation(WebSocketRole role)
    {
        bool masked = role == WebSocketRole.Server;
        List<byte[]> seeds = [.. Lines(masked ? 's' : 'c'), .. SuiteCases.All.Values.Where(c => c.Frames.Sum(f => f.Payload.Length) < 1500 && c.Frames.Length > 0).Select(c => c.Bytes(masked))];
        WireMutator mutator = new(Seed + (int)role, seeds);
        for (int i = 0; i < Inputs / 2; i++)
        {
            byte[] wire = i < seeds.Count ? seeds[i] : mutator.Next(masked);
            ReferenceReader reference = new(wire, role, s_limits);
            string expected = reference.Run();
            if (reference.Pings > 32)
            {
                // Above its bound the writer may skip pongs, by what was flushed when.
                continue;
            }

            Check(expected, FuzzSubject.Run(wire, [], arriving: true, role, s_limits), wire, []);
            int[] cuts = mutator.Cuts(wire.Length);
            Check(expected, FuzzSubject.Run(wire, cuts, arriving: (i & 1) == 0, role, s_limits), wire, cuts);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Head_parsing_never_throws_and_a_longer_prefix_never_changes_a_verdict(bool isResponse)
    {
        string accept = WebSocketHandshake.ComputeAccept("dGhlIHNhbXBsZSBub25jZQ==");
        List<byte[]> seeds =
        [
            Encoding.ASCII.GetBytes(isResponse
                ? $"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\nrest"
                : "GET /x HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\nrest"),
            Encoding.ASCII.GetBytes(isResponse ? "HTTP/1.0 404 \r\nA:b\r\n\r\n" : "OPTIONS * HTTP/1.0\r\nA:\t b \r\n\r\n"),
            "\r\n\r\n"u8.ToArray(),
        ];
        WireMutator mutator = new(Seed, seeds);
        for (int i = 0; i < Inputs / 4; i++)
        {
            byte[] text = mutator.Next(masked: false);
            OperationStatus whole = HttpHeadParser.Parse(text, 400, isResponse, out HttpHead? head, out int consumed, out WebSocketHandshakeError error);
            Assert.Equal(whole == OperationStatus.Done, head is not null);
            foreach (int cut in mutator.Cuts(text.Length))
            {
                OperationStatus part = HttpHeadParser.Parse(text.AsSpan(0, cut), 400, isResponse, out _, out int partConsumed, out WebSocketHandshakeError partError);
                if (part != OperationStatus.NeedMoreData)
                {
                    Assert.Equal((whole, error, consumed), (part, partError, partConsumed));
                }
            }

            if (head is not null && isResponse)
            {
                WebSocketHandshake.CheckResponse(head, "dGhlIHNhbXBsZSBub25jZQ==", ["a"], out _);
            }
            else if (head is not null)
            {
                WebSocketUpgradeDecision decision = WebSocketServerUpgrade.Check(head, "a");
                Assert.Equal(decision.IsAccepted, decision.Accept is not null);
            }
        }
    }

    private static void Check(string expected, string actual, byte[] wire, int[] cuts)
    {
        if (expected != actual)
        {
            Assert.Fail($"{Convert.ToHexString(wire)} cut at [{string.Join(',', cuts)}]\nreference:\n{expected}\nreader:\n{actual}");
        }
    }

    private static IEnumerable<byte[]> Lines(char kind)
    {
        foreach (string line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Fuzz", "seeds.txt")))
        {
            if (line.StartsWith(kind))
            {
                yield return Convert.FromHexString(line[1..].Replace(" ", "", StringComparison.Ordinal));
            }
        }
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : otherwise;
}
