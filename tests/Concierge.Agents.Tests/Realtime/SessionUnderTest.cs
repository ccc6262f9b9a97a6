using System.Text.Json;
using Concierge.Agents.Realtime;
using Concierge.Pipelines;
using Concierge.Protocols.MediaStreams;
using Concierge.Protocols.Realtime;
using Concierge.TestKit;

namespace Concierge.Agents.Tests.Realtime;

/// <summary>A session on a call that writes down what is asked of it, with time that stands still.</summary>
internal sealed class SessionUnderTest
{
    public SessionUnderTest(AgentSet agents, Func<RealtimeRunnerOptions, RealtimeRunnerOptions>? change = null, AgentContext? context = null)
    {
        var options = new RealtimeRunnerOptions { Time = Time, Session = new RealtimeSessionConfig { Voice = "marin", Model = "gpt-realtime-2.1" } };
        Session = new RealtimeRunner(agents, change?.Invoke(options) ?? options).CreateSession(context);
        Session.Subscribe(e =>
        {
            lock (Events)
            {
                Events.Add(e);
            }
        });
        Call.OnUpdate = () => _ = TellAsync(new CallEvent.SessionUpdated(
            TimeSpan.Zero, new RealtimeSessionInfo("s", "realtime", null, null, null, null, null, null, Call.Updates[^1].Instructions, [])));
    }

    public ManualTimeProvider Time { get; } = new();

    public FakeCall Call { get; } = new();

    public RealtimeSession Session { get; }

    public List<RealtimeSessionEvent> Events { get; } = [];

    public static StreamStart Start { get; } =
        new("MZ1", "CA1", "AC1", ["inbound"], "audio/x-mulaw", 8000, 1, new Dictionary<string, string> { ["guest"] = "Morgan" });

    public T Single<T>()
        where T : RealtimeSessionEvent
    {
        lock (Events)
        {
            return Events.OfType<T>().Single();
        }
    }

    public async Task<RealtimeSessionConfig> BeginAsync()
    {
        RealtimeSessionConfig config = await Session.ConfigureAsync(Start, CancellationToken.None);
        await TellAsync(new CallEvent.ModelReady(TimeSpan.Zero, "s"));
        return config;
    }

    public async Task TellAsync(CallEvent e) => await Session.OnEventAsync(e, Call, CancellationToken.None);

    public Task RespondAsync(string id) => TellAsync(new CallEvent.ResponseStarted(TimeSpan.Zero, id));

    public Task SayAsync(string text, string response = "r1", string item = "a1") => TellAsync(new CallEvent.AgentTranscriptDelta(TimeSpan.Zero, response, item, text));

    public Task EndResponseAsync(string id, string status = "completed", RealtimeUsage? usage = null) => TellAsync(
        new CallEvent.ResponseEnded(TimeSpan.Zero, new RealtimeResponseInfo(id, status, null, null, null, null, [], usage)));

    public async Task<string> CallToolAsync(string name, string arguments = "{}", string id = "c1")
    {
        await RequestToolAsync(name, arguments, id);
        await Call.AnsweredAsync(id);
        return Call.Outputs[id].Output;
    }

    public Task RequestToolAsync(string name, string arguments = "{}", string id = "c1") =>
        TellAsync(new CallEvent.ToolCallRequested(TimeSpan.Zero, "r1", id, name, arguments));

    public static string Error(string output) => JsonDocument.Parse(output).RootElement.GetProperty("error").GetString()!;
}
