using System.ClientModel;
using Concierge.Simulation.Realtime;
using Concierge.Simulation.Scenarios;
using Concierge.Simulation.Speech;
using OpenAI.Realtime;
using RealtimeItem = OpenAI.Realtime.RealtimeItem;

namespace Concierge.Simulation.Tests.Sdk;

/// <summary>The vendor's .NET SDK, unchanged, against the twin's Realtime socket.</summary>
public sealed class RealtimeSdkTests
{
    private static readonly Scenario s_scenario = Scenario.Parse("""
        {"name":"sdk","turns":[
          {"by":"callee","say":"restaurant-greeting"},
          {"by":"agent","say":"concierge-purpose","calls":[{"name":"record_outcome","arguments":{"status":"confirmed"}}]},
          {"by":"agent","say":"concierge-details"},
          {"by":"callee","say":"restaurant-how-many"},
          {"by":"agent","say":"concierge-party"}
        ]}
        """);

    [Fact]
    public async Task A_session_hears_speaks_calls_a_tool_and_is_interrupted()
    {
        await using RealtimeTwinServer server = await RealtimeTwinServer.StartAsync(s_scenario, new RealtimeTwinOptions { ApiKey = "sk-twin", AudioSpeed = 3, ThinkMs = 20, TranscriptionMs = 20 });
        var client = new RealtimeClient(new ApiKeyCredential("sk-twin"), new RealtimeClientOptions { Endpoint = new UriBuilder(server.Url) { Path = "/v1" }.Uri });
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using RealtimeSessionClient session = await client.StartConversationSessionAsync("gpt-realtime-2.1", new RealtimeSessionClientOptions(), limit.Token);
        await session.ConfigureConversationSessionAsync(
            new RealtimeConversationSessionOptions
            {
                Instructions = "Book a table.",
                AudioOptions = new RealtimeConversationSessionAudioOptions
                {
                    InputAudioOptions = new RealtimeConversationSessionInputAudioOptions
                    {
                        AudioFormat = new RealtimePcmuAudioFormat(),
                        AudioTranscriptionOptions = new RealtimeAudioTranscriptionOptions { Model = "gpt-4o-mini-transcribe" },
                        TurnDetection = new RealtimeServerVadTurnDetection { SilenceDuration = TimeSpan.FromMilliseconds(400) },
                    },
                    OutputAudioOptions = new RealtimeConversationSessionOutputAudioOptions { AudioFormat = new RealtimePcmuAudioFormat(), Voice = RealtimeVoice.Marin },
                },
                Tools = { new RealtimeFunctionTool("record_outcome") { FunctionParameters = BinaryData.FromString("""{"type":"object"}""") } },
            },
            limit.Token);

        var audio = new Dictionary<string, MemoryStream>();
        var statuses = new List<RealtimeResponseStatus?>();
        var spoken = new List<string>();
        string transcript = "", currentItem = "";
        int interrupted = 0;
        await foreach (RealtimeServerUpdate update in session.ReceiveUpdatesAsync(limit.Token))
        {
            switch (update)
            {
                case RealtimeServerUpdateSessionUpdated:
                    await session.SendInputAudioAsync(Say("restaurant-greeting"), limit.Token);
                    break;
                case RealtimeServerUpdateConversationItemInputAudioTranscriptionCompleted heard:
                    transcript += heard.Transcript;
                    break;
                case RealtimeServerUpdateResponseOutputAudioDelta delta:
                    currentItem = delta.ItemId;
                    if (!audio.TryGetValue(delta.ItemId, out MemoryStream? received))
                    {
                        audio[delta.ItemId] = received = new MemoryStream();
                    }

                    received.Write(delta.Delta.ToArray());
                    if (statuses.Count == 1 && received.Length > 8000 && interrupted++ == 0)
                    {
                        await session.SendInputAudioAsync(Say("restaurant-how-many"), limit.Token);
                    }

                    break;
                case RealtimeServerUpdateResponseOutputAudioTranscriptDone done:
                    spoken.Add(done.Transcript);
                    break;
                case RealtimeServerUpdateResponseFunctionCallArgumentsDone call:
                    Assert.Equal("""{"status":"confirmed"}""", call.FunctionArguments.ToString());
                    await session.AddItemAsync(RealtimeItem.CreateFunctionCallOutputItem(call.CallId, "ok"), limit.Token);
                    break;
                case RealtimeServerUpdateInputAudioBufferSpeechStarted when statuses.Count == 1:
                    await session.TruncateItemAsync(currentItem, 0, TimeSpan.FromMilliseconds(500), limit.Token);
                    break;
                case RealtimeServerUpdateResponseDone done:
                    statuses.Add(done.Response.Status);
                    if (statuses.Count == 1)
                    {
                        await session.StartResponseAsync(limit.Token);
                    }

                    break;
                case RealtimeServerUpdateError error:
                    Assert.Fail($"{error.Error.Code}: {error.Error.Message}");
                    break;
            }

            if (statuses.Count == 3)
            {
                break;
            }
        }

        session.Dispose();
        RealtimeTwinRecord record = await server.WaitForRecordAsync(0, limit.Token);
        Assert.Equal([RealtimeResponseStatus.Completed, RealtimeResponseStatus.Cancelled, RealtimeResponseStatus.Completed], statuses);
        Assert.Contains("Trattoria Bella", transcript, StringComparison.Ordinal);
        Assert.Contains("calling for a guest", spoken[0], StringComparison.Ordinal);
        Assert.Equal(ClipLibrary.Get("concierge-party").MuLaw, audio[currentItem].ToArray());
        Assert.Equal(500, Assert.Single(record.Truncations).AudioEndMs);
        Assert.Null(record.Truncations[0].Error);
        Assert.Equal("ok", Assert.Single(record.FunctionOutputs).Output);
        Assert.Empty(record.Errors);
    }

    [Fact]
    public async Task A_client_secret_opens_a_session_with_its_settings()
    {
        await using RealtimeTwinServer server = await RealtimeTwinServer.StartAsync(s_scenario, new RealtimeTwinOptions { ApiKey = "sk-twin" });
        var options = new RealtimeClientOptions { Endpoint = new UriBuilder(server.Url) { Scheme = "http", Path = "/v1" }.Uri };
        CreateClientSecretResult secret = await new RealtimeClient(new ApiKeyCredential("sk-twin"), options).CreateRealtimeClientSecretAsync(
            new CreateClientSecretOptions { SessionOptions = new RealtimeConversationSessionOptions { Instructions = "Be brief." } });
        Assert.StartsWith("ek_", secret.Value, StringComparison.Ordinal);

        var client = new RealtimeClient(new ApiKeyCredential(secret.Value), new RealtimeClientOptions { Endpoint = new UriBuilder(server.Url) { Path = "/v1" }.Uri });
        using RealtimeSessionClient session = await client.StartConversationSessionAsync("gpt-realtime-2.1", new RealtimeSessionClientOptions());
        await foreach (RealtimeServerUpdate update in session.ReceiveUpdatesAsync())
        {
            RealtimeServerUpdateSessionCreated created = Assert.IsType<RealtimeServerUpdateSessionCreated>(update);
            Assert.Equal("Be brief.", Assert.IsType<RealtimeConversationSession>(created.Session).Instructions);
            break;
        }
    }

    private static BinaryData Say(string clip) => BinaryData.FromBytes((byte[])[.. ClipLibrary.Get(clip).MuLaw, .. Enumerable.Repeat((byte)0xFF, 4800)]);
}
