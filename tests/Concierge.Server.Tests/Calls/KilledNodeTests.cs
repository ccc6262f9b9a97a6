using System.Text.Json.Nodes;
using Concierge.Audio;
using Concierge.Calls.Life;
using Concierge.Calls.Store;
using Concierge.Server.Configuration;
using Concierge.Simulation.Exchange;
using Concierge.Simulation.Realtime;
using Concierge.Simulation.Scenarios;
using Concierge.Simulation.Twilio;
using Concierge.TestKit;

namespace Concierge.Server.Tests.Calls;

/// <summary>
/// The program is killed (SIGKILL) in the middle of a call and started again: what was said up to a second before is written down, the call is settled, its recording can be
/// played. The clock of "a second" is the audio that the carrier sent.
/// </summary>
public sealed class KilledNodeTests : IDisposable
{
    private const string AuthToken = "12345";
    private readonly string _folder = Directory.CreateTempSubdirectory("concierge-killed-").FullName;

    public static TheoryData<string> Kinds => TestFleet.Kinds;

    private string Recordings => Path.Combine(_folder, "recordings");

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_node_killed_in_mid_call_loses_at_most_the_last_second(string kind)
    {
        string? database = null;
        if (kind == "postgresql")
        {
            PostgresCluster? cluster = await PostgresCluster.SharedAsync();
            Assert.SkipWhen(cluster is null, PostgresCluster.Missing);
            database = await cluster!.CreateDatabaseAsync();
        }

        // The callee asks, the agent answers at length: the model sends the words at once and then nothing, while they are spoken for many seconds.
        Scenario scenario = Scenario.Parse("""
            {"name":"killed","callee":{"ringMs":100,"patienceMs":300000},"turns":[
              {"by":"callee","when":"answered","afterMs":100,"say":"restaurant-when"},
              {"by":"agent","say":"concierge-details"},
              {"by":"callee","when":"silence","afterMs":300000,"hangUp":true}]}
            """);
        int port = LocalPorts.Free();
        await using RealtimeTwinServer model = await RealtimeTwinServer.StartAsync(scenario, new RealtimeTwinOptions { AudioSpeed = 20, KeepEventText = true });
        await using TwilioExchangeServer carrier = await TwilioExchangeServer.StartAsync(new TwilioExchangeOptions
        {
            AuthToken = AuthToken,
            Scenario = scenario,
            PublicUrl = new Uri("https://node.example.com"),
            ReachableUrl = new Uri($"http://127.0.0.1:{port}"),
        });
        Dictionary<string, string> settings = new()
        {
            [SettingNames.RealtimeUrl] = model.Url + "?model=m",
            [SettingNames.RealtimeAuth] = "none",
            [SettingNames.TranscriptionModel] = "gpt-4o-mini-transcribe",
            [SettingNames.PublicDomain] = "node.example.com",
            [SettingNames.AccountSid] = carrier.Exchange.Options.AccountSid,
            [SettingNames.AuthToken] = AuthToken,
            [SettingNames.CarrierApiUrl] = carrier.Url.ToString(),
            [SettingNames.DataDirectory] = Path.Combine(_folder, "data"),
            [SettingNames.RecordingsFolder] = Recordings,
            [SettingNames.NodeName] = "killed",
        };
        if (database is not null)
        {
            settings[SettingNames.DatabaseUrl] = database;
        }

        double spoken;
        using (ChildNode node = await ChildNode.StartAsync(_folder, port, settings))
        {
            TwilioExchangeCall call = carrier.Exchange.CallIn(new Uri("https://node.example.com/twiml"), scenario: scenario);
            await node.UntilAsync(_ => Task.FromResult(call.Streams.Count > 0 && model.Sessions.Count > 0 && Answered(model.Sessions[0].Record)));

            // Every word has left the model. One more second of them is spoken, then the node is gone.
            TwilioTwinRecord stream = call.Streams[0];
            spoken = stream.Said.Duration.TotalMilliseconds;
            await node.UntilAsync(_ => Task.FromResult(stream.Said.Duration.TotalMilliseconds >= spoken + 1_000));
            node.Kill();
        }

        string id = await AssertWrittenAsync(database, model.Sessions[0].Record);
        Assert.Single(Directory.GetFiles(Recordings, "*.wav.part"));
        using ChildNode again = await ChildNode.StartAsync(_folder, port, settings);
        JsonNode? settled = null;
        await again.UntilAsync(async http => (settled = JsonNode.Parse(await http.GetStringAsync($"/api/v1/calls/{id}")))!["settled"]!.GetValue<bool>());
        Assert.Equal(("failed", "node_lost"), (settled!["state"]!.GetValue<string>(), settled["cause"]!.GetValue<string>()));
        Assert.True(carrier.Exchange.Calls[0].HasEnded); // nobody is left on a dead line
        AssertPlayable(spoken);

        // The recording that was left is the call's: it goes with it.
        await again.UntilAsync(async http => (await http.DeleteAsync($"/api/v1/calls/{id}")).IsSuccessStatusCode);
        Assert.Empty(Directory.GetFiles(Recordings));
    }

    private static bool Answered(RealtimeTwinRecord record) =>
        record.Sent.ToArray().Any(e => e.Type == "response.output_audio_transcript.done") && record.Sent.ToArray().Any(e => e.Type == "conversation.item.input_audio_transcription.completed");

    private async Task<string> AssertWrittenAsync(string? database, RealtimeTwinRecord said)
    {
        await using ICallStore store = database is null ? CallStores.Sqlite(Path.Combine(_folder, "data", "calls.db"), TimeProvider.System) : CallStores.Postgres(database, TimeProvider.System);
        CallRecord call = Assert.Single((await store.ListAsync(new CallQuery(), default)).Calls);
        Assert.Equal((CallState.InProgress, false), (call.State, call.IsSettled));
        Assert.NotNull(call.StreamSid);
        IReadOnlyList<StoredFact> facts = await store.ReadFactsAsync(call.Id, 0, 1_000, default);
        string[] words = [.. CallTranscripts.Read(facts.Select(f => f.Fact)).Select(t => t.Text)];
        Assert.Equal(["Of course. For which day, and what time?", said.Responses.Single(r => r.Transcript.Length > 0).Transcript], words);
        return call.Id;
    }

    /// <summary>One file, two voices, as long as the call was up to its last second, and both voices in it.</summary>
    private void AssertPlayable(double spokenMs)
    {
        string file = Assert.Single(Directory.GetFiles(Recordings));
        Assert.EndsWith("-recovered.wav", file);
        using WavReader wav = new(File.OpenRead(file));
        Assert.Equal((8_000, 2, false), (wav.SampleRate, wav.Channels, wav.IsTruncated));
        short[] samples = new short[wav.TotalFrames * 2];
        Assert.Equal(samples.Length, wav.Read(samples));
        Assert.InRange(wav.TotalFrames / 8.0, spokenMs, 60_000);
        Assert.Contains(samples.Where((_, i) => i % 2 == 0), s => s > 1_000);
        Assert.Contains(samples.Where((_, i) => i % 2 == 1), s => s > 1_000);
    }
}
