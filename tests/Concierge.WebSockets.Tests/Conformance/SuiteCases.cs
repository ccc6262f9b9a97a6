using System.Text;

namespace Concierge.WebSockets.Tests.Conformance;

/// <summary>The cases of groups 1 to 7 and 10 of the Autobahn test suite, written down as data: framing, pings, reserved bits, opcodes, fragments, UTF-8, closing.</summary>
internal static class SuiteCases
{
    private const string Greek = "κόσμε";
    private static readonly byte[] s_hello = Encoding.UTF8.GetBytes("Hello-µ@ßöäüàá-UTF-8!!");
    private static readonly byte[] s_broken = [.. Encoding.UTF8.GetBytes(Greek), 0xED, 0xA0, 0x80, .. "edited"u8];

    public static IReadOnlyDictionary<string, SuiteCase> All { get; } =
        Framing().Concat(Pings()).Concat(ReservedBits()).Concat(Opcodes()).Concat(Fragments()).Concat(Utf8()).Concat(Closing()).Concat(AutoFragments())
            .ToDictionary(c => c.Id);

    private static IEnumerable<SuiteCase> Framing()
    {
        int[] lengths = [0, 125, 126, 127, 128, 65535, 65536];
        for (int i = 0; i < lengths.Length; i++)
        {
            byte[] stars = new byte[lengths[i]];
            stars.AsSpan().Fill((byte)'*');
            yield return new SuiteCase($"1.1.{i + 1}", [new(1, stars)], [Echo(1, stars)]);
            stars = new byte[lengths[i]];
            stars.AsSpan().Fill(0xFE);
            yield return new SuiteCase($"1.2.{i + 1}", [new(2, stars)], [Echo(2, stars)]);
        }
    }

    private static IEnumerable<SuiteCase> Pings()
    {
        byte[] binary = [0x00, 0xFF, 0xFE, 0xFD, 0xFC, 0xFB, 0x00, 0xFF];
        byte[] longest = new byte[125];
        longest.AsSpan().Fill(0xFE);
        yield return new SuiteCase("2.1", [new(9, [])], [Pong([])]);
        yield return new SuiteCase("2.2", [new(9, "Hello, world!"u8.ToArray())], [Pong("Hello, world!"u8.ToArray())]);
        yield return new SuiteCase("2.3", [new(9, binary)], [Pong(binary)]);
        yield return new SuiteCase("2.4", [new(9, longest)], [Pong(longest)]);
        yield return new SuiteCase("2.5", [new(9, new byte[126])], ["close:1002:"]);
        yield return new SuiteCase("2.7", [new(10, [])], []);
        yield return new SuiteCase("2.8", [new(10, "unsolicited"u8.ToArray())], []);
        yield return new SuiteCase("2.9", [new(10, "unsolicited"u8.ToArray()), new(9, "ping"u8.ToArray())], [Pong("ping"u8.ToArray())]);
        SuiteFrame[] ten = [.. Enumerable.Range(0, 10).Select(i => new SuiteFrame(9, Encoding.ASCII.GetBytes($"payload-{i}")))];
        yield return new SuiteCase("2.10", ten, [.. ten.Select(p => Pong(p.Payload))]);
    }

    private static IEnumerable<SuiteCase> ReservedBits()
    {
        SuiteFrame hello = Text("Hello, world!");
        SuiteFrame ping = new(9, []);
        string echo = Echo(1, hello.Payload);
        yield return new SuiteCase("3.1", [hello with { Reserved = 1 }], ["close:1002:"]);
        yield return new SuiteCase("3.2", [hello, hello with { Reserved = 2 }, ping], [echo, "close:1002:"]);
        yield return new SuiteCase("3.3", [hello, hello with { Reserved = 3 }, ping], [echo, "close:1002:"]);
        yield return new SuiteCase("3.4", [hello, hello with { Reserved = 4 }, ping], [echo, "close:1002:"]);
        yield return new SuiteCase("3.5", [new(2, [0, 0xFF, 0xFE], Reserved: 5)], ["close:1002:"]);
        yield return new SuiteCase("3.6", [new(9, "ping"u8.ToArray(), Reserved: 6)], ["close:1002:"]);
        yield return new SuiteCase("3.7", [new(8, [3, 232], Reserved: 7)], ["close:1002:"]);
    }

