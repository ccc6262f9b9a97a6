using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Concierge.Pipelines.Tests.Sessions;

namespace Concierge.Pipelines.Tests.Upstream;

/// <summary>Plays the carrier's part while a test waits: a frame of silence each 20 ms, and each mark back when what was sent before it has been played.</summary>
internal static class LiveCarrier
{
    private const byte Silence = 0xFF;

    private static readonly ConditionalWeakTable<TestCall, State> s_states = [];

    /// <summary>Lets the line live for a while.</summary>
    public static Task LiveAsync(this TestCall call, double seconds) => call.LiveAsync(seconds, () => false);

    /// <summary>Lets the line live until something is so, at most for a while.</summary>
    public static async Task LiveAsync(this TestCall call, double atMost, Func<bool> until)
    {
        byte[] frame = new byte[160];
        Array.Fill(frame, Silence);
        State state = s_states.GetOrCreateValue(call);
        for (int i = 0; i < atMost * 50 && !until() && !call.Running.IsCompleted; i++)
        {
            call.Carrier.Media(frame);
            await call.WaitAsync(20);
            state.Play(call.Carrier);
        }
    }

    /// <summary>What the carrier plays; of all that was heard by the test so far, so that several waits go on where the last one was.</summary>
    private sealed class State
    {
        private int _next;
        private double _buffered; // octets sent and not played
        private readonly Queue<(double At, string Name)> _marks = new();
        private double _received;
        private double _played;

        public void Play(ScriptedCarrier carrier)
        {
            for (; _next < carrier.Heard.Count; _next++)
            {
                JsonNode e = carrier.Heard[_next];
                switch ((string?)e["event"])
                {
                    case "media":
                        int octets = Convert.FromBase64String((string)e["media"]!["payload"]!).Length;
                        _buffered += octets;
                        _received += octets;
                        break;
                    case "mark":
                        _marks.Enqueue((_received, (string)e["mark"]!["name"]!));
                        break;
                    case "clear":
                        _played = _received;
                        _buffered = 0;
                        break;
                }
            }

            double step = Math.Min(160, _buffered);
            _buffered -= step;
            _played += step;
            while (_marks.TryPeek(out (double At, string Name) mark) && mark.At <= _played)
            {
                carrier.ReturnMark(_marks.Dequeue().Name);
            }
        }
    }
}
