using Concierge.Calls.Outcome;
using Concierge.Server.Reports;

namespace Concierge.Server.Tests.Reports;

/// <summary>A report of a call that sounds a little like one: harmonics in syllables, where the turns say that somebody speaks.</summary>
internal static class SampleReport
{
    private static readonly TranscriptEntry[] s_turns =
    [
        new(TranscriptSpeaker.Caller, "Trattoria Bellini, good evening, how can I help you?", 900, 4_100),
        new(TranscriptSpeaker.Agent, "Good evening! I am calling for Anna Miller. I would like to book a table for four this Friday at half past seven.", 4_700, 11_200),
        new(TranscriptSpeaker.Caller, "Friday, let me see. For four, you said?", 11_900, 14_800),
        new(TranscriptSpeaker.Agent, "Yes, for four people, and if it is possible we would like a quiet table by the window, because one of our guests", 15_400, 20_950, Interrupted: true),
        new(TranscriptSpeaker.Caller, "Sorry to cut in: half past seven is full, but I can do a quarter to eight.", 20_400, 25_000),
        new(TranscriptSpeaker.Agent, "A quarter to eight is perfect, thank you.", 25_600, 28_300),
        new(TranscriptSpeaker.Caller, "Wonderful. Your confirmation number is B as in Boston, four seven double one.", 29_000, 34_600),
        new(TranscriptSpeaker.Agent, "B, four, seven, one, one. Thank you very much and goodbye!", 35_200, 39_400),
        new(TranscriptSpeaker.Caller, "See you on Friday. Bye <b>bye</b> & \"ciao\"!", 39_900, 42_100),
    ];

    public static CallReport Create() => new()
    {
        Scenario = "A table for four at Trattoria Bellini",
        Start = new DateTimeOffset(2026, 11, 22, 14, 3, 0, TimeSpan.Zero),
        Duration = TimeSpan.FromMilliseconds(42_800),
        CallerAudio = Speech(TranscriptSpeaker.Caller, 190, 42_800),
        AgentAudio = Speech(TranscriptSpeaker.Agent, 120, 42_800),
        Turns = s_turns,
        Interruptions = [new ReportInterruption(20_400, 20_742, 20_950)],
        TurnLatencies = [new(2, 512, 548), new(4, 498, 540), new(6, 530, 571), new(8, 505, 553)],
        AddedLatency = [Histogram("Caller to model", 11), Histogram("Model to caller", 17)],
        Checks =
        [
            new("The caller's audio arrived whole", true, "level +0.02 dB, signal to noise 37.9 dB, no gap"),
            new("The agent's audio was heard whole", true, "level -0.01 dB, signal to noise 37.6 dB, no gap"),
            new("No click at a frame's edge", true, "edges 0.1 dB below the rest"),
            new("The interruption silenced the agent", true, "208 ms after the clear, bound 300 ms"),
            new("The transcript is complete and in order", true, "9 of 9 turns"),
            new("The confirmation number is the spoken one", true, "B4711"),
        ],
        Outcome = new CallOutcome
        {
            Status = CallOutcomeStatus.Confirmed,
            ConfirmationNumber = "B4711",
            Date = new DateOnly(2026, 11, 27),
            Time = new TimeOnly(19, 45),
            PartySize = 4,
            Name = "Anna Miller",
            Notes = "A quiet table by the window",
            Modified = true,
            Source = CallOutcomeSource.AgentTool,
        },
        EndReason = "the agent hung up",
        Allocation = [new("Caller to model", "0 bytes per frame", "our loop, 2,100 frames after warm-up"), new("Model to caller", "0 bytes per frame", "our loop"), new("Whole process", "412 bytes per frame", "the twin and the test host included")],
        Environment = [new("Version", "0.1.0"), new("Runtime", ".NET 10.0"), new("Audio", "mu-law 8 kHz <-> PCM16 24 kHz")],
    };

    private static ReportHistogram Histogram(string name, double peak)
    {
        List<ReportBucket> buckets = [];
        for (double upTo = 1; upTo <= 1_100; upTo *= Math.Sqrt(2))
        {
            double distance = Math.Log2(upTo / peak);
            buckets.Add(new ReportBucket(Math.Round(upTo, 1), (long)(900 * Math.Exp(-distance * distance / 1.2)) + (upTo > 300 ? 1 : 0)));
        }

        return new ReportHistogram(name, buckets, peak, peak * 5.3, 812);
    }

    private static short[] Speech(TranscriptSpeaker speaker, double pitch, int totalMs)
    {
        short[] samples = new short[totalMs * 8];
        Random random = new(7);
        foreach (TranscriptEntry turn in s_turns.Where(turn => turn.Speaker == speaker))
        {
            double phase = 0;
            for (long i = turn.StartMs * 8; i < turn.EndMs * 8; i++)
            {
                double t = i / 8_000.0;
                double syllable = Math.Pow(Math.Max(0, Math.Sin(2 * Math.PI * 2.1 * t) + (0.6 * Math.Sin((2 * Math.PI * 0.7 * t) + pitch))), 0.8);
                phase += 2 * Math.PI * (pitch + (12 * Math.Sin(2 * Math.PI * 0.9 * t))) / 8_000;
                double voice = Math.Sin(phase) + (0.5 * Math.Sin(2 * phase)) + (0.35 * Math.Sin(5 * phase)) + (0.25 * ((2 * random.NextDouble()) - 1));
                samples[i] = (short)(4_200 * syllable * voice);
            }
        }

        return samples;
    }
}