    private static IEnumerable<SuiteCase> Opcodes()
    {
        SuiteFrame hello = Text("Hello, world!");
        string echo = Echo(1, hello.Payload);
        foreach ((int group, int first) in new[] { (1, 3), (2, 11) })
        {
            for (int i = 0; i < 5; i++)
            {
                SuiteFrame reserved = new(first + i, i == 0 || (i == 2 && group == 1) ? [] : "reserved opcode payload"u8.ToArray());
                yield return i < 2
                    ? new SuiteCase($"4.{group}.{i + 1}", [reserved], ["close:1002:"])
                    : new SuiteCase($"4.{group}.{i + 1}", [hello, reserved, new(9, [])], [echo, "close:1002:"]);
            }
        }
    }

    private static IEnumerable<SuiteCase> Fragments()
    {
        SuiteFrame one = Text("fragment1") with { Fin = false };
        SuiteFrame two = new(0, "fragment2"u8.ToArray());
        SuiteFrame ping = new(9, "ping payload"u8.ToArray());
        SuiteFrame stray = new(0, "non-continuation payload"u8.ToArray());
        SuiteFrame hello = Text("Hello, world!");
        string both = Echo(1, "fragment1fragment2"u8.ToArray());
        yield return new SuiteCase("5.1", [new(9, "fragment1"u8.ToArray(), Fin: false), two], ["close:1002:"]);
        yield return new SuiteCase("5.2", [new(10, "fragment1"u8.ToArray(), Fin: false), two], ["close:1002:"]);
        yield return new SuiteCase("5.3", [one, two], [both]);
        yield return new SuiteCase("5.6", [one, ping, two], [Pong(ping.Payload), both]);
        yield return new SuiteCase("5.9", [stray, hello], ["close:1002:"]);
        yield return new SuiteCase("5.12", [stray with { Fin = false }, hello], ["close:1002:"]);
        yield return new SuiteCase("5.15", [one, two, stray with { Fin = false }, hello], [both, "close:1002:"]);
        yield return new SuiteCase("5.16", [stray with { Fin = false }, one, two, stray with { Fin = false }, one, two], ["close:1002:"]);
        yield return new SuiteCase("5.17", [stray, one, two, stray, one, two], ["close:1002:"]);
        yield return new SuiteCase("5.18", [one, two with { Opcode = 1 }], ["close:1002:"]);
        SuiteFrame ping1 = new(9, "pongme 1!"u8.ToArray());
        SuiteFrame ping2 = new(9, "pongme 2!"u8.ToArray());
        yield return new SuiteCase(
            "5.19",
            [one, two with { Fin = false }, ping1, new(0, "fragment3"u8.ToArray(), Fin: false), new(0, "fragment4"u8.ToArray(), Fin: false), ping2, new(0, "fragment5"u8.ToArray())],
            [Pong(ping1.Payload), Pong(ping2.Payload), Echo(1, "fragment1fragment2fragment3fragment4fragment5"u8.ToArray())]);
    }

    private static IEnumerable<SuiteCase> Utf8()
    {
        yield return new SuiteCase("6.1.1", [Text("")], [Echo(1, [])]);
        yield return new SuiteCase("6.1.2", [Text("") with { Fin = false }, new(0, [], Fin: false), new(0, [])], [Echo(1, [])]);
        yield return new SuiteCase(
            "6.1.3", [Text("") with { Fin = false }, new(0, "middle frame payload"u8.ToArray(), Fin: false), new(0, [])], [Echo(1, "middle frame payload"u8.ToArray())]);
        yield return new SuiteCase("6.2.1", [new(1, s_hello)], [Echo(1, s_hello)]);
        yield return new SuiteCase("6.2.2", [new(1, s_hello[..12], Fin: false), new(0, s_hello[12..])], [Echo(1, s_hello)]);
        yield return new SuiteCase("6.2.3", Octets(s_hello), [Echo(1, s_hello)]);
        yield return new SuiteCase("6.2.4", Octets(Encoding.UTF8.GetBytes(Greek)), [Echo(1, Encoding.UTF8.GetBytes(Greek))]);
        yield return new SuiteCase("6.3.1", [new(1, s_broken)], ["close:1007:"]);
        yield return new SuiteCase("6.3.2", Octets(s_broken), ["close:1007:"]);
        byte[] beyond = [.. Encoding.UTF8.GetBytes(Greek), 0xF4, 0x90, 0x80, 0x80, .. "edited"u8];
        yield return new SuiteCase("6.4.1", [new(1, beyond[..12], Fin: false), new(0, beyond[12..14], Fin: false), new(0, beyond[14..])], ["close:1007:"]);
        yield return new SuiteCase("6.4.2", [new(1, beyond[..12], Fin: false), new(0, beyond[12..13], Fin: false), new(0, beyond[13..])], ["close:1007:"]);
        foreach ((string id, byte[] octets, bool valid) in Utf8Sequences.All())
        {
            yield return new SuiteCase(id, [new(1, octets)], [valid ? Echo(1, octets) : "close:1007:"]);
        }
    }

    private static IEnumerable<SuiteCase> Closing()
    {
        SuiteFrame hello = Text("Hello World!");
        SuiteFrame normal = Close(1000);
        string echo = Echo(1, hello.Payload);
        yield return new SuiteCase("7.1.1", [hello, normal], [echo, "close:1000:"]);
        yield return new SuiteCase("7.1.2", [normal, normal], ["close:1000:"]);
        yield return new SuiteCase("7.1.3", [normal, new(9, [])], ["close:1000:"]);
        yield return new SuiteCase("7.1.4", [normal, hello], ["close:1000:"]);
        yield return new SuiteCase("7.1.5", [Text("fragment1") with { Fin = false }, normal, new(0, "fragment2"u8.ToArray())], ["close:1000:"]);
        byte[] large = new byte[256 * 1024];
        large.AsSpan().Fill((byte)'B');
        yield return new SuiteCase("7.1.6", [new(1, large), hello, normal, new(9, [])], [Echo(1, large), echo, "close:1000:"]);
        yield return new SuiteCase("7.3.1", [new(8, [])], ["close"]);
        yield return new SuiteCase("7.3.2", [new(8, "a"u8.ToArray())], ["close:1002:"]);
        yield return new SuiteCase("7.3.3", [normal], ["close:1000:"]);
        yield return new SuiteCase("7.3.4", [Close(1000, "Hello World!")], ["close:1000:"]);
        yield return new SuiteCase("7.3.5", [Close(1000, new string('*', 123))], ["close:1000:"]);
        yield return new SuiteCase("7.3.6", [Close(1000, new string('*', 124))], ["close:1002:"]);
        yield return new SuiteCase("7.5.1", [new(8, [3, 232, .. s_broken])], ["close:1007:"]);
        int[] legal = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999];
        for (int i = 0; i < legal.Length; i++)
        {
            yield return new SuiteCase($"7.7.{i + 1}", [Close(legal[i])], [$"close:{legal[i]}:"]);
        }

        int[] illegal = [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999];
        for (int i = 0; i < illegal.Length; i++)
        {
            yield return new SuiteCase($"7.9.{i + 1}", [Close(illegal[i])], ["close:1002:"]);
        }

        yield return new SuiteCase("7.13.1", [Close(5000)], ["close:1002:"]);
        yield return new SuiteCase("7.13.2", [Close(65535)], ["close:1002:"]);
    }

    private static IEnumerable<SuiteCase> AutoFragments()
    {
        byte[] stars = new byte[65536];
        stars.AsSpan().Fill((byte)'*');
        List<SuiteFrame> frames = [];
        for (int start = 0; start < stars.Length; start += 1300)
        {
            int end = Math.Min(start + 1300, stars.Length);
            frames.Add(new SuiteFrame(start == 0 ? 1 : 0, stars[start..end], end == stars.Length));
        }

        yield return new SuiteCase("10.1.1", [.. frames], [Echo(1, stars)]);
    }

    private static SuiteFrame Text(string text) => new(1, Encoding.UTF8.GetBytes(text));

    private static SuiteFrame Close(int code, string reason = "") => new(8, [(byte)(code >> 8), (byte)code, .. Encoding.UTF8.GetBytes(reason)]);

    private static SuiteFrame[] Octets(byte[] text) => [.. text.Select((b, i) => new SuiteFrame(i == 0 ? 1 : 0, [b], i == text.Length - 1))];

    private static string Echo(int opcode, byte[] payload) => opcode == 1 ? $"text:{Encoding.UTF8.GetString(payload)}" : $"binary:{Convert.ToHexString(payload)}";

    private static string Pong(byte[] payload) => $"pong:{Convert.ToHexString(payload)}";
}
